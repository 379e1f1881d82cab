"""Keeps canonical records: a page of them and the cursor behind it in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, update

from connector import clock
from connector.model import Client, Entity
from connector.store.batches import batches
from connector.store.choice import batch, choose, handovers, look_up
from connector.store.cursors import Cursors, Place
from connector.store.engine import Database
from connector.store.identities import mark_stale
from connector.store.lock import Lock
from connector.store.numbers import ClientNumbers
from connector.store.ownership import OwnershipHistory
from connector.store.quarantine import Quarantine, Rejected
from connector.store.removals import Sightings
from connector.store.rows import Row, Stored, decode
from connector.store.tables import ENTITY_TABLES
from connector.store.upsert import upsert


@dataclass(frozen=True)
class Saved:
    """What a page did: records new, changed, as they were (or older than ours); rows put into quarantine."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0


class Entities:
    """The canonical records of all sources."""

    def __init__(self, database: Database, lock: Lock, cursors: Cursors, quarantine: Quarantine) -> None:
        self._database = database
        self._lock = lock
        self._cursors = cursors
        self._quarantine = quarantine
        self._numbers = ClientNumbers(database)
        self._owners = OwnershipHistory(database)
        self._sightings = Sightings(database)

    def save_page(
        self,
        source: str,
        stream: str,
        entities: Sequence[Entity],
        rejected: Sequence[Rejected],
        cursor: Place | None,
        *,
        at: datetime | None = None,
        owners_in: ZoneInfo | None = None,
        sweep: bool = False,
        parsed: Iterable[str] = (),
    ) -> Saved:
        """Write a page's records, its quarantine and the cursor behind it: all of it or nothing.

        Without a cursor (rows that were read before and are tried again) the stream stays where it stands.

        A record equal to the stored one is not written, one with an older `updated_at` does not replace a
        newer, one that comes back is live again; `seen_at` is that of the first time. `at` is when the page
        reached us (default now). `owners_in` is the company's zone where the source keeps no history of
        owners, so that ours must be kept. `sweep` notes what came, for `removals`. `parsed` names rows of the
        page that could be read, where those ids are not the records' own: they leave quarantine. Raises
        LockedError without the lock, StoreError if the page cannot be kept.
        """
        moment = at or clock.now()
        page = batch(entities)
        with self._lock.write() as connection:
            saved = [
                self._save(connection, source, stream, entity, rows, moment, owners_in, sweep=sweep)
                for entity, rows in page.rows.items()
            ]
            self._quarantine.heal(connection, source, stream, chain(page.ids(), parsed))
            bad = self._quarantine.put(connection, source, stream, [*rejected, *page.rejected], moment)
            if cursor is not None:
                count = len(entities) + len(rejected)
                self._cursors.advance(connection, source, stream, cursor, count, moment)
        return Saved(
            sum(s.new for s in saved), sum(s.changed for s in saved), sum(s.unchanged for s in saved), bad
        )

    def get(self, entity: type[Entity], source: str, external_id: str) -> Stored | None:
        """Return the record as it is stored, deleted or not; None if it never reached us."""
        table = ENTITY_TABLES[entity]
        query = select(table).where(table.c.source == source, table.c.external_id == external_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else decode(entity, row)

    def count(self, entity: type[Entity], source: str) -> int:
        """Return how many live records of that kind the source has."""
        table = ENTITY_TABLES[entity]
        live = (table.c.source == source) & table.c.deleted_at.is_(None)
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table).where(live)).scalar_one())

    def client_number(self, source: str, external_id: str) -> int | None:
        """Return the client's number, which keys of changes are made of; None if it never reached us."""
        return self._numbers.of(source, external_id)

    def _save(
        self,
        connection: Connection,
        source: str,
        stream: str,
        entity: type[Entity],
        rows: Sequence[Row],
        at: datetime,
        owners_in: ZoneInfo | None,
        *,
        sweep: bool,
    ) -> Saved:
        known = look_up(connection, entity, source, rows)
        choice = choose(rows, known)
        seen_at = clock.to_micros(at)
        written = [row.values(source, stream, seen_at) for row in choice.writes.values()]
        upsert(ENTITY_TABLES[entity], self._database.dialect, keep=("seen_at",)).execute(connection, written)
        _revive(connection, entity, source, choice.revived)
        if choice.new or choice.changed:
            mark_stale(connection, entity)
        if entity is Client:
            self._numbers.give(connection, source, [name for name in choice.writes if name not in known])
        if entity is Client and owners_in:
            self._owners.record(connection, source, handovers(choice.writes, known), at, owners_in)
        if sweep:
            ids = (row.external_id for row in rows)
            self._sightings.note_page(connection, source, stream, entity, ids, known, seen_at)
        return Saved(choice.new, choice.changed, len(rows) - choice.new - choice.changed)


def _revive(connection: Connection, entity: type[Entity], source: str, ids: Sequence[str]) -> None:
    table = ENTITY_TABLES[entity]
    for some in batches(ids):
        these = (table.c.source == source) & table.c.external_id.in_(some)
        connection.execute(update(table).where(these).values(deleted_at=None, missing_at=None))
