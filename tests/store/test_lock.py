"""One run at a time: real second processes, one of them killed, one of them frozen."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from connector import clock
from connector.errors import LockedError
from connector.model import Event
from connector.store.database import Store, open_store
from connector.store.lock import Lock
from connector.store.processes import this_host

from .records import SOURCE, event, save

HOLDER = """
import sys
from connector.errors import LockedError
from connector.model import Event, Ref
from connector.store.database import open_store

class Place:
    position, watermark = None, None

store = open_store(sys.argv[1])
run = store.runs.start("pull")
try:
    with store.lock.acquire("pull", run):
        print("held", flush=True)
        sys.stdin.readline()
        rows = [Event(ref=Ref("bitrix-main", "late"), kind="call", status="completed")]
        store.entities.save_page("bitrix-main", "events", rows, [], Place())
        print("saved", flush=True)
except LockedError as error:
    print(error, flush=True)
"""
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
posix = pytest.mark.skipif(os.name != "posix", reason="Windows cannot stop a process for a while")


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that holds the lock until it is given a line, or is killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield child
    finally:
        child.kill()
        child.communicate(timeout=60)


def lock_row(url: str) -> dict[str, object]:
    with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")))) as connection:
        connection.row_factory = sqlite3.Row
        return dict(connection.execute("SELECT * FROM lock").fetchone())


def test_the_holder_is_known_while_it_works(store: Store, url: str) -> None:
    assert store.lock.holder() is None
    with store.lock.acquire("pull", "run-1") as token:
        found = store.lock.holder()
        assert found is not None
        assert (found.command, found.run, found.pid, found.host) == (
            "pull",
            "run-1",
            os.getpid(),
            this_host(),
        )
        assert found.token == token == 1
        assert store.lock.run == "run-1"
    assert store.lock.holder() is None
    assert lock_row(url)["pid"] is None


def test_each_holder_has_a_greater_token(store: Store) -> None:
    tokens = []
    for _ in range(3):
        with store.lock.acquire("pull") as token:
            tokens.append(token)
    assert tokens == [1, 2, 3]


def test_an_exception_frees_the_lock(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.lock.acquire("pull"):
        raise ZeroDivisionError
    assert store.lock.holder() is None


def test_a_second_process_is_told_who_holds_it_and_what_to_do(store: Store, url: str) -> None:
    with holder(url) as child:
        with pytest.raises(LockedError) as caught, store.lock.acquire("apply"):
            pytest.fail("two may not hold one lock")
        said = str(caught.value)
        assert f"`pull` works on this store since {clock.now():%Y-%m-%d}" in said
        assert f"(pid {child.pid} on {this_host()})" in said
        assert "wait for it, or stop that process" in said
        assert str(store.path) in said
        assert "\n" not in said
        assert caught.value.exit_code == 5


def test_it_may_hold_the_lock_after_the_first_ended(store: Store, url: str) -> None:
    with holder(url) as child:
        assert child.communicate("go on\n", timeout=60)[0] == "saved\n"
    with store.lock.acquire("apply"):
        assert save(store, event("E1")).new == 1
    assert store.entities.count(Event, SOURCE) == 2


def test_a_killed_holder_is_put_aside_at_once_and_its_run_is_closed(store: Store, url: str) -> None:
    with holder(url) as child:
        child.send_signal(KILL)
        child.wait(timeout=60)
        assert store.lock.holder() is None
        with store.lock.acquire("run"):
            assert save(store, event("E1")).new == 1
    (run,) = store.runs.latest()
    assert (run.command, run.outcome, run.ended_at) == ("pull", "crashed", run.heartbeat)


@posix
def test_a_frozen_holder_is_put_aside_and_writes_nothing_when_it_wakes(store: Store, url: str) -> None:
    with holder(url) as child:
        child.send_signal(signal.SIGSTOP)
        patient = Lock(store._database)
        with pytest.raises(LockedError), patient.acquire("run"):
            pytest.fail("it was silent for less than a minute")
        with Lock(store._database, stale_seconds=0).acquire("run"):
            child.send_signal(signal.SIGCONT)
            said = child.communicate("go on\n", timeout=60)[0]
    assert "another run took the store over" in said
    assert store.entities.count(Event, SOURCE) == 0


def test_silence_of_a_minute_is_the_limit(store: Store, url: str) -> None:
    """The holder is this very process, alive, so its silence alone decides."""
    with store.lock.acquire("pull"):
        for silent, stale in ((55, False), (65, True), (-65, True)):
            heard = clock.to_micros(clock.now()) - silent * 1_000_000
            with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")))) as other, other:
                other.execute("UPDATE lock SET heartbeat = ?", (heard,))
            assert (store.lock.holder() is None) is stale


@pytest.mark.parametrize("column", ["host", "pid_space"])
def test_a_process_elsewhere_is_not_judged_by_its_number(store: Store, url: str, column: str) -> None:
    """Its number may be free on this machine, or in this container, and it lives on."""
    with holder(url) as child:
        child.kill()
        child.wait(timeout=60)
        with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")))) as other, other:
            other.execute(f"UPDATE lock SET {column} = 'elsewhere'")
        with pytest.raises(LockedError), store.lock.acquire("run"):
            pytest.fail("it may be alive")


def test_the_heart_beats_for_the_lock_and_the_run(store: Store) -> None:
    run = store.runs.start("pull")
    lock = Lock(store._database, beat_seconds=0.02)
    with lock.acquire("pull", run):
        first = store.lock.holder()
        assert first is not None
        until = clock.monotonic() + 20
        while clock.monotonic() < until:
            beating, noted = store.lock.holder(), store.runs.find(run)
            if beating and beating.heartbeat > first.heartbeat and noted.heartbeat > first.heartbeat:
                break
            clock.sleep(0.01)
        else:
            pytest.fail("no heartbeat in 20 s")


def test_a_heart_that_lost_the_lock_beats_for_nobody(store: Store, url: str) -> None:
    first = Lock(store._database, beat_seconds=0.02)
    with first.acquire("pull"), Lock(store._database, stale_seconds=0).acquire("run"):
        before = lock_row(url)
        clock.sleep(0.2)
        assert lock_row(url) == before
    assert lock_row(url)["token"] == 2


def test_a_stale_holder_that_ends_does_not_free_the_lock_of_the_next(store: Store, url: str) -> None:
    stale = store.lock.acquire("pull")
    stale.__enter__()
    with Lock(store._database, stale_seconds=0).acquire("run"):
        stale.__exit__(None, None, None)
        assert lock_row(url)["command"] == "run"


def test_a_person_may_write_beside_a_run_but_not_behind_a_lost_lock(store: Store, url: str) -> None:
    with open_store(url) as beside, store.lock.acquire("pull"), beside.lock.write_freely() as connection:
        assert connection.exec_driver_sql("SELECT token FROM lock").scalar() == 1
    with (
        store.lock.acquire("pull"),
        Lock(store._database, stale_seconds=0).acquire("run"),
        pytest.raises(LockedError, match="took the store over"),
        store.lock.write_freely(),
    ):
        pytest.fail("the lock is lost")
