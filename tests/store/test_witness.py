"""What the file beside the store says of the store that is found there."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from connector.store.database import Store, open_store


def take_steps(store: Store, count: int = 1) -> None:
    """Write so many lines into the log of changes."""
    with store.lock.write_freely() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO change VALUES ('k','p','create_task','portal','1','norm','1','r','s','m',"
            "'auto','{}','planned',0,NULL,'','cpc-k',NULL,0,0)"
        )
        step = "INSERT INTO change_log (key, at, state, note) VALUES ('k', 0, 'planned', '')"
        for _ in range(count):
            connection.exec_driver_sql(step)


def copied(path: Path) -> Path:
    """Return a whole copy of the store's file."""
    target = path.with_name("copy.db")
    with open_store(f"sqlite:///{path}") as store, store.lock.write_freely():
        pass
    shutil.copy(path, target)
    return target


def found(path: Path) -> str:
    with open_store(f"sqlite:///{path}") as store:
        return store.witness.contradicts()


@pytest.fixture
def path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def worked(path: Path, steps: int) -> None:
    """Let a run work on the store and leave its word."""
    with open_store(f"sqlite:///{path}") as store:
        take_steps(store, steps)
        store.witness.note()


def test_the_store_that_worked_here_last_raises_no_doubt(path: Path) -> None:
    assert found(path) == ""
    worked(path, 3)
    assert found(path) == ""
    with open_store(f"sqlite:///{path}") as store:
        take_steps(store)
    assert found(path) == "", "a run that was killed left no word of its last steps"


def test_an_older_copy_in_its_place(path: Path) -> None:
    worked(path, 2)
    older = copied(path)
    worked(path, 3)
    for name in ("connector.db", "connector.db-wal", "connector.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    shutil.copy(older, path)
    assert found(path) == "an older copy was put in its place: 3 steps are missing"


def test_a_new_store_where_one_was_lost(path: Path, tmp_path: Path) -> None:
    worked(path, 2)
    for name in ("connector.db", "connector.db-wal", "connector.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    assert found(path) == "the store that was here is gone"


def test_a_copy_of_the_whole_folder(path: Path, tmp_path: Path) -> None:
    worked(path, 2)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(copied(path), other / path.name)
    shutil.copy(path.with_name("connector.db-seen"), other)
    assert found(other / path.name) == "it was moved or cloned"
    assert found(path) == ""


def test_a_copy_without_its_witness(path: Path, tmp_path: Path) -> None:
    worked(path, 2)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(copied(path), other / path.name)
    assert found(other / path.name) == "it was copied to here"


def test_a_folder_that_was_renamed_is_no_copy(path: Path, tmp_path: Path) -> None:
    worked(path, 2)
    other = tmp_path / "other"
    other.mkdir()
    for each in tmp_path.glob("connector.db*"):
        each.rename(other / each.name)
    assert found(other / path.name) == ""


@pytest.mark.parametrize("do", [shutil.copy, None], ids=["copied", "lost"])
def test_a_store_that_never_sent_anything_is_never_doubted(
    path: Path, do: Callable[[Path, Path], object] | None
) -> None:
    worked(path, 0)
    copy = copied(path)
    path.unlink()
    if do is not None:
        do(copy, path)
    assert found(path) == ""


def test_a_witness_that_cannot_be_read_is_none(path: Path) -> None:
    worked(path, 1)
    path.with_name("connector.db-seen").write_text("{", encoding="utf-8")
    assert found(path) == "it was copied to here"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_the_file_is_its_owners_alone(path: Path) -> None:
    worked(path, 1)
    assert stat.S_IMODE(path.with_name("connector.db-seen").stat().st_mode) == 0o600
