"""Where each stream of each source stands: the last finished pass, and the place in an unfinished one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, delete, select

from connector import clock
from connector.store.columns import dump_json, load_json
from connector.store.engine import Database
from connector.store.ledgers import CURSOR, SIGHTING
from connector.store.lock import Lock
from connector.store.upsert import upsert


class Place(Protocol):
    """Where to go on after a page, and the vendor's clock when the pass began: a plugin's Page is one."""

    @property
    def position(self) -> Mapping[str, Any] | None:
        """The stream's own words for the place; None: an interrupted pass begins anew."""

    @property
    def watermark(self) -> str | None:
        """The vendor's clock; None where the page does not say."""


@dataclass(frozen=True)
class Standing:
    """Where a stream stands.

    `since` and `position` are those of a plugin's Cursor; `watermark` becomes `since` when the pass ends;
    `pages` and `rows` count the pass under way, or the last one; `swept_at` is the end of the last pass that
    looked for deletions, `full_at` of the last one that read everything.
    """

    since: str | None = None
    position: dict[str, Any] | None = None
    watermark: str | None = None
    pass_started: datetime | None = None
    pages: int = 0
    rows: int = 0
    finished_at: datetime | None = None
    swept_at: datetime | None = None
    full_at: datetime | None = None


class Cursors:
    """The standings of all streams."""

    def __init__(self, database: Database, lock: Lock) -> None:
        self._database = database
        self._lock = lock
        self._upsert = upsert(CURSOR, database.dialect)

    def get(self, source: str, stream: str) -> Standing:
        """Return where the stream stands; an empty Standing if it was never read."""
        with self._database.read() as connection:
            return self._read(connection, source, stream)

    def all(self) -> dict[tuple[str, str], Standing]:
        """Return every stream's standing by (source, stream)."""
        query = select(CURSOR).order_by(CURSOR.c.source, CURSOR.c.stream)
        with self._database.read() as connection:
            return {(row.source, row.stream): _standing(row) for row in connection.execute(query)}

    def advance(
        self, connection: Connection, source: str, stream: str, place: Place, rows: int, at: datetime
    ) -> None:
        """Move the cursor past a page, in the transaction that writes the page."""
        old = self._read(connection, source, stream)
        begun = old if old.pass_started else replace(old, pass_started=at, pages=0, rows=0)
        standing = replace(
            begun,
            position=None if place.position is None else dict(place.position),
            # The first page's clock counts, also after a restart: what changed since then must be read again
            watermark=begun.watermark if begun.pages else place.watermark,
            pages=begun.pages + 1,
            rows=begun.rows + rows,
        )
        self._write(connection, source, stream, standing)

    def finish_pass(
        self,
        source: str,
        stream: str,
        since: str | None = None,
        *,
        swept: bool = False,
        full: bool = False,
        again: bool = False,
    ) -> None:
        """Write down that the stream was read to its proven end; the next pass begins at `since`.

        Without `since` that is the watermark of the pass's first page, or, if that named none, what it was
        before. Sightings of the pass are forgotten. `swept` says that deletions were looked for in it, `full`
        that everything was read. With `again` the next pass begins where this one did.
        """
        with self._lock.write() as connection:
            old = self._read(connection, source, stream)
            standing = Standing(
                since=old.since if again else since or old.watermark or old.since,
                pages=old.pages if old.pass_started else 0,
                rows=old.rows if old.pass_started else 0,
                finished_at=clock.now(),
                swept_at=clock.now() if swept else old.swept_at,
                full_at=clock.now() if full else old.full_at,
            )
            self._write(connection, source, stream, standing)
            _forget_sightings(connection, source, stream)

    def reset(self, source: str, stream: str) -> None:
        """Let the next pass read everything from the beginning."""
        with self._lock.write() as connection:
            old = self._read(connection, source, stream)
            kept = Standing(finished_at=old.finished_at, swept_at=old.swept_at, full_at=old.full_at)
            self._write(connection, source, stream, kept)
            _forget_sightings(connection, source, stream)

    def restart(self, source: str, stream: str) -> None:
        """Forget a pass that was interrupted: the next one begins where that one did."""
        with self._lock.write() as connection:
            old = self._read(connection, source, stream)
            begun = replace(old, position=None, watermark=None, pass_started=None, pages=0, rows=0)
            self._write(connection, source, stream, begun)
            _forget_sightings(connection, source, stream)

    def _read(self, connection: Connection, source: str, stream: str) -> Standing:
        query = select(CURSOR).where(CURSOR.c.source == source, CURSOR.c.stream == stream)
        row = connection.execute(query).one_or_none()
        return Standing() if row is None else _standing(row)

    def _write(self, connection: Connection, source: str, stream: str, standing: Standing) -> None:
        row = (
            source,
            stream,
            standing.since,
            None if standing.position is None else dump_json(standing.position),
            standing.watermark,
            _micros(standing.pass_started),
            standing.pages,
            standing.rows,
            _micros(standing.finished_at),
            _micros(standing.swept_at),
            _micros(standing.full_at),
        )
        self._upsert.execute(connection, [row])


def _forget_sightings(connection: Connection, source: str, stream: str) -> None:
    connection.execute(delete(SIGHTING).where(SIGHTING.c.source == source, SIGHTING.c.stream == stream))


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        since=row.since,
        position=None if row.position is None else load_json(row.position),
        watermark=row.watermark,
        pass_started=_moment(row.pass_started),
        pages=row.pages,
        rows=row.rows,
        finished_at=_moment(row.finished_at),
        swept_at=_moment(row.swept_at),
        full_at=_moment(row.full_at),
    )


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else clock.to_micros(moment)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else clock.from_micros(micros)
