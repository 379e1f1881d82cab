"""Finds what a full pass did not bring any more, and marks it deleted; rows are never erased."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, func, select, update

from connector import clock
from connector.model import Entity
from connector.store.batches import batches
from connector.store.engine import Database
from connector.store.identities import mark_stale
from connector.store.ledgers import CURSOR, QUARANTINE, SIGHTING
from connector.store.lock import Lock
from connector.store.tables import ENTITY_TABLES
from connector.store.upsert import upsert


@dataclass(frozen=True)
class Absent:
    """Live records that a stream brought, those this pass did not bring, and nor did an earlier one."""

    live: int
    missing: int
    missing_twice: int


_FIRST_SEEN = ""
"""Stands among sightings for all records that first reached us in this pass: `seen_at` tells which."""


class Sightings:
    """The ids that a pass under way has brought, kept so that an interrupted pass does not forget them."""

    def __init__(self, database: Database) -> None:
        self._upsert = upsert(SIGHTING, database.dialect, keep=None)

    def note(
        self, connection: Connection, source: str, stream: str, entity: type[Entity], ids: Sequence[str]
    ) -> None:
        """Note the ids in the given transaction."""
        table = ENTITY_TABLES[entity].name
        self._upsert.execute(connection, [(source, stream, table, external_id) for external_id in ids])

    def note_page(
        self,
        connection: Connection,
        source: str,
        stream: str,
        entity: type[Entity],
        ids: Iterable[str],
        known: Container[str],
        seen_at: int,
    ) -> None:
        """Note the ids of a page; those that were not `known` before it show by `seen_at` that they came.

        So a first pass, in which every record is new, notes nothing of them.
        """
        started = _pass_started(connection, source, stream)
        if started is not None and seen_at < started:  # the clock was set back
            self.note(connection, source, stream, entity, list(ids))
        else:
            again = [external_id for external_id in ids if external_id in known]
            self.note(connection, source, stream, entity, [_FIRST_SEEN, *again])


class Removals:
    """Marks records deleted. A sweep belongs between the last page of a full pass and `finish_pass`."""

    def __init__(self, database: Database, lock: Lock) -> None:
        self._database = database
        self._lock = lock
        self._sightings = Sightings(database)

    def note(self, source: str, stream: str, entity: type[Entity], external_ids: Sequence[str]) -> None:
        """Note that the pass under way saw these ids, where it looks for ids and not for whole records."""
        with self._lock.write() as connection:
            self._sightings.note(connection, source, stream, entity, external_ids)

    def missing(self, source: str, stream: str, entity: type[Entity]) -> list[str]:
        """Return the ids of the live records that the pass under way did not bring."""
        table = ENTITY_TABLES[entity]
        with self._database.read() as connection:
            missing = _missing(table, source, stream, _pass_begun(connection, source, stream))
            query = select(table.c.external_id).where(missing)
            return [row.external_id for row in connection.execute(query.order_by(table.c.external_id))]

    def absent(self, source: str, stream: str, entity: type[Entity]) -> Absent:
        """Count what the pass under way did not bring; its pages must have been saved with `sweep=True`.

        A record in quarantine was brought, so it is not missing.
        """
        table = ENTITY_TABLES[entity]
        live = _live(table, source, stream)
        with self._database.read() as connection:
            begun = _pass_begun(connection, source, stream)
            missing = _missing(table, source, stream, begun)
            twice = missing & (table.c.missing_at < begun)
            return Absent(*(_count(connection, table, which) for which in (live, missing, twice)))

    def sweep(self, source: str, stream: str, entity: type[Entity], *, delete: bool) -> int:
        """Remember what this pass did not bring and return how many records were marked deleted.

        With `delete`, those that an earlier pass did not bring either are; without it (the brake) none is.
        Repeating it in one pass changes nothing. Raises LockedError if the lock is not held.
        """
        table = ENTITY_TABLES[entity]
        with self._lock.write() as connection:
            begun = _pass_begun(connection, source, stream)
            missing = _missing(table, source, stream, begun)
            back = _live(table, source, stream) & table.c.missing_at.is_not(None) & ~missing
            connection.execute(update(table).where(back).values(missing_at=None))
            gone = missing & (table.c.missing_at < begun)
            deleted = _mark_deleted(connection, table, gone) if delete else 0
            if deleted:
                mark_stale(connection, entity)
            first_time = missing & table.c.missing_at.is_(None)
            connection.execute(update(table).where(first_time).values(missing_at=begun))
        return deleted

    def forget_rejected(self, source: str, stream: str) -> None:
        """Let go of rows in quarantine that the pass under way, a full one, did not bring any more."""
        mine = (QUARANTINE.c.source == source) & (QUARANTINE.c.stream == stream)
        with self._lock.write() as connection:
            begun = _pass_begun(connection, source, stream)
            connection.execute(delete(QUARANTINE).where(mine & (QUARANTINE.c.last_seen < begun)))

    def delete(self, source: str, entity: type[Entity], external_ids: Sequence[str]) -> int:
        """Mark records deleted that the vendor names as deleted; return how many were live until now."""
        table = ENTITY_TABLES[entity]
        live = (table.c.source == source) & table.c.deleted_at.is_(None)
        with self._lock.write() as connection:
            mark_stale(connection, entity)
            return sum(
                _mark_deleted(connection, table, live & table.c.external_id.in_(some))
                for some in batches(external_ids)
            )


def _live(table: Table, source: str, stream: str) -> ColumnElement[bool]:
    return (table.c.source == source) & (table.c.stream == stream) & table.c.deleted_at.is_(None)


def _missing(table: Table, source: str, stream: str, begun: int) -> ColumnElement[bool]:
    sighting = exists().where(
        SIGHTING.c.source == source, SIGHTING.c.stream == stream, SIGHTING.c.entity == table.name
    )
    first_seen = (table.c.seen_at >= begun) & sighting.where(SIGHTING.c.external_id == _FIRST_SEEN)
    seen = sighting.where(SIGHTING.c.external_id == table.c.external_id) | first_seen
    unreadable = exists().where(
        QUARANTINE.c.source == source,
        QUARANTINE.c.stream == stream,
        QUARANTINE.c.external_id == table.c.external_id,
    )
    return _live(table, source, stream) & ~seen & ~unreadable


def _pass_begun(connection: Connection, source: str, stream: str) -> int:
    started = _pass_started(connection, source, stream)
    return clock.to_micros(clock.now()) if started is None else started


def _pass_started(connection: Connection, source: str, stream: str) -> int | None:
    query = select(CURSOR.c.pass_started).where(CURSOR.c.source == source, CURSOR.c.stream == stream)
    return connection.execute(query).scalar()


def _count(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(which)).scalar_one())


def _mark_deleted(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    now = clock.to_micros(clock.now())
    return connection.execute(update(table).where(which).values(deleted_at=now)).rowcount
