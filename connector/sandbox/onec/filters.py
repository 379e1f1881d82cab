"""Reads `$filter` (and `Condition`) into a test of rows: the grammar of OData 3 as far as 1C has it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connector.sandbox.onec.edm import FLAG, GUID, MOMENT, NUMBER, SPACE, STRING, Row
from connector.sandbox.onec.errors import ODataError, bad_option, unhandled
from connector.sandbox.onec.expressions import (
    COMPARE,
    MIXED,
    Expression,
    Scope,
    as_reference,
    compared,
    constant,
)
from connector.sandbox.onec.functions import called
from connector.sandbox.onec.lexing import END, Token, tokens

if TYPE_CHECKING:
    from connector.sandbox.onec.paths import Paths

Test = Callable[[Row], bool]
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
}


def parse(text: str, paths: Paths, option: str = "$filter", *, strict_mixed: bool = False) -> Test:
    """Return the test of a row; ODataError for whatever 1C does not accept."""
    parser = Parser(list(tokens(text, option)), paths, option, strict_mixed=strict_mixed)
    found = parser.whole()
    return lambda row: bool(found.get({"": row}))


class Parser:
    """Reads one expression, weakest operator first."""

    def __init__(self, found: list[Token], paths: Paths, option: str, *, strict_mixed: bool) -> None:
        self._tokens, self._place = found, 0
        self._paths, self._option, self._strict = paths, option, strict_mixed

    def whole(self) -> Expression:
        """Read the whole text, which must be a condition."""
        found = self._condition()
        if self._next() is not END or found.kind != FLAG:
            raise bad_option(self._option)
        return found

    def _condition(self) -> Expression:
        found = [self._both()]
        while self._takes("or"):
            found.append(self._both())
        return found[0] if len(found) == 1 else either(found)

    def _both(self) -> Expression:
        found = [self._negated()]
        while self._takes("and"):
            found.append(self._negated())
        return found[0] if len(found) == 1 else both(found)

    def _negated(self) -> Expression:
        if self._takes("not"):
            inner = self._negated()
            return Expression(FLAG, lambda row: not inner.get(row))
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._sum()
        if self._peek().sort == "name" and self._peek().value in COMPARE:
            sign = self._next().value
            return compared(sign, left, self._sum(), strict_mixed=self._strict)
        return left

    def _sum(self) -> Expression:
        return self._calculated(("add", "sub"), lambda: self._calculated(("mul", "div"), self._value))

    def _calculated(self, signs: tuple[str, ...], read: Callable[[], Expression]) -> Expression:
        left = read()
        while self._peek().sort == "name" and self._peek().value in signs:
            left = calculated(ARITHMETIC[self._next().value], left, read())
        return left

    def _value(self) -> Expression:
        found = self._next()
        match found.sort:
            case "guid":
                return constant(GUID, found.value)
            case "datetime":
                return constant(MOMENT, found.value)
            case "string":
                return constant(STRING, found.value)
            case "number":
                return constant(NUMBER, float(found.value) if "." in found.value else int(found.value))
            case "name":
                return self._named(found.value)
        if found == Token("sign", "("):
            return self._closed(self._condition())
        raise bad_option(self._option)

    def _named(self, name: str) -> Expression:
        if name in ("true", "false"):
            return constant(FLAG, name == "true")
        if self._peek() != Token("sign", "("):
            return self._paths.cell(name)
        self._next()
        if name.endswith(("/any", "/all")):
            return self._closed(self._lambda(*name.rsplit("/", 1)))
        if name in ("cast", "isof"):
            return self._closed(self._of_type(name))
        return self._closed(called(name, self._arguments()))

    def _arguments(self) -> list[Expression]:
        found = [self._condition()]
        while self._takes(","):
            found.append(self._condition())
        return found

    def _lambda(self, section: str, quantifier: str) -> Expression:
        variable = self._next()
        if variable.sort != "name" or self._next() != Token("sign", ":"):
            raise bad_option(self._option)
        name = self._paths.enter(section, variable.value)
        inner = self._condition()
        self._paths.leave(variable.value)
        return quantified(all if quantifier == "all" else any, name, variable.value, inner)

    def _of_type(self, name: str) -> Expression:
        value = self._condition()
        if not self._takes(",") or self._peek().sort != "string":
            raise bad_option(self._option)
        kind = self._next().value
        return cast(value, kind) if name == "cast" else is_of(value, kind)

    def _closed(self, found: Expression) -> Expression:
        if self._next() != Token("sign", ")"):
            raise bad_option(self._option)
        return found

    def _peek(self) -> Token:
        return self._tokens[self._place] if self._place < len(self._tokens) else END

    def _next(self) -> Token:
        found = self._peek()
        self._place += 1
        return found

    def _takes(self, word: str) -> bool:
        if self._peek().sort in ("name", "sign") and self._peek().value == word:
            self._place += 1
            return True
        return False


def either(parts: list[Expression]) -> Expression:
    """Return the alternative of conditions."""
    tests = [part.get for part in parts]
    return Expression(FLAG, lambda row: any(test(row) for test in tests))


def both(parts: list[Expression]) -> Expression:
    """Return the conjunction of conditions."""
    tests = [part.get for part in parts]
    return Expression(FLAG, lambda row: all(test(row) for test in tests))


def calculated(work: Callable[[Any, Any], Any], left: Expression, right: Expression) -> Expression:
    """Return a sum, difference, product or quotient; ODataError unless both are numbers."""
    if {left.kind, right.kind} != {NUMBER}:
        raise bad_option("$filter")

    def get(scope: Scope) -> Any:
        try:
            return work(left.get(scope), right.get(scope))
        except ZeroDivisionError:
            raise unhandled("Деление на 0") from None

    return Expression(NUMBER, get)


def quantified(
    test: Callable[..., bool], section: Callable[[Scope], list[Row]], variable: str, inner: Expression
) -> Expression:
    """Return `any` or `all` over the lines of a tabular section."""
    return Expression(FLAG, lambda row: test(inner.get({**row, variable: line}) for line in section(row)))


def cast(value: Expression, kind: str) -> Expression:
    """Turn a key into a reference to a set, which composite fields can be compared with."""
    if value.kind in (GUID, STRING) and not kind.startswith("Edm."):
        return as_reference(str(value.get({})), kind.removeprefix(SPACE))
    if value.kind == MIXED:
        return value
    raise ODataError(400, 21, "Неверное использование функции cast")


def is_of(value: Expression, kind: str) -> Expression:
    """Test the type of a composite field."""
    if value.kind != MIXED or value.type_of is None:
        raise ODataError(400, 21, "Неверное использование функции isof")
    wanted, type_of = kind if kind.startswith("Edm.") else SPACE + kind.removeprefix(SPACE), value.type_of
    return Expression(FLAG, lambda row: type_of(row) == wanted)
