"""Opening the store: how the file is used, and one line for each way in which it can fail."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event as engine_event

from connector.errors import ConfigError, StoreError
from connector.model import Event
from connector.store.database import Store, open_store
from connector.store.engine import Database
from connector.store.place import sqlite_url

from .records import SOURCE, event, save

OPEN = "import sys; from connector.store.database import open_store; open_store(sys.argv[1]).close()"


def database(path: Path, busy_seconds: float = 0.2) -> Database:
    return Database(sqlite_url(path), where=str(path), busy_seconds=busy_seconds)


def test_the_file_is_used_as_the_promises_need(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    opened = database(tmp_path / "connector.db")
    with opened.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    opened.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_a_new_store_is_its_owners_alone(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/connector.db") as store, store.lock.acquire("pull"):
        save(store, event("E1"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"connector.db": 0o600, "connector.db-wal": 0o600, "connector.db-shm": 0o600}


def test_the_installation_keeps_its_id(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/connector.db"
    with open_store(url) as store:
        first = store.installation_id
    with open_store(url) as store:
        assert store.installation_id == first
    with open_store(f"sqlite:///{tmp_path}/other.db") as store:
        assert store.installation_id != first


def test_a_relative_path_is_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///connector.db") as store:
        assert store.path == tmp_path / "connector.db"
    assert (tmp_path / "connector.db").is_file()


def test_four_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/connector.db"
    children = [
        subprocess.Popen([sys.executable, "-c", OPEN, url], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    errors = [child.communicate(timeout=60)[1] for child in children]
    assert [(child.returncode, error) for child, error in zip(children, errors, strict=True)] == [(0, "")] * 4


# -- transactions


def test_a_writer_takes_its_lock_at_the_beginning(url: str, tmp_path: Path) -> None:
    """Two writers that read first: the second must wait at its beginning, not fail at its write."""
    open_store(url).close()
    first, second = database(tmp_path / "connector.db"), database(tmp_path / "connector.db")
    with first.write() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM run").scalar()
        with pytest.raises(StoreError, match="locked by another writer"), second.write():
            pytest.fail("the second writer must not get in")
    with second.write() as connection:
        connection.exec_driver_sql("DELETE FROM run")
    first.close()
    second.close()


def test_control_a_plain_begin_fails_at_its_write(url: str, tmp_path: Path) -> None:
    """What BEGIN IMMEDIATE protects from: here the wait for the lock is refused at once."""
    open_store(url).close()
    path = tmp_path / "connector.db"
    with (
        closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as one,
        closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as two,
    ):
        one.execute("BEGIN")
        one.execute("SELECT count(*) FROM run").fetchone()
        two.execute("UPDATE lock SET token = 5")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            one.execute("UPDATE lock SET token = 6")


def test_a_reader_sees_one_state_and_does_not_stop_a_writer(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    reader, writer = database(tmp_path / "connector.db"), database(tmp_path / "connector.db")
    with reader.read() as reading:
        before = reading.exec_driver_sql("SELECT token FROM lock").scalar()
        with writer.write() as writing:
            writing.exec_driver_sql("UPDATE lock SET token = 77")
        assert reading.exec_driver_sql("SELECT token FROM lock").scalar() == before == 0
    with reader.read() as reading:
        assert reading.exec_driver_sql("SELECT token FROM lock").scalar() == 77
    reader.close()
    writer.close()


def test_an_exception_takes_the_whole_transaction_back(held: Store) -> None:
    def fail() -> None:
        with held.lock.write() as connection:
            connection.exec_driver_sql("DELETE FROM installation")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with held.lock.write() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM installation").scalar() == 1


def test_threads_of_one_process_write_in_turn(held: Store) -> None:
    def work(number: int) -> None:
        for page in range(5):
            save(held, *(event(f"{number}-{page}-{row}") for row in range(20)), stream=f"s{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert held.entities.count(Event, SOURCE) == 600
    assert {standing.pages for standing in held.cursors.all().values()} == {5}


# -- what goes wrong


def one_line(error: StoreError | ConfigError) -> str:
    assert error.hint
    assert "\n" not in str(error)
    return str(error)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the folder of the store is missing") as caught:
        open_store(f"sqlite:///{tmp_path}/no/connector.db")
    assert str(tmp_path / "no") in one_line(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "connector.db"
    path.write_text("id;name\n" * 40, encoding="utf-8")
    with pytest.raises(StoreError, match="this file is not a database") as caught:
        open_store(f"sqlite:///{path}")
    assert str(path) in one_line(caught.value)
    assert path.read_text(encoding="utf-8") == "id;name\n" * 40


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}")


@pytest.mark.skipif(os.name != "posix", reason="rights work differently on Windows")
def test_a_folder_that_may_not_be_written() -> None:
    """Root may write anywhere, so the child gives its rights up first."""
    script = (
        "import os, sys\n"
        "from connector.store.database import open_store\n"
        "from connector.errors import StoreError\n"
        "os.geteuid() or os.setuid(65534)\n"
        "try: open_store(sys.argv[1])\n"
        "except StoreError as error: print(error)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        ran = subprocess.run(
            [sys.executable, "-c", script, f"sqlite:///{folder}/connector.db"],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        Path(folder).chmod(0o700)
    assert "the store cannot be created: Permission denied" in ran.stdout
    assert "right to write the folder" in ran.stdout


def test_another_program_that_keeps_the_file_locked(url: str, tmp_path: Path) -> None:
    with (
        open_store(url, busy_seconds=0.2) as store,
        closing(sqlite3.connect(tmp_path / "connector.db", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another writer") as caught:
            store.runs.start("pull")
        other.execute("ROLLBACK")
        assert str(tmp_path) in one_line(caught.value)
        assert store.runs.start("pull")


def test_a_full_disk_takes_the_page_back_and_the_next_run_goes_on(held: Store) -> None:
    """SQLite's own limit on pages stands for the disk's: the same error on the same write."""
    save(held, event("E1"))
    engine = held._database.engine
    limits = [30, 1_000_000]

    def limit(connection: object) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limits[0]}")  # type: ignore[attr-defined]

    engine_event.listen(engine, "begin", limit)
    with pytest.raises(StoreError, match="the disk is full") as caught:
        save(held, *(event(f"F{n}", subject="x" * 900) for n in range(500)))
    assert "make room" in one_line(caught.value)
    limits.pop(0)
    assert held.entities.count(Event, SOURCE) == 1
    assert held.cursors.get(SOURCE, "events").pages == 1
    assert save(held, event("E2")).new == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("sqlite://", "the store's url names no file"),
        ("sqlite:///:memory:", "the store's url names no file"),
        ("postgresql+psycopg://user@host/db", "a store on postgresql is not supported"),
        ("connector.db", "the store's url cannot be read"),
    ],
)
def test_a_url_that_names_no_sqlite_file(given: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        open_store(given)
    assert "sqlite:///connector.db" in one_line(caught.value)


def test_a_store_that_lost_its_id_says_so(url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "connector.db")) as connection, connection:
        connection.execute("DELETE FROM installation")
    with pytest.raises(StoreError, match="lost its installation's id"):
        open_store(url)
