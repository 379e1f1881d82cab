"""Reads what stands in a cell of a decision table as a condition on the column's field.

`*` or nothing: any. `a|b`: one of them. `<> a|b`: none of them. `>= 10`, `< 10`, `10..20` for numbers
and days. `NULL`: not known. In TOML a list is one of its values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connector.rules.where.checking import read_day
from connector.rules.where.fields import FieldSpec
from connector.rules.where.nodes import Binary, Field, Holds, IsNull, Literal, Node, OneOf, Unary, Value
from connector.tables.cells import NO, YES
from connector.tables.words import CLASSES

ANY = ("", "*")
UNKNOWN = "null"
_SIGN = re.compile(r"(<>|>=|<=|>|<|=)\s*(.*)", re.DOTALL)
_SPAN = re.compile(r"(.+?)\s*\.\.\s*(.+)", re.DOTALL)
_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f]")
_DIGITS = 15


class CellError(Exception):
    """What stands in a cell means nothing there: `code` names the message, `about` fills it in."""

    def __init__(self, code: str, **about: Any) -> None:
        super().__init__(code)
        self.code = code
        self.about = about


def read_cell(written: Any, name: str, spec: FieldSpec) -> Node | None:
    """Return the condition that the cell puts on the field, None for any value; CellError if it is none."""
    field = Field(0, name)
    if isinstance(written, list):
        return _one_of(field, [_value(each, spec) for each in written], spec)
    if not isinstance(written, str):
        return _equal(field, _value(written, spec), spec)
    text = written.strip()
    if text in ANY:
        return None
    if text.lower() == UNKNOWN:
        return IsNull(0, field)
    return _from_text(field, text, spec)


def _from_text(field: Field, text: str, spec: FieldSpec) -> Node:
    ordered = spec.kind in ("number", "day")
    if ordered and (span := _SPAN.fullmatch(text)):
        low, high = (Literal(0, _value(part, spec)) for part in span.groups())
        return Binary(0, "and", Binary(0, ">=", field, low), Binary(0, "<=", field, high))
    sign, rest = found.groups() if (found := _SIGN.fullmatch(text)) else ("=", text)
    if sign in ("=", "<>"):
        chosen = _one_of(field, [_value(part.strip(), spec) for part in rest.split("|")], spec)
        return chosen if sign == "=" else Unary(0, "not", chosen)
    if not ordered:
        raise CellError("cell_order", value=text)
    return Binary(0, sign, field, Literal(0, _value(rest, spec)))


def _one_of(field: Field, values: Sequence[Value], spec: FieldSpec) -> Node:
    if not values:
        raise CellError("cell_empty")
    if len(values) == 1:
        return _equal(field, values[0], spec)
    if spec.kind == "texts":
        held: Node = _equal(field, values[0], spec)
        for value in values[1:]:
            held = Binary(0, "or", held, _equal(field, value, spec))
        return held
    return OneOf(0, field, tuple(Literal(0, value) for value in values))


def _equal(field: Field, value: Value, spec: FieldSpec) -> Node:
    if spec.kind == "texts":
        return Holds(0, Literal(0, value), field)
    return Binary(0, "=", field, Literal(0, value))


def _value(written: Any, spec: FieldSpec) -> Value:
    """Return the value in the field's kind."""
    match spec.kind:
        case "truth":
            return _truth(written)
        case "number":
            return _number(written)
        case "day":
            return _day(written)
        case _:
            return _word(written, spec)


def _truth(written: Any) -> bool:
    word = str(written).casefold()
    if word in YES or word in NO:
        return word in YES
    raise CellError("cell_truth", value=written)


def _number(written: Any) -> float:
    bare = _BLANKS.sub("", str(written)).replace(",", ".")
    try:
        if isinstance(written, bool) or len(bare) > _DIGITS or not Decimal(bare).is_finite():
            raise CellError("cell_number", value=written)
        return float(bare)
    except InvalidOperation:
        raise CellError("cell_number", value=written) from None


def _day(written: Any) -> date:
    found = read_day(str(written).strip())
    if found is None:
        raise CellError("bad_day", word=written)
    return found


def _word(written: Any, spec: FieldSpec) -> str:
    if not isinstance(written, str):
        raise CellError("text", value=written)
    if not spec.choices:
        return written
    known = {choice.casefold(): choice for choice in spec.choices}
    if set(known) <= set(CLASSES):
        known = dict(CLASSES)
    found = known.get(written.casefold())
    if found is None:
        raise CellError("impossible_value", word=written, known=list(spec.choices))
    return found
