"""What the user of the interface may not see: rows closed by row-level security."""

from __future__ import annotations

from collections.abc import Callable

from connector.sandbox.onec.base import Base
from connector.sandbox.onec.edm import EntityType, Row, referenced

OWNERS = ("ОсновнойМенеджер", "Ответственный", "Менеджер")
"""Fields that make a user the owner of a card."""
CLIENTS = ("Catalog_Партнеры", "Catalog_Контрагенты")


def hidden(base: Base, entity: EntityType) -> Callable[[Row], bool] | None:
    """Return the test of closed rows, None if this set has none."""
    every = base.faults.number("hidden_rows") if entity.name in CLIENTS else 0
    user = base.faults.number("own_rows_only")
    owner = next((name for name in OWNERS if {name, f"{name}_Key"} & set(entity.columns)), "")
    if not every and not (user and owner):
        return None

    def closed(row: Row) -> bool:
        record = base.get(entity.name, row["Ref_Key"])
        if record is None:
            return False
        number = record.source[1] if record.source else 0
        found = referenced(record.row, owner, entity.columns) if owner else None
        foreign = bool(user and owner) and (found is None or found.key != base.key("employees", user))
        return foreign or bool(every and number and number % every == 0)

    return closed
