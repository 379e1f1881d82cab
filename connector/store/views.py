"""Views with readable times for people who open the store with any SQLite tool: `v_client`, `v_event` ..."""

from __future__ import annotations

from sqlalchemy import Connection, Table, text

from connector.store.columns import MOMENT, kind_of
from connector.store.ledgers import CHANGE, CHANGE_LOG, DECISION, QUARANTINE, RUN
from connector.store.tables import ENTITY_TABLES, own_fields

_LIFE = ("seen_at", "updated_at", "deleted_at", "missing_at")
_LEDGERS: dict[Table, tuple[str, ...]] = {
    RUN: ("started_at", "ended_at", "heartbeat"),
    CHANGE: ("created_at", "updated_at"),
    CHANGE_LOG: ("at",),
    DECISION: ("as_of", "stored_at"),
    QUARANTINE: ("first_seen", "last_seen"),
}
_HIDDEN = frozenset({"raw", "row_hash", "missing_at", "document", "answer_hash"})


def drop_views(connection: Connection) -> None:
    """Drop all views; a table that a view names cannot be made anew."""
    for name in _views():
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def create_views(connection: Connection) -> None:
    """Make all views. Times are UTC."""
    for name, select in _views().items():
        connection.execute(text(f"CREATE VIEW {name} AS {select}"))


def _views() -> dict[str, str]:
    moments = {
        table: (*(name for name, kept in own_fields(entity).items() if kind_of(kept) is MOMENT), *_LIFE)
        for entity, table in ENTITY_TABLES.items()
    } | _LEDGERS
    return {f"v_{table.name}": _select(table, names) for table, names in moments.items()}


def _select(table: Table, moments: tuple[str, ...]) -> str:
    shown = [column.name for column in table.columns if column.name not in _HIDDEN]
    columns = [_readable(name) if name in moments else f'"{name}"' for name in shown]
    return f'SELECT {", ".join(columns)} FROM "{table.name}"'  # noqa: S608 - names of our own tables


def _readable(name: str) -> str:
    return f'datetime("{name}" / 1000000, \'unixepoch\') AS "{name}"'
