"""Writes records as rows: which fields a selection names, in the typing of each API family."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connector.sandbox.bitrix24.fields import Field, text
from connector.sandbox.bitrix24.records import Entity, Record

UNSHOWN = frozenset({"hidden", "described"})
"""Groups of fields that no row shows."""


def chosen(entity: Entity, select: Iterable[Any]) -> list[Field]:
    """Return the fields a classic `select` names: `*` plain ones, `UF_*` custom ones, others by name.

    Always ID.
    """
    names = [str(name) for name in select] or ["*"]
    wanted = {name.upper() for name in names}
    return [
        field
        for field in entity.fields.values()
        if field.group not in UNSHOWN
        and (
            field.name == "ID"
            or field.name in wanted
            or ("*" in wanted and field.group == "plain")
            or ("UF_*" in wanted and field.group == "custom")
        )
    ]


def classic(record: Record, fields: Iterable[Field]) -> dict[str, Any]:
    """Return a row of a classic method: numbers are text."""
    return {field.name: field.read(record) for field in fields}


def whole_row(entity: Entity, record: Record) -> dict[str, Any]:
    """Return what a classic `get` shows: everything; multi-fields only where there are any."""
    shown = (field for field in entity.fields.values() if field.group not in UNSHOWN)
    return {
        field.name: value for field in shown if (value := field.read(record)) != [] or field.group != "named"
    }


def item_fields(entity: Entity) -> dict[str, Field]:
    """Return the fields crm.item.* offers, by their names there."""
    return {field.item_name: field for field in entity.fields.values() if field.item_name}


def item_value(field: Field, value: Any) -> Any:
    """Return the value as crm.item.* types it: real numbers, null for none (0 for links), flags as Y/N."""
    if field.multiple:
        return [int(part) if field.kind in {"user", "link", "enumeration"} else part for part in value or []]
    if field.kind == "link":
        return int(value or 0)
    if value is None or value == "":
        return None if field.kind != "string" else value
    if field.kind in {"integer", "user", "enumeration"}:
        return int(value) if text(value).lstrip("-").isdigit() else value
    if field.kind == "double":
        return short(float(value))
    return {"1": "Y", "0": "N"}.get(text(value), value) if field.kind == "boolean" else value


def short(number: float) -> int | float:
    """Write a whole amount without a fraction, as PHP does: 19000, not 19000.0."""
    return int(number) if number.is_integer() else number
