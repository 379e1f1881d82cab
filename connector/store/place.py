"""Finds the place of the SQLite file and makes it fit: a private file in WAL mode on a local disk."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from connector import clock
from connector.errors import ConfigError, StoreError
from connector.store.explained import explained, is_busy
from connector.store.shares import share_of


def sqlite_path(url: str) -> Path:
    """Return the absolute path in a URL such as `sqlite:///connector.db`; ConfigError if there is none."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "the store's url cannot be read", hint='write url = "sqlite:///connector.db"'
        ) from error
    if parsed.get_backend_name() != "sqlite":
        raise ConfigError(
            f"a store on {parsed.get_backend_name()} is not supported by this version",
            hint='write url = "sqlite:///connector.db" in [store]',
        )
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigError("the store's url names no file", hint='write url = "sqlite:///connector.db"')
    return Path(parsed.database).absolute()


def sqlite_url(path: Path) -> URL:
    """Return the URL of the file for SQLAlchemy."""
    return URL.create("sqlite", database=str(path))


def prepare(path: Path, busy_seconds: float) -> None:
    """Create the file if there is none, readable by its owner alone, and put it into WAL mode.

    Raises StoreError for a missing or forbidden folder, a network drive, or a file that is no database.
    """
    _check_folder(path)
    _create(path)
    with explained(str(path)), closing(sqlite3.connect(path, timeout=busy_seconds)) as connection:
        _use_wal(connection, clock.monotonic() + busy_seconds)


def _check_folder(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise StoreError(
            "the folder of the store is missing", hint="create it, or mend `url`", where=str(folder)
        )
    if kind := share_of(folder):
        # Locks on network drives fail silently (https://sqlite.org/howtocorrupt.html, 2.1).
        raise StoreError(
            f"the store lies on a network drive ({kind}), where file locks cannot be trusted",
            hint="put it on a local disk of the machine that runs connector",
            where=str(path),
        )


def _create(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            f"the store cannot be created: {error.strerror}",
            hint="give the user that runs this the right to write the folder",
            where=str(path),
        ) from error


def _use_wal(connection: sqlite3.Connection, deadline: float) -> None:
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        except sqlite3.OperationalError as error:
            # Two first openers at once: the change to WAL is refused without the usual wait.
            if not is_busy(error) or clock.monotonic() > deadline:
                raise
            clock.sleep(0.01)
        else:
            return
