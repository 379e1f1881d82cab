"""`connector backup`: one whole file, made beside a writer, that overwrites nothing and can be restored."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from conftest import Project

from connector.store.database import open_store

from .shared import the_line


def clients(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM client").fetchone()[0])


def test_the_copy_is_whole_and_stands_for_itself(pulled: Project) -> None:
    target = pulled.folder / "copy.db"
    result = pulled("backup", str(target), "--format", "json")
    assert result.json == {"file": str(target), "bytes": target.stat().st_size, "integrity": "ok"}
    assert clients(target) == clients(pulled.folder / "connector.db") > 0
    assert sorted(path.name for path in pulled.folder.glob("copy.db*")) == ["copy.db"]
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_it_says_how_to_restore(pulled: Project) -> None:
    said = pulled("backup", str(pulled.folder / "copy.db")).out
    assert "whole (integrity_check: ok)" in said
    assert "delete connector.db-wal and connector.db-shm" in said
    assert "connector changes adopt" in said


def test_it_overwrites_nothing(pulled: Project) -> None:
    target = pulled.folder / "copy.db"
    target.write_text("mine", encoding="utf-8")
    result = pulled("backup", str(target))
    assert result.code == 4
    assert "this file exists, and a backup overwrites nothing" in the_line(result)
    assert target.read_text(encoding="utf-8") == "mine"


def test_without_a_store_there_is_nothing_to_copy(fresh: Project) -> None:
    result = fresh("backup", str(fresh.folder / "copy.db"))
    assert result.code == 1
    assert "there is no store yet" in the_line(result)
    assert list(fresh.folder.glob("*.db")) == []


def test_a_damaged_store_gives_no_backup(pulled: Project) -> None:
    with closing(sqlite3.connect(pulled.folder / "connector.db")) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO approval VALUES ('no plan', 'k', 'me', 0)")
    target = pulled.folder / "copy.db"
    result = pulled("backup", str(target))
    assert result.code == 1
    assert "the copy is not whole: a reference leads nowhere" in the_line(result)
    assert not target.exists()


def test_it_copies_what_is_committed_while_a_run_holds_the_lock_and_writes(pulled: Project) -> None:
    target = pulled.folder / "copy.db"
    with open_store(f"sqlite:///{pulled.folder / 'connector.db'}") as store, store.lock.acquire("pull"):
        store.halts.begin("pause", "committed", "me")
        with store.lock.write() as connection:
            connection.exec_driver_sql("UPDATE halt SET reason = 'not committed'")
            assert pulled("backup", str(target)).code == 0
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT reason FROM halt").fetchall() == [("committed",)]
