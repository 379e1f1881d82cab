"""Counts the records of ours in the pulled data that this store never sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, Table, exists, func, select

from connector import clock
from connector.model import Event, Task
from connector.store.engine import Database
from connector.store.ledgers import CHANGE
from connector.store.tables import ENTITY_TABLES


def count_strangers(database: Database, since: datetime | None) -> int:
    """Return how many tasks and events carry a marker of ours and were not sent by this store.

    Only those that first reached the store after `since` count, with None all of them.
    """
    with database.read() as connection:
        return sum(
            connection.execute(_strangers(ENTITY_TABLES[entity], since)).scalar_one()
            for entity in (Task, Event)
        )


def _strangers(table: Table, since: datetime | None) -> Select[int]:
    sent = exists().where(CHANGE.c.attempts > 0, table.c.key.in_((CHANGE.c.key, CHANGE.c.marker)))
    query = select(func.count()).select_from(table).where(table.c.key.is_not(None), ~sent)
    return query if since is None else query.where(table.c.seen_at > clock.to_micros(since))
