"""What people and other programs do to the clients while a reader is half-way through its pull."""

from __future__ import annotations

from connector.sandbox.onec.acts import add_row, remove_object
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.edm import EntityType, Row


def disturb(base: Base, entity: EntityType, rows: list[Row]) -> None:
    """Delete, insert and change clients as soon as a reader has taken its first page of them; once."""
    gone, come, moved = (base.faults.number(f"{name}_mid_pull") for name in ("delete", "insert", "change"))
    mirror = base.blueprint.mirrors.get(entity.name)
    if base.disturbed or not any((gone, come, moved)) or not rows or not mirror or mirror.table != "clients":
        return
    base.disturbed = True
    keys = [str(key) for key in base.records[entity.name]]
    for key in keys[:gone]:
        remove_object(base, entity.name, key)
    for key in keys[gone : gone + moved]:
        record = base.records[entity.name][key]
        record.row["Комментарий"] = "Изменён посреди выгрузки"
        base.touch(entity, key, record)
    for place in range(come):
        add_row(base, "clients", {"name": f"!Пришёл посреди выгрузки {place + 1}"})
