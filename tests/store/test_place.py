"""The place of a store is refused before anything is made where locks cannot be trusted."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path, PurePosixPath

import pytest

from connector import clock
from connector.errors import StoreError
from connector.store import shares
from connector.store.place import prepare, sqlite_path, sqlite_url

posix = pytest.mark.skipif(sys.platform == "win32", reason="mounts of Linux")


@posix
def test_a_network_drive_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path.resolve()} nfs rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(shares, "_MOUNTS", mounts)
    with pytest.raises(StoreError, match=r"network drive \(nfs\)") as caught:
        prepare(tmp_path / "connector.db", 1)
    assert "local disk" in caught.value.hint
    assert not (tmp_path / "connector.db").exists()


def test_a_file_that_another_process_is_just_making_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses the change to WAL without its usual wait while another writes in the old mode."""
    path = tmp_path / "connector.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE half_made (a)")
        with pytest.raises(StoreError, match="locked by another writer"):
            prepare(path, busy_seconds=0.05)
        thread = threading.Thread(target=prepare, args=(path, 30))
        thread.start()
        clock.sleep(0.1)
        other.execute("ROLLBACK")
        thread.join(timeout=60)
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_url_and_a_path_are_two_ways_to_say_one_file(tmp_path: Path) -> None:
    path = tmp_path / "база данных.db"
    assert sqlite_path(f"sqlite:///{PurePosixPath(path)}") == path
    assert sqlite_url(path).database == str(path)
