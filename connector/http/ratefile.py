"""The small SQLite file in which processes of one machine share what they may still ask of a vendor."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from connector import clock
from connector.errors import StoreError

BUSY_SECONDS = 30.0
"""How long one process waits for the others' turns; a turn takes tens of microseconds."""


class RateFile:
    """One connection to the file; with `path` None the tables are in memory and nobody else's.

    A turn is one write transaction, and the only one on the machine at that moment. May be used from several
    threads. Raises StoreError when the file cannot be used. `durable`: what a turn kept survives a power cut;
    `busy_seconds` is how long one waits for the turns of others.
    """

    def __init__(
        self,
        path: Path | None,
        tables: Sequence[str],
        *,
        durable: bool = False,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self._path = path
        self._guard = threading.Lock()
        if durable:
            tables = ("PRAGMA synchronous = FULL", *tables)
        with self._explained():
            self._connection = _open(path, tables, busy_seconds)
        self._finalizer = weakref.finalize(self, self._connection.close)

    @contextmanager
    def turn(self) -> Iterator[sqlite3.Connection]:
        """Hold the file alone; what is done with the connection is kept unless an error is raised."""
        with self._guard, self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.commit()

    def close(self) -> None:
        """Close the file; what was kept stays in it."""
        self._finalizer()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"the file that our processes share cannot be used: {error}",
                where=str(self._path),
                hint="check the folder's rights and space; delete a damaged file when no run is going",
            ) from error


def _open(path: Path | None, tables: Sequence[str], busy_seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path or ":memory:", timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection, tables, deadline=clock.monotonic() + busy_seconds)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, tables: Sequence[str], deadline: float) -> None:
    while True:
        try:
            # NORMAL in WAL mode syncs at checkpoints only: a power cut may lose grants, never the file
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", *tables):
                connection.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            # Two first openers at once: the change to WAL is refused without the usual wait.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or clock.monotonic() > deadline:
                raise
            clock.sleep(0.01)
        else:
            return
