"""The way to the database: one reader's and one writer's transaction, nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from connector.store.explained import explained

_WRITES = "connector_writes"


class Database:
    """Hands out transactions; `where` names the store in errors. Database errors come out as StoreError."""

    def __init__(self, url: URL, *, where: str, busy_seconds: float) -> None:
        self.where = where
        self.engine = _engine(url, busy_seconds)
        self.dialect = self.engine.dialect.name
        self._writer = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent state of the store; it waits for nobody and nobody waits for it."""
        with explained(self.where), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes: all of it is kept or, after an exception, nothing.

        The write lock is taken at the beginning, so what is read inside cannot change before the commit.
        """
        # Threads of one process queue here: SQLite lets waiting connections sleep and poll.
        with explained(self.where), self._writer, self.engine.connect() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            with writing.begin():
                yield writing

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """One writing transaction in which tables may be dropped and made anew: no reference is enforced."""
        with explained(self.where), self._writer, self.engine.connect() as connection:
            # Without effect inside a transaction, so it goes to the driver before one begins.
            driver = connection.connection.cursor()
            driver.execute("PRAGMA foreign_keys = OFF")
            try:
                writing = connection.execution_options(**{_WRITES: True})
                with writing.begin():
                    yield writing
            finally:
                driver.execute("PRAGMA foreign_keys = ON")
                driver.close()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _engine(url: URL, busy_seconds: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_seconds, "check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def _on_connect(connection: Any, _record: Any) -> None:
    # None: the driver begins no transaction by itself, `_on_begin` says how each begins
    connection.isolation_level = None
    # SQLite's own lower() knows ASCII only; names are Russian
    connection.create_function("lower", 1, _lower, deterministic=True)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "cache_size = -16384"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    # A deferred one that reads and then writes fails at once, without waiting, if another wrote between
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
