"""Looks at the store's file without changing it: may it be written, is it whole, which schema it has."""

from __future__ import annotations

import importlib
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from connector.errors import StoreError
from connector.store.explained import explained
from connector.store.migrations import HEAD

WAIT_SECONDS = 2.0
"""How long to wait for another program that writes just now."""


def try_writing(path: Path) -> None:
    """Begin and give up a write transaction; where there is no file yet, make and delete one beside it.

    StoreError says who or what is in the way.
    """
    if path.exists():
        with _opened(path, "rw") as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        return
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise StoreError(
            f"the folder may not be written ({(error.strerror or '').lower()})",
            hint="give the user that runs this the right to write the folder",
            where=str(path.parent),
        ) from error


def damage(path: Path) -> str:
    """Return what is broken in the file by SQLite's `quick_check`, "" for nothing; reads all of it."""
    with _opened(path, "ro") as connection:
        found = [str(line) for (line,) in connection.execute("PRAGMA quick_check(1)")]
    said = "; ".join(found)
    return "" if said == "ok" else " ".join(said.split())


def schema(path: Path) -> str:
    """Return the revision of the store's tables, "" for a file without tables.

    StoreError for a file of another program, or of a newer version of this one.
    """
    with _opened(path, "ro") as connection:
        names = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "alembic_version" not in names:
            _check_empty(names, path)
            return ""
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    known = (
        revision == HEAD or revision in importlib.import_module("connector.store.migrate").known_revisions()
    )
    if not known:
        raise StoreError(
            f"written by a newer version (schema {revision}, this one knows {HEAD})",
            hint="update connector, or open a backup of the older version",
            where=str(path),
        )
    return str(revision)


def _check_empty(names: set[str], path: Path) -> None:
    if names:
        raise StoreError(
            "this database belongs to another program", hint="mend `url` in [store]", where=str(path)
        )


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """Open the file as it is, to read (`ro`) or to write (`rw`); what SQLite refuses becomes StoreError."""
    with explained(str(path)):
        place = f"{path.absolute().as_uri()}?mode={mode}"
        with closing(
            sqlite3.connect(place, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        ) as connection:
            yield connection
