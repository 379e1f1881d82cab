"""Finds records that may have changed without a stamp: no increment brings them, so they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select

from connector import clock
from connector.model import Client, Deal, Entity
from connector.store.engine import Database
from connector.store.ledgers import QUARANTINE, SIGHTING
from connector.store.tables import ENTITY_TABLES

_NAMED: Mapping[str, type[Entity]] = {"client": Client, "deal": Deal}
"""The columns that name another record of the same source, and which kind of record that is."""


class Doubts:
    """Asks the store which records of a stream are to be looked at once more; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def orphans(self, source: str, stream: str, entity: type[Entity], since: datetime | None) -> list[str]:
        """Return the live records whose client or deal was found deleted after `since` (None: ever).

        What became of them the vendor need not stamp: after a merge they belong to the record that is left.
        """
        table = ENTITY_TABLES[entity]
        after = 0 if since is None else clock.to_micros(since)
        # Looked for first, as it is seldom so: the records that name them need a walk through the whole table
        lost = {
            column: ENTITY_TABLES[named]
            for column, named in _NAMED.items()
            if column in table.c
            and self._ids(ENTITY_TABLES[named], _gone(ENTITY_TABLES[named], source, after))
        }
        broken = [
            table.c[column].in_(select(named.c.external_id).where(_gone(named, source, after)))
            for column, named in lost.items()
        ]
        return self._ids(table, _live(table, source, stream) & or_(*broken)) if broken else []

    def strangers(self, source: str, stream: str, entity: type[Entity]) -> list[str]:
        """Return the ids that the sweep of this pass saw and that are neither live here nor in quarantine.

        They became visible, came back from a recycle bin, or are rows that hold no record for us.
        """
        table = ENTITY_TABLES[entity]
        here = and_(SIGHTING.c.source == source, SIGHTING.c.stream == stream, SIGHTING.c.entity == table.name)
        same = SIGHTING.c.external_id
        live = exists().where(
            table.c.source == source, table.c.external_id == same, table.c.deleted_at.is_(None)
        )
        waits = exists().where(
            QUARANTINE.c.source == source, QUARANTINE.c.stream == stream, QUARANTINE.c.external_id == same
        )
        query = select(same).where(here & ~live & ~waits).order_by(same)
        with self._database.read() as connection:
            return [str(row.external_id) for row in connection.execute(query)]

    def _ids(self, table: Table, which: ColumnElement[bool]) -> list[str]:
        query = select(table.c.external_id).where(which).order_by(table.c.external_id)
        with self._database.read() as connection:
            return [str(row.external_id) for row in connection.execute(query)]


def _gone(table: Table, source: str, after: int) -> ColumnElement[bool]:
    return (table.c.source == source) & (table.c.deleted_at > after)


def _live(table: Table, source: str, stream: str) -> ColumnElement[bool]:
    return (table.c.source == source) & (table.c.stream == stream) & table.c.deleted_at.is_(None)
