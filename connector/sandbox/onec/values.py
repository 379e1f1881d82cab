"""Reads the values of a write as 1C does: cut, zeroed or taken as they are in silence, or refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connector.sandbox.onec.edm import (
    COUNT,
    FLAG,
    GUID,
    MOMENT,
    NUMBER,
    SPACE,
    TYPE,
    Column,
    Columns,
    EntityType,
    Row,
    fill,
)
from connector.sandbox.onec.errors import ODataError, bad_literal, unhandled
from connector.sandbox.onec.keys import is_key
from connector.sandbox.onec.lexing import MOMENT as MOMENT_FORM

BOUND = re.compile(r"(?:.*/)?(?P<set>[^\W\d]\w*)\(guid'(?P<key>[0-9a-fA-F-]{36})'\)")
INTERNAL = "Внутренняя ошибка компоненты OData"


def assign(columns: Columns, row: Row, name: str, value: Any) -> None:
    """Write one property into a row; a name nobody knows is passed over."""
    if name.endswith("@odata.bind"):
        bind(columns, row, name.removesuffix("@odata.bind"), str(value))
    elif name in columns:
        row[name] = converted(columns[name], value)


def bind(columns: Columns, row: Row, name: str, address: str) -> None:
    """Write a reference given as the address of the other object."""
    found = BOUND.fullmatch(address)
    if found is None:
        raise bad_literal(address, "Edm.Guid")
    if f"{name}_Key" in columns:
        row[f"{name}_Key"] = found["key"].lower()
    elif name in columns:
        row[name], row[name + TYPE] = found["key"].lower(), SPACE + found["set"]


def converted(column: Column, value: Any) -> Any:
    """Return the value as the column keeps it.

    Too long a text is cut and a word for a whole number becomes 0, both in silence; ODataError for the rest.
    """
    if value is None:
        return column.empty
    if isinstance(value, list | dict):
        raise unhandled(INTERNAL)
    if column.kind == COUNT:
        return int(value) if str(value).isdigit() else 0
    if column.kind in READERS:
        return READERS[column.kind](value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text[: column.length] if column.length else text


def guid(value: Any) -> str:
    """Read a key; one that leads nowhere is kept as it is."""
    if not is_key(str(value)):
        raise bad_literal(str(value), GUID)
    return str(value).lower()


def boolean(value: Any) -> bool:
    """Read a flag."""
    if str(value).lower() not in ("true", "false"):
        raise bad_literal(str(value), FLAG)
    return str(value).lower() == "true"


def moment(value: Any) -> str:
    """Read a time without a zone."""
    if not MOMENT_FORM.fullmatch(str(value)):
        raise bad_literal(str(value), MOMENT)
    return str(value)


def decimal(value: Any) -> int | float:
    """Read a number."""
    try:
        return value if isinstance(value, int | float) else float(value)
    except ValueError:
        raise bad_literal(str(value), NUMBER) from None


READERS = {GUID: guid, FLAG: boolean, MOMENT: moment, NUMBER: decimal}


def section_rows(entity: EntityType, section: str, value: Any, owner: Row) -> list[Row]:
    """Return the lines that take the place of a whole tabular section.

    Every line tells its LineNumber, from 1 on: ODataError 500 if one has none, 400 if they do not count so.
    """
    if not isinstance(value, list) or not all(isinstance(line, Mapping) for line in value):
        raise ODataError(400, 2, "Неверный формат запроса")
    numbers = [line.get("LineNumber") for line in value]
    if any(number is None for number in numbers):
        raise unhandled(INTERNAL)
    if [str(number) for number in numbers] != [str(place) for place in range(1, len(value) + 1)]:
        raise ODataError(400, 4, "Неверное значение свойства LineNumber")
    return [section_row(entity.sections[section], line, owner) for line in value]


def section_row(columns: Columns, given: Mapping[str, Any], owner: Row) -> Row:
    """Return one line of a tabular section."""
    row = fill(columns, {})
    for name, value in given.items():
        assign(columns, row, name, value)
    row["Ref_Key"] = owner["Ref_Key"]
    return row
