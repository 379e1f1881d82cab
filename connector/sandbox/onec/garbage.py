"""Rows damaged as imports leave them: no name, an empty date, a manager nobody knows."""

from __future__ import annotations

from connector.sandbox.onec.base import Base, Record
from connector.sandbox.onec.edm import MOMENT, NEVER, EntityType, Row

LOST = "99999999-9999-11ee-8111-00155d000001"


def spoilt(base: Base, entity: EntityType, row: Row) -> Row:
    """Return the row, or a damaged copy of it if it is every n-th client of the fault."""
    every = base.faults.number("garbage_rows")
    if not every or "Ref_Key" not in row:
        return row
    record = base.get(entity.name, row["Ref_Key"])
    return damaged(entity, row) if record and hit(record, every) else row


def hit(record: Record, every: int) -> bool:
    """Tell whether a record is of an n-th client."""
    return record.source is not None and record.source[0] == "clients" and record.source[1] % every == 0


def damaged(entity: EntityType, row: Row) -> Row:
    """Return a damaged copy."""
    dates = {name: NEVER for name, column in entity.columns.items() if column.kind == MOMENT}
    managers = {name: LOST for name in ("ОсновнойМенеджер_Key", "Ответственный_Key") if name in row}
    return row | dates | managers | ({"Description": ""} if "Description" in row else {})
