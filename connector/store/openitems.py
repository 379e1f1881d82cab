"""Finds our tasks and planned contacts that still lie open in the CRMs: what the caps of a policy count."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, exists, select

from connector.model import Event, Task
from connector.store.change_rows import StoredChange, stored_change
from connector.store.engine import Database
from connector.store.ledgers import CHANGE
from connector.store.tables import ENTITY_TABLES

_ITEMS = ("create_task", "plan_contact")
_SENT = ("sending", "unknown", "done")


def open_items(database: Database, source: str | None = None) -> list[StoredChange]:
    """Return our items that were sent and not yet closed or deleted in the CRM, oldest first.

    An item that the last pull did not bring yet counts as open, and so does one of unknown fate.
    """
    task, event = ENTITY_TABLES[Task], ENTITY_TABLES[Event]
    query = select(CHANGE).where(
        CHANGE.c.kind.in_(_ITEMS),
        CHANGE.c.state.in_(_SENT),
        ~_closed(task, task.c.status != "open"),
        ~_closed(event, event.c.status != "planned"),
    )
    if source is not None:
        query = query.where(CHANGE.c.source == source)
    with database.read() as connection:
        rows = connection.execute(query.order_by(CHANGE.c.created_at, CHANGE.c.key)).all()
    return [stored_change(row) for row in rows]


def _closed(table: Table, ended: ColumnElement[bool]) -> ColumnElement[bool]:
    ours = (table.c.source == CHANGE.c.source) & table.c.key.in_((CHANGE.c.key, CHANGE.c.marker))
    return exists().where(ours, ended | table.c.deleted_at.is_not(None))
