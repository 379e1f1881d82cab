"""Turns the database's errors into one line that says what to do next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from connector.errors import StoreError

_KNOWN: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: (
        "the store is locked by another writer",
        "wait for the other command or program that has the file open, then repeat",
    ),
    sqlite3.SQLITE_FULL: (
        "the disk is full; what was committed before is intact",
        "make room, then repeat the command",
    ),
    sqlite3.SQLITE_NOTADB: (
        "this file is not a database",
        "mend `url` in [store], or move the file away and pull again",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the store is damaged",
        "put the last backup in its place, or move the file away and pull again",
    ),
    sqlite3.SQLITE_READONLY: (
        "the store may not be written",
        "give the user that runs this the right to write the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the store cannot be opened",
        "give the user that runs this the right to read and write the file and its folder",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk failed while the store was used; what was committed before is intact",
        "check the disk and its free space, then repeat the command",
    ),
}


NO_DATABASE = _KNOWN[sqlite3.SQLITE_NOTADB]
"""What is said of a file that is no database, and what to do: (message, hint)."""


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Raise StoreError, naming `where`, for whatever the database refuses in the block."""
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(error, where) from error
    except DBAPIError as error:
        raise _store_error(error.orig, where) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another writer is the cause."""
    return _primary_code(error) == sqlite3.SQLITE_BUSY


def _store_error(error: BaseException | None, where: str) -> StoreError:
    message, hint = _KNOWN.get(_primary_code(error), (f"the store refused: {error}", "see it with --debug"))
    return StoreError(message, hint=hint, where=where)


def _primary_code(error: BaseException | None) -> int:
    # The low byte; the rest says in which call (https://sqlite.org/rescode.html).
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
