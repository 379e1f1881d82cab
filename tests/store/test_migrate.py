"""A store is brought up to date when it is opened, or refused in one line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest
from alembic import command

from connector.errors import StoreError
from connector.model import Client
from connector.store.database import open_store
from connector.store.engine import Database
from connector.store.migrate import alembic_config, known_revisions, upgrade
from connector.store.migrations import HEAD
from connector.store.place import sqlite_url

from .records import SOURCE, client, save


def names(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_head_is_the_last_step() -> None:
    assert known_revisions()[0] == HEAD


def test_down_to_nothing_and_up_again(url: str, tmp_path: Path) -> None:
    path = tmp_path / "connector.db"
    database = Database(sqlite_url(path), where=str(path), busy_seconds=1)
    with database.rebuild() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert names(path) == {"alembic_version"}
    upgrade(database)
    database.close()
    with open_store(url) as store, store.lock.acquire("pull"):
        assert save(store, client("C1"), stream="clients").new == 1


def test_an_older_store_is_brought_up_to_date_when_it_is_opened(url: str, tmp_path: Path) -> None:
    path = tmp_path / "connector.db"
    database = Database(sqlite_url(path), where=str(path), busy_seconds=1)
    with database.rebuild() as connection:
        command.downgrade(alembic_config(connection), "base")
    database.close()
    with open_store(url) as store:
        assert store.runs.latest() == []
    assert "event" in names(path)


def test_a_store_from_before_identity_keeps_its_clients_and_is_told_to_group_them(
    url: str, tmp_path: Path
) -> None:
    path = tmp_path / "connector.db"
    with open_store(url) as store, store.lock.acquire("pull"):
        save(store, client("C1"), stream="clients")
    database = Database(sqlite_url(path), where=str(path), busy_seconds=1)
    with database.rebuild() as connection:
        command.downgrade(alembic_config(connection), "0003")
    database.close()
    assert "identity" not in names(path)
    with open_store(url) as store:
        assert store.entities.count(Client, SOURCE) == 1
        assert store.identities.made().stale


def test_a_newer_store_is_refused_and_left_as_it_is(url: str, tmp_path: Path) -> None:
    path = tmp_path / "connector.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"newer version \(schema 9999\)") as caught:
        open_store(url)
    assert caught.value.hint == "update connector, or open a backup of the older version"
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store(f"sqlite:///{path}")
    assert names(path) == {"recipe"}


def test_a_step_that_fails_leaves_the_store_as_it_was(url: str, tmp_path: Path) -> None:
    """DDL runs in the same transaction as the version, so half a step cannot stay."""
    path = tmp_path / "connector.db"
    database = Database(sqlite_url(path), where=str(path), busy_seconds=1)
    before = names(path)

    def fail() -> None:
        with database.rebuild() as connection:
            command.downgrade(alembic_config(connection), "base")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    database.close()
    assert names(path) == before


def test_references_are_enforced_again_after_a_rebuild(url: str, tmp_path: Path) -> None:
    path = tmp_path / "connector.db"
    database = Database(sqlite_url(path), where=str(path), busy_seconds=1)
    with database.rebuild() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


def test_the_steps_are_part_of_the_package() -> None:
    folder = resources.files("connector.store.migrations")
    assert (folder / "env.py").is_file()
    assert (folder / "script.py.mako").is_file()
    assert (folder / "versions" / "__init__.py").is_file()
