"""A request limit as one GCRA number a key: in memory, or in a small SQLite file that processes share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector import clock
from connector.http.budget import Budget
from connector.http.ratefile import RateFile

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
        self._path = path
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

    def left(self) -> float:
        """Return how many requests may go at once by now; below 1 one has to wait. Takes none of them."""
        with self._shelf.turn(self.key) as slot:
            floor = slot.now - self.burst / self.rate
            slot.empty_at = floor if slot.empty_at is None else max(slot.empty_at, floor)
            return (slot.now - slot.empty_at) * self.rate

    def budget(self, ceiling: float) -> Budget:
        """Return the working time of this account, kept where its requests are counted."""
        return Budget(self._path, self.key, ceiling)

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
        self._file = RateFile(path, (_TABLE,))

    @contextmanager
    def turn(self, key: str) -> Iterator[_Slot]:
        with self._file.turn() as connection:
            # Read once the lock is held: a moment from before the wait for it would give more than the burst.
            slot = _Slot(None, clock.monotonic())
            slot.empty_at = self._read(connection, key, slot.now)
            yield slot
            connection.execute(_WRITE, (key, slot.empty_at, slot.now))

    def close(self) -> None:
        self._file.close()

    @staticmethod
    def _read(connection: sqlite3.Connection, key: str, now: float) -> float | None:
        row = connection.execute(_READ, (key,)).fetchone()
        if row is None:
            return None
        empty_at, written_at = row
        # The monotonic clock is one for all processes but begins anew when the machine does.
        return float(empty_at) if written_at <= now else now
