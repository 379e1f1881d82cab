"""What a filter works with: typed expressions over rows, and the comparisons 1C allows between them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.sandbox.onec.edm import FLAG, GUID, MOMENT, NUMBER, STRING, TYPE, Column, Ref, Row
from connector.sandbox.onec.errors import INCOMPARABLE, ODataError, unhandled
from connector.sandbox.onec.keys import is_key

Scope = Mapping[str, Row]
"""Names of rows: "" is the row that is tested, others are the variables of `any` and `all`."""
MEMO, MIXED, REFERENCE, NOTHING = "memo", "mixed", "reference", "nothing"


@dataclass(frozen=True)
class Expression:
    """A typed value worked out from a row; `type_of` gives the type half of a composite field."""

    kind: str
    get: Callable[[Scope], Any]
    type_of: Callable[[Scope], Any] | None = None


def constant(kind: str, value: Any) -> Expression:
    """Return an expression that is the same for every row."""
    return Expression(kind, lambda _: value)


def kind_of(column: Column) -> str:
    """Return the kind a filter sees in a column: long strings and composite fields are kinds of their own."""
    if column.mixed:
        return MIXED
    if column.kind == STRING:
        return STRING if column.length else MEMO
    return NUMBER if column.kind == "Edm.Int64" else column.kind


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
ORDERED = frozenset({STRING, NUMBER, MOMENT})


def compared(sign: str, left: Expression, right: Expression, *, strict_mixed: bool) -> Expression:
    """Return the comparison.

    ODataError 500 for what the database cannot compare: keys by size, long strings, unlike types.
    `strict_mixed` refuses a composite field beside a plain key, which else is never equal.
    """
    kinds = {left.kind, right.kind}
    if MIXED in kinds:
        return compared_mixed(sign, left, right, strict=strict_mixed)
    if kinds == {GUID, STRING}:
        return constant(FLAG, sign == "ne")
    if MEMO in kinds or len(kinds) > 1 or (sign not in ("eq", "ne") and left.kind not in ORDERED):
        raise unhandled(INCOMPARABLE)
    test = COMPARE[sign]
    if left.kind == STRING:
        return Expression(FLAG, lambda row: test(str(left.get(row)).lower(), str(right.get(row)).lower()))
    return Expression(FLAG, lambda row: test(left.get(row), right.get(row)))


def compared_mixed(sign: str, left: Expression, right: Expression, *, strict: bool) -> Expression:
    """Compare a composite field: only with a `cast` reference, or a primitive of the type it holds.

    A plain key is never equal (the documentation) or refused (live bases); a key as text is never equal.
    """
    field, other = (left, right) if left.kind == MIXED else (right, left)
    if sign not in ("eq", "ne") or (other.kind == GUID and strict) or other.kind == MEMO:
        raise unhandled(INCOMPARABLE)
    wanted = sign == "eq"
    if other.kind == REFERENCE:
        return Expression(FLAG, lambda row: same_reference(field, other.get(row), row) is wanted)
    if other.kind == GUID:
        return constant(FLAG, not wanted)
    return Expression(FLAG, lambda row: same_primitive(field, other.get(row), row) is wanted)


def same_reference(field: Expression, ref: Ref, row: Scope) -> bool:
    """Tell whether a composite field holds this reference."""
    held = field.type_of(row) if field.type_of else ""
    return bool(held == f"StandardODATA.{ref.set}" and field.get(row) == ref.key)


def same_primitive(field: Expression, value: Any, row: Scope) -> bool:
    """Tell whether a composite field holds this primitive; text never equals a reference."""
    held = field.type_of(row) if field.type_of else ""
    return not str(held).startswith("StandardODATA.") and str(field.get(row)) == str(value)


def cell(column: Column, variable: str, ways: list[Callable[[Row], Row | None]]) -> Expression:
    """Return the expression of a column, reached from a variable's row by the ways in turn."""
    name, other = column.name, column.name + TYPE

    def reach(scope: Scope) -> Row | None:
        row: Row | None = scope[variable]
        for way in ways:
            row = way(row) if row is not None else None
        return row

    def get(scope: Scope) -> Any:
        row = scope[variable] if not ways else reach(scope)
        return row[name] if row is not None and name in row else column.empty

    def type_of(scope: Scope) -> Any:
        row = reach(scope)
        return row.get(other) if row is not None else None

    return Expression(kind_of(column), get, type_of if column.mixed else None)


def as_reference(key: str, entity: str) -> Expression:
    """Return a reference made by `cast`."""
    if not is_key(key):
        raise ODataError(400, 1, f"Не удалось разобрать строку '{key}' как значение типа Edm.Guid!")
    return constant(REFERENCE, Ref(entity, key))
