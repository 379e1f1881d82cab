"""Records that could not be read: kept whole with the field and the reason, until they can be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, select

from connector import clock
from connector.store.batches import batches
from connector.store.columns import dump_json, load_json
from connector.store.engine import Database
from connector.store.ledgers import QUARANTINE
from connector.store.upsert import upsert

_NAMELESS = "#"
"""What the name of a row without an id begins with; its hash follows."""


@dataclass(frozen=True)
class Rejected:
    """A row that could not be read: its id in the stream ("" if it has none), what is wrong, and the row."""

    external_id: str
    reason: str
    raw: Mapping[str, Any]
    field: str = ""


@dataclass(frozen=True)
class Quarantined:
    """A row in quarantine: `tries` counts how often it came and could not be read."""

    source: str
    stream: str
    external_id: str
    field: str
    reason: str
    raw: Mapping[str, Any]
    first_seen: datetime
    last_seen: datetime
    tries: int


class Quarantine:
    """The rows that wait to become readable; the same row is there once, however often it comes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._upsert = upsert(QUARANTINE, database.dialect, keep=("first_seen",))

    def put(
        self, connection: Connection, source: str, stream: str, rejected: Sequence[Rejected], at: datetime
    ) -> int:
        """Keep the rows in the given transaction and return how many different ones they are."""
        named = {name: (digest, one, raw) for one in rejected for name, digest, raw in [_named(one)]}
        tries = self._tries(connection, source, stream, list(named))
        moment = clock.to_micros(at)
        rows = [
            (source, stream, name, digest, one.field, one.reason, raw, moment, moment, tries.get(name, 0) + 1)
            for name, (digest, one, raw) in named.items()
        ]
        self._upsert.execute(connection, rows)
        return len(rows)

    def heal(self, connection: Connection, source: str, stream: str, external_ids: Iterable[str]) -> None:
        """Let go of rows that could be read this time."""
        waiting = select(QUARANTINE.c.tries).where(_of(source, stream)).limit(1)
        if connection.execute(waiting).first() is None:
            return
        for some in batches(list(external_ids)):
            healed = _of(source, stream) & QUARANTINE.c.external_id.in_(some)
            connection.execute(delete(QUARANTINE).where(healed))

    def rows(self, source: str | None = None, stream: str | None = None) -> list[Quarantined]:
        """Return the rows of a source or a stream (None: of all), oldest first."""
        query = select(QUARANTINE).where(_of(source, stream))
        query = query.order_by(QUARANTINE.c.first_seen, QUARANTINE.c.source, QUARANTINE.c.external_id)
        with self._database.read() as connection:
            return [_quarantined(row) for row in connection.execute(query).mappings()]

    def ids(self, source: str, stream: str, before: datetime | None = None) -> list[str]:
        """Return the ids of the stream's rows that have one: of all, or of those last seen before."""
        named = _of(source, stream) & ~QUARANTINE.c.external_id.startswith(_NAMELESS)
        if before is not None:
            named &= QUARANTINE.c.last_seen < clock.to_micros(before)
        query = select(QUARANTINE.c.external_id).where(named).order_by(QUARANTINE.c.external_id)
        with self._database.read() as connection:
            return [str(row.external_id) for row in connection.execute(query)]

    def count(self, source: str | None = None, stream: str | None = None) -> int:
        """Return how many rows wait."""
        query = select(func.count()).select_from(QUARANTINE).where(_of(source, stream))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _tries(
        self, connection: Connection, source: str, stream: str, names: Sequence[str]
    ) -> dict[str, int]:
        tries: dict[str, int] = {}
        for some in batches(names):
            entries = _of(source, stream) & QUARANTINE.c.external_id.in_(some)
            query = select(QUARANTINE.c.external_id, QUARANTINE.c.tries).where(entries)
            tries.update((row.external_id, row.tries) for row in connection.execute(query))
        return tries


def _named(one: Rejected) -> tuple[str, str, str]:
    raw = dump_json(dict(one.raw))
    digest = hashlib.blake2b(raw.encode(), digest_size=8).hexdigest()
    return one.external_id or f"{_NAMELESS}{digest}", digest, raw


def _of(source: str | None, stream: str | None) -> ColumnElement[bool]:
    every = QUARANTINE.c.tries > 0
    of_source = every if source is None else QUARANTINE.c.source == source
    return of_source if stream is None else of_source & (QUARANTINE.c.stream == stream)


def _quarantined(row: RowMapping) -> Quarantined:
    return Quarantined(
        source=row["source"],
        stream=row["stream"],
        external_id=row["external_id"],
        field=row["field"],
        reason=row["reason"],
        raw=load_json(row["raw"]),
        first_seen=clock.from_micros(row["first_seen"]),
        last_seen=clock.from_micros(row["last_seen"]),
        tries=row["tries"],
    )
