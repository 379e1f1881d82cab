"""A request limit as one GCRA number a key: in memory, or in a small SQLite file that processes share."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector import clock
from connector.errors import StoreError

BUSY_SECONDS = 30.0
"""How long one process waits for the others' turns; a turn takes tens of microseconds."""

_TABLE = (
    "CREATE TABLE IF NOT EXISTS bucket ("
    "name TEXT PRIMARY KEY, empty_at REAL NOT NULL, written_at REAL NOT NULL) WITHOUT ROWID"
)
_READ = "SELECT empty_at, written_at FROM bucket WHERE name = ?"
_WRITE = (
    "INSERT INTO bucket (name, empty_at, written_at) VALUES (?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET empty_at = excluded.empty_at, written_at = excluded.written_at"
)


class Bucket:
    """The right to `rate` requests a second and `burst` at once, shared by all who name one path and key.

    In any window of t seconds no more than burst + rate * t is granted, over all threads and, with a path,
    all processes of the machine. A new key begins with a full burst. `path` None keeps the number in memory.
    Raises StoreError when the file cannot be used, ValueError for a rate or a burst that is not positive.
    """

    def __init__(self, path: Path | None, key: str, rate: float, burst: float) -> None:
        if rate <= 0 or burst <= 0:
            raise ValueError(f"rate {rate} and burst {burst} must be above 0")
        self.key = key
        self.rate = rate
        self.burst = burst
        self._shelf: _Memory | _File = _File(path) if path else _Memory()

    def reserve(self, cost: float = 1.0) -> float:
        """Take `cost` requests now and return the seconds to wait before sending; 0.0 means send at once.

        Reserved before sending: a lost answer or a dead process wastes a slot but never exceeds the limit.
        """
        with self._shelf.turn(self.key) as slot:
            floor = slot.now - self.burst / self.rate
            start = floor if slot.empty_at is None else max(slot.empty_at, floor)
            slot.empty_at = start + cost / self.rate
            return max(0.0, slot.empty_at - slot.now)

    def pause(self, seconds: float) -> None:
        """Grant nothing for that many seconds and no burst after them, as a 429 with Retry-After asks."""
        with self._shelf.turn(self.key) as slot:
            until = slot.now + seconds
            slot.empty_at = until if slot.empty_at is None else max(slot.empty_at, until)

    def close(self) -> None:
        """Close the file; the numbers stay in it."""
        self._shelf.close()


class _Slot:
    """The moment at which the bucket is (or was) empty, on the clock that `now` was read from."""

    def __init__(self, empty_at: float | None, now: float) -> None:
        self.empty_at = empty_at
        self.now = now


class _Memory:
    """Keeps one number in this object."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._empty_at: float | None = None

    @contextmanager
    def turn(self, _key: str) -> Iterator[_Slot]:
        with self._guard:
            slot = _Slot(self._empty_at, clock.monotonic())
            yield slot
            self._empty_at = slot.empty_at

    def close(self) -> None:
        """Nothing is open."""


class _File:
    """Keeps a number a key in a SQLite file; one turn is one write transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        with self._explained():
            self._connection = _open(path)
        self._finalizer = weakref.finalize(self, self._connection.close)

    @contextmanager
    def turn(self, key: str) -> Iterator[_Slot]:
        with self._guard, self._explained(), self._transaction():
            # Read once the lock is held: a moment from before the wait for it would give more than the burst.
            slot = _Slot(None, clock.monotonic())
            slot.empty_at = self._read(key, slot.now)
            yield slot
            self._connection.execute(_WRITE, (key, slot.empty_at, slot.now))

    def close(self) -> None:
        self._finalizer()

    def _read(self, key: str, now: float) -> float | None:
        row = self._connection.execute(_READ, (key,)).fetchone()
        if row is None:
            return None
        empty_at, written_at = row
        # The monotonic clock is one for all processes but begins anew when the machine does.
        return float(empty_at) if written_at <= now else now

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"the file of request limits cannot be used: {error}",
                where=str(self._path),
                hint="check the folder's rights and space; delete a damaged file when no run is going",
            ) from error


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, deadline=clock.monotonic() + BUSY_SECONDS)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, deadline: float) -> None:
    while True:
        try:
            # NORMAL in WAL mode syncs at checkpoints only: a power cut may lose grants, never the file
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", _TABLE):
                connection.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            # Two first openers at once: the change to WAL is refused without the usual wait.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or clock.monotonic() > deadline:
                raise
            clock.sleep(0.01)
        else:
            return
