"""Two processes on one store: the lock, and what stands when a frozen one wakes up after it lost its lock."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from .conftest import Held, Office, OpenOffice, wait_until

LOCKED = 5
WITHIN = 0.02
posix = pytest.mark.skipif(os.name != "posix", reason="Windows cannot stop a process for a while")


def ended(process: Any) -> tuple[int, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out + err


def test_two_applies_at_once(office: OpenOffice) -> None:
    ours = office(3, answer_within=WITHIN)
    held = ours.held(before=True)
    first = ours.start()
    assert held.reached.wait(60)
    code, said = ours.apply()
    assert code == LOCKED, said
    assert "`apply` works on this store since" in said
    held.let_go()
    assert ended(first)[0] == 0
    assert (ours.states(), ours.markers()) == (["done"] * 3, ours.expected_markers())
    assert ours.apply()[0] == 0
    assert ours.markers() == ours.expected_markers()


def test_control_two_applies_without_the_lock(office: OpenOffice) -> None:
    ours = office(3, answer_within=WITHIN)
    held = ours.held(before=True)
    first = ours.start(NO_LOCK="1", KEEP_TWINS="1")
    assert held.reached.wait(60)
    second = ours.start(NO_LOCK="1", KEEP_TWINS="1")
    wait_until(lambda: held.waiting == 2, "the second process sent nothing")
    held.let_go()
    ended(first)
    ended(second)
    assert ours.markers() == ours.expected_markers(copies=2)


def pulling(office: Office) -> tuple[Any, Held]:
    """Begin a pull and hold it at its first list of companies."""
    held = office.held(office.vendor.lists_clients, before=True)
    process = office.process("pull")
    assert held.reached.wait(60)
    return process, held


def test_apply_while_a_pull_runs(office: OpenOffice) -> None:
    ours = office(3)
    pull, held = pulling(ours)
    code, said = ours.apply()
    assert code == LOCKED, said
    assert ours.markers() == []
    held.let_go()
    code, said = ended(pull)
    assert code == 0, said
    assert ours.apply()[0] == 0
    assert (ours.states(), ours.markers()) == (["done"] * 3, ours.expected_markers())
    assert ours.project("pull").code == 0
    assert ours.apply()[0] == 0
    assert ours.markers() == ours.expected_markers()


def test_control_without_the_lock_apply_takes_the_store_from_the_pull(office: OpenOffice) -> None:
    ours = office(3)
    pull, held = pulling(ours)
    assert ours.apply(NO_LOCK="1")[0] == 0
    held.let_go()
    code, said = ended(pull)
    assert code != 0
    assert "another run took the store over" in said


def pull_while_an_apply_runs(office: Office) -> int:
    held = office.held(before=True)
    apply = office.start()
    assert held.reached.wait(60)
    code = office.project("pull").code
    held.let_go()
    assert ended(apply)[0] == 0
    return code


def test_pull_while_an_apply_runs(office: OpenOffice) -> None:
    ours = office(3)
    assert pull_while_an_apply_runs(ours) == LOCKED
    assert (ours.states(), ours.markers()) == (["done"] * 3, ours.expected_markers())


# -- frozen


def frozen(office: Office, at: str, **environment: str) -> Any:
    """Begin an apply that stops itself there, and let its lock grow old."""
    process = office.start(FREEZE_AT=at, **environment)
    process.wait_until_stopped()
    with closing(sqlite3.connect(office.project.folder / "connector.db")) as store, store:
        store.execute("UPDATE lock SET heartbeat = heartbeat - 120000000")
    return process


def woken(process: Any) -> tuple[int, str]:
    os.kill(process.pid, signal.SIGCONT)
    return ended(process)


@posix
@pytest.mark.parametrize("at", ["send", "wire"])
def test_a_frozen_process_that_wakes_after_a_takeover(office: OpenOffice, at: str) -> None:
    """Frozen before its last look at the lock it sends nothing; frozen after it, it takes its record back."""
    ours = office(3, answer_within=WITHIN)
    process = frozen(ours, at)
    code, said = ours.apply()
    assert code == 0, said
    assert (ours.states(), ours.markers()) == (["done"] * 3, ours.expected_markers())

    code, said = woken(process)
    assert code == LOCKED, said
    assert "another run took the store over" in said
    assert (ours.states(), ours.markers()) == (["done"] * 3, ours.expected_markers())
    assert ours.apply()[0] == 0
    assert ours.markers() == ours.expected_markers()


@posix
@pytest.mark.parametrize("at", ["send", "wire"])
def test_control_a_frozen_process_without_the_last_looks(office: OpenOffice, at: str) -> None:
    ours = office(3, answer_within=WITHIN)
    process = frozen(ours, at, NO_FENCE="1", KEEP_TWINS="1")
    assert ours.apply()[0] == 0
    woken(process)
    assert ours.markers() == ours.expected_markers(copies=2)
