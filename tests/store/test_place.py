"""A store on a network drive is found by the mounts that Linux lists."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path, PurePosixPath

import pytest

from connector import clock
from connector.errors import StoreError
from connector.store import place
from connector.store.place import file_system, prepare, sqlite_path, sqlite_url

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/export /mnt/crm nfs4 rw,vers=4.2 0 0
//nas/share /mnt/team\\040files cifs rw 0 0
tmpfs /mnt/crm/local tmpfs rw 0 0
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="mounts of Linux")


@posix
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/user", "ext4"),
        ("/mnt/crm", "nfs4"),
        ("/mnt/crm/deep/er", "nfs4"),
        ("/mnt/crm/local/x", "tmpfs"),
        ("/mnt/crmx", "ext4"),
        ("/mnt/team files/x", "cifs"),
    ],
)
def test_the_longest_mount_that_holds_the_path_counts(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_no_mount_is_no_knowledge() -> None:
    assert file_system(Path("/home"), "") == ""


@posix
def test_a_network_drive_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path.resolve()} nfs rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr(place, "_MOUNTS", mounts)
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
