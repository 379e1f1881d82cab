"""A look at the store's file changes nothing, and finds what is in the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from connector.errors import StoreError
from connector.store import checkup
from connector.store.checkup import damage, schema, try_writing
from connector.store.database import Store
from connector.store.migrations import HEAD

from .records import client, save


@pytest.fixture
def path(store: Store) -> Path:
    """Return the file of a store with some records, closed."""
    with store.lock.acquire("pull"):
        save(store, *(client(f"C{number}", name="x" * 500) for number in range(200)), stream="clients")
    store.close()
    return store.path


def test_a_sound_store(path: Path) -> None:
    before = path.read_bytes()
    try_writing(path)
    assert damage(path) == ""
    assert schema(path) == HEAD
    assert path.read_bytes() == before


def test_where_nothing_is_nothing_is_left(tmp_path: Path) -> None:
    try_writing(tmp_path / "connector.db")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_page_is_damage(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 8192] = b"\xa5" * 8192
    path.write_bytes(whole)
    assert damage(path) != ""


def test_who_writes_just_now_is_waited_for_and_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "WAIT_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another writer"):
            try_writing(path)
    try_writing(path)


def test_a_file_that_cannot_be_written_is_told(path: Path) -> None:
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    path.with_name(path.name + "-wal").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        try_writing(path)


def test_no_database_another_program_and_a_newer_version(path: Path, tmp_path: Path) -> None:
    text = tmp_path / "list.txt"
    text.write_text("milk\n" * 500, encoding="utf-8")
    with pytest.raises(StoreError, match="not a database"):
        damage(text)
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE notes (a)")
    with pytest.raises(StoreError, match="belongs to another program"):
        schema(foreign)
    (tmp_path / "empty.db").touch()
    assert schema(tmp_path / "empty.db") == ""
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    with pytest.raises(StoreError, match=rf"newer version \(schema 9999, this one knows {HEAD}\)"):
        schema(path)
