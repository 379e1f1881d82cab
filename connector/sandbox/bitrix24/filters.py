"""Reads a filter and turns it into a test of records, with every documented operator."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import NUMBERS, Field, flag, text
from connector.sandbox.bitrix24.params import as_list
from connector.sandbox.bitrix24.records import Record

Test = Callable[[Record], bool]

COMMON = ("!=%", "!%=", "!=", "!@", "!%", "=%", "%=", ">=", "<=", "=", "!", ">", "<", "@", "%")
"""Prefixes of the crm lists, longest first."""
CALLS = ("!><", "><", *COMMON, "?")
"""Prefixes of voximplant.statistic.get."""
TASKS = ("<=", ">=", "!", "<", ">")
"""Prefixes of tasks.task.list; any other one is taken as part of the field's name."""
LIKE = frozenset({"%", "=%", "%=", "?"})
WITHOUT_LIKE = frozenset({"status", "link"})
"""Kinds on which LIKE does not work: it finds nothing there."""


@dataclass(frozen=True)
class Dialect:
    """How one family of methods reads filters.

    `names` maps the family's spelling to fields; an unknown name is refused with INVALID_ARG_VALUE if
    `strict`, else
    ignored. `logic` allows nested groups with OR. `naive_times` is the quirk in which times with an offset
    filter nothing.
    """

    names: Mapping[str, Field]
    operators: tuple[str, ...] = COMMON
    strict: bool = False
    logic: bool = False
    naive_times: bool = False


def split_key(key: str, operators: tuple[str, ...]) -> tuple[str, str]:
    """Split `>=ID` into `>=` and `ID`; no prefix means `=`."""
    for operator in operators:
        if key.startswith(operator):
            return operator, key[len(operator) :]
    return "=", key


def compile_filter(raw: Mapping[str, Any], dialect: Dialect) -> list[Test]:
    """Return the tests a record must pass, all of them."""
    tests = []
    for key, value in raw.items():
        if key.isdigit() and dialect.logic and isinstance(value, dict):
            tests.append(compile_group(value, dialect))
        elif key.lower() != "logic":
            tests.extend(compile_term(key, value, dialect))
    return tests


def compile_group(raw: Mapping[str, Any], dialect: Dialect) -> Test:
    """Compile a nested group: `{"logic": "OR", "0": {...}, "1": {...}}`.

    OR holds if any of its members does.
    """
    members = [
        every(*compile_filter({key: value}, dialect)) for key, value in raw.items() if key.lower() != "logic"
    ]
    either = str(raw.get("logic", "AND")).upper() == "OR"
    return (lambda record: any(test(record) for test in members)) if either else every(*members)


def every(*tests: Test | None) -> Test:
    """Join tests: all must hold."""
    given = [test for test in tests if test]
    return lambda record: all(test(record) for test in given)


def compile_term(key: str, value: Any, dialect: Dialect) -> list[Test]:
    """Compile one `operator+field: value`; an ignored term gives no test."""
    operator, name = split_key(key, dialect.operators)
    field = dialect.names.get(name)
    if field is None:
        if dialect.strict:
            raise PortalError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' is not allowed in filter")
        return []
    return [] if quirky(field, value, dialect) else [compare(field, operator, value)]


def quirky(field: Field, value: Any, dialect: Dialect) -> bool:
    """Tell whether a term filters nothing, as times with an offset do on some portals."""
    return field.kind == "datetime" and dialect.naive_times and "T" in text(value)


def compare(field: Field, operator: str, value: Any) -> Test:
    """Return the test of one field."""
    negated, plain = operator.startswith("!"), operator.removeprefix("!").strip()
    test = positive(field, plain or "=", value)
    return (lambda record: not test(record)) if negated else test


def positive(field: Field, operator: str, value: Any) -> Test:
    """Return the test for an operator without `!`."""
    if field.kind == "pattern" and operator == "=":
        return like(field, "=%", text(value))
    if operator in LIKE:
        return like(field, operator, text(value))
    if operator == "><":
        low, high = ([*as_list(value), "", ""])[:2]
        return every(ordered(field, ">=", low), ordered(field, "<=", high))
    if operator in {"=", "@"}:
        return among(field, as_list(value) if isinstance(value, list | dict) else [value])
    return ordered(field, operator, value)


def among(field: Field, values: list[Any]) -> Test:
    """Hold if the field equals one of the values; an empty value finds empty fields."""
    wanted = {key_of(field, value) for value in values}
    if field.multiple:
        return lambda record: bool(wanted & {key_of(field, item) for item in items_of(field, record) or [""]})
    return lambda record: key_of(field, field.read(record)) in wanted


def items_of(field: Field, record: Record) -> list[Any]:
    """Return what a multiple field holds; of multi-fields only the values."""
    return [item["VALUE"] if isinstance(item, dict) else item for item in field.read(record) or []]


def ordered(field: Field, operator: str, value: Any) -> Test:
    """Hold if the field stands so to the value; empty fields stand to nothing."""
    bound = key_of(field, text(value))
    if bound == "" and field.kind in NUMBERS:
        bound = 0.0
    tests: dict[str, Callable[[Any], bool]] = {
        ">": lambda mine: mine > bound,
        ">=": lambda mine: mine >= bound,
        "<": lambda mine: mine < bound,
        "<=": lambda mine: mine <= bound,
    }
    holds = tests[operator]

    def test(record: Record) -> bool:
        mine = key_of(field, field.read(record))
        return mine != "" and holds(mine)

    return test


def like(field: Field, operator: str, pattern: str) -> Test:
    """Hold if the text contains the value (`%`) or fits its pattern (`=%`, where `%` stands for anything)."""
    if field.kind in WITHOUT_LIKE or field.group == "named":
        return lambda record: False
    wanted = pattern.casefold()
    if operator in {"%", "?"}:
        return lambda record: wanted in text(field.read(record)).casefold()
    shape = re.compile(fnmatch.translate(wanted.replace("[", "[[]").replace("%", "*")))
    return lambda record: shape.match(text(field.read(record)).casefold()) is not None


def key_of(field: Field, value: Any) -> Any:
    """Return what values of this kind are compared by; empty is `""` for every kind."""
    if field.kind in {"char", "boolean"} and value not in (None, ""):
        return flag(value)
    if text(value) == "" or value == {}:
        return ""
    if field.kind in NUMBERS:
        return number(value)
    if field.kind == "datetime":
        return moment(value)
    if field.kind == "date":
        return text(value)[:10]
    return text(value)


def number(value: Any) -> float:
    """Read a number as PHP's cast does; what is none counts as 0."""
    found = re.match(r"\s*-?\d+(\.\d+)?", text(value))
    return float(found[0]) if found else 0.0


def moment(value: Any) -> str:
    """Bring a time to the portal's spelling, in which text order is time order."""
    spelled = text(value)
    if len(spelled) == stamps.STAMP_LENGTH and spelled.endswith(stamps.OFFSET):
        return spelled
    try:
        return stamps.from_client(value)
    except ValueError as error:
        raise PortalError("WRONG_DATETIME_FORMAT", f"Wrong datetime format: {spelled}") from error
