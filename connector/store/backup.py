"""Copies a store into one file while others work on it, and proves that the copy is whole."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from connector.errors import ConfigError, StoreError
from connector.store.explained import explained


def back_up(store: Path, target: Path) -> int:
    """Write the state of this moment to `target`, readable by its owner alone; return its bytes.

    SQLite's own copy (https://sqlite.org/backup.html) in one step: a reader of the WAL, so that nobody waits.
    ConfigError where the target exists, StoreError where there is no store or the copy is not whole; then
    nothing is left of it.
    """
    if not store.is_file():
        raise StoreError("there is no store yet", hint="run `connector pull` first", where=str(store))
    _create(target)
    try:
        with explained(str(target)):
            _copy(store, target)
            _prove(target)
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise
    return target.stat().st_size


def _create(target: Path) -> None:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise ConfigError(
            "this file exists, and a backup overwrites nothing", hint="name a new file", where=str(target)
        ) from None


def _copy(store: Path, target: Path) -> None:
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        # One file that stands for itself: in WAL mode a reader would leave two more beside it
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()


def _prove(target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        said = [line for (line,) in copy.execute("PRAGMA integrity_check")]
        broken = copy.execute("PRAGMA foreign_key_check").fetchall()
    if said != ["ok"] or broken:
        raise StoreError(
            f"the copy is not whole: {said[0] if said != ['ok'] else 'a reference leads nowhere'}",
            hint="the store itself may be damaged: see `connector doctor`",
            where=str(target),
        )
