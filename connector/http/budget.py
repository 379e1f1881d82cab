"""Working time by kind of call, as a vendor counts it: what is used, and what calls under way may use."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from connector import clock
from connector.http.ratefile import RateFile

POLL_SECONDS = 0.25
"""How soon to ask again when only calls under way stand in the way: their answers bring new figures."""
FORGOTTEN_SECONDS = 120.0
"""After that a pledge is void: no request takes so long, so its process is dead."""

_TABLES = (
    "CREATE TABLE IF NOT EXISTS budget (name TEXT PRIMARY KEY, used REAL NOT NULL, frees_at REAL NOT NULL,"
    " written_at REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS pledge (number INTEGER NOT NULL, name TEXT NOT NULL, seconds REAL NOT NULL,"
    " made_at REAL NOT NULL, PRIMARY KEY (name, number)) WITHOUT ROWID",
)
_USED = "SELECT used, frees_at FROM budget WHERE name = ? AND written_at <= ?"
_ALL = (
    "SELECT name, used FROM budget WHERE instr(name, ?) = 1 AND frees_at > ? AND written_at <= ?"
    " ORDER BY name"
)
_PLEDGED = "SELECT coalesce(sum(seconds), 0), count(*) FROM pledge WHERE name = ? AND made_at BETWEEN ? AND ?"
_PLEDGE = "INSERT INTO pledge (number, name, seconds, made_at) VALUES (?, ?, ?, ?)"
_NUMBER = "SELECT coalesce(max(number), 0) + 1 FROM pledge"
_CLEAR = "DELETE FROM pledge WHERE number = ? OR made_at NOT BETWEEN ? AND ?"
_WRITE = (
    "INSERT INTO budget (name, used, frees_at, written_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
    " SET used = excluded.used, frees_at = excluded.frees_at, written_at = excluded.written_at"
)


class Figure(NamedTuple):
    """What the vendor says: seconds used in its window, and in how many seconds some of them fall out."""

    used: float
    frees_in: float


class Pledge(NamedTuple):
    """Leave to send; with `wait` above 0 nothing was taken, and it is to be asked again after that."""

    wait: float
    number: int = 0


class Budget:
    """At most `ceiling` seconds of working time a kind of call in the vendor's window, of all our processes.

    The vendor's own figure, which answers bring, is the measure; calls under way are counted by what they are
    expected to cost. Once a full budget should have freed something, one call alone goes ahead to learn
    the new figure. `path` None keeps it in memory. Raises StoreError when the file cannot be used.
    """

    def __init__(self, path: Path | None, key: str, ceiling: float) -> None:
        self._file = RateFile(path, _TABLES)
        self._key = key
        self._ceiling = ceiling

    def pledge(self, costs: Mapping[str, float]) -> Pledge:
        """Take the expected seconds of a request by kind of call, or say how long to wait first."""
        with self._file.turn() as connection:
            now = clock.monotonic()
            wait = max((self._wait(connection, name, cost, now) for name, cost in costs.items()), default=0.0)
            if wait > 0:
                return Pledge(wait)
            (number,) = connection.execute(_NUMBER).fetchone()
            rows = [(number, self._name(name), cost, now) for name, cost in costs.items()]
            connection.executemany(_PLEDGE, rows)
            return Pledge(0.0, number)

    def settle(self, pledge: Pledge, figures: Mapping[str, Figure] | None = None) -> None:
        """Give a pledge back and take the vendor's figures, none where the answer had none."""
        with self._file.turn() as connection:
            now = clock.monotonic()
            connection.execute(_CLEAR, (pledge.number, now - FORGOTTEN_SECONDS, now))
            for name, figure in (figures or {}).items():
                self._note(connection, name, figure, now)

    def block(self, names: Iterable[str], seconds: float) -> None:
        """Let no call of these kinds go for that long: the vendor refused one, so the budget is used up."""
        with self._file.turn() as connection:
            now = clock.monotonic()
            for name in names:
                self._note(connection, name, Figure(math.inf, seconds), now)

    def frees_in(self, name: str) -> float | None:
        """Return in how many seconds some of it falls out by the last figure, None if that is not known."""
        with self._file.turn() as connection:
            now = clock.monotonic()
            row = connection.execute(_USED, (self._name(name), now)).fetchone()
            return row[1] - now if row and row[1] > now else None

    def shares(self) -> dict[str, float]:
        """Return the used part of the ceiling by kind of call in this window; infinite after a refusal."""
        with self._file.turn() as connection:
            now = clock.monotonic()
            rows = connection.execute(_ALL, (self._name(""), now, now)).fetchall()
            return {name.removeprefix(self._name("")): used / self._ceiling for name, used in rows}

    def close(self) -> None:
        """Close the file; the figures stay in it."""
        self._file.close()

    def _wait(self, connection: sqlite3.Connection, name: str, cost: float, now: float) -> float:
        row = connection.execute(_USED, (self._name(name), now)).fetchone()
        used, frees_at = row or (0.0, now)
        since = (self._name(name), now - FORGOTTEN_SECONDS, now)
        pledged, under_way = connection.execute(_PLEDGED, since).fetchone()
        if used + pledged + cost <= self._ceiling:
            return 0.0
        return POLL_SECONDS if under_way else max(0.0, frees_at - now)

    def _note(self, connection: sqlite3.Connection, name: str, figure: Figure, now: float) -> None:
        """Write a figure; of two within one window the higher, as answers come out of order."""
        used, frees_at = figure.used, now + figure.frees_in
        row = connection.execute(_USED, (self._name(name), now)).fetchone()
        if row and row[1] > now and row[0] > used:
            used, frees_at = row
        connection.execute(_WRITE, (self._name(name), used, frees_at, now))

    def _name(self, name: str) -> str:
        return f"{self._key} {name}"
