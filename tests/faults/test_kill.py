"""A process killed at any step of a write leaves nothing lost and nothing twice."""

from __future__ import annotations

import signal
import time

import pytest

from .conftest import Held, Office, OpenOffice, wait_until
from .vendors import Vendor

KILLED = -getattr(signal, "SIGKILL", -1)
"""How a killed process ends; Windows ends it with 1, or with the number of the signal that it sent itself."""
WITHIN = 0.2


def killed(code: int) -> bool:
    return code == KILLED or code in (1, int(signal.SIGTERM))


def kill_with_the_answer_on_its_way(office: Office, held: Held, *, alone: bool = False) -> None:
    """Kill `apply` when the portal has done, and not yet answered, what it was asked."""
    process = office.process("apply", str(office.plan), "--yes", alone=alone)
    office.wait_for_writes(len(office.tasks))
    assert held.reached.wait(10)
    process.kill()
    process.communicate(timeout=60)
    assert killed(process.returncode)
    held.let_go()


@pytest.mark.parametrize("tasks", [1, 3], ids=["a single call", "a batch"])
def test_killed_between_sending_and_recording_there_is_no_second_task(office: OpenOffice, tasks: int) -> None:
    ours = office(tasks, answer_within=WITHIN)
    if tasks > 1 and not ours.vendor.batches:
        pytest.skip("each record is a request of its own: there is no batch to be killed in")
    kill_with_the_answer_on_its_way(ours, ours.held(), alone=tasks == 1)
    assert ours.states() == ["sending"] * tasks
    assert ours.markers() == ours.expected_markers()

    time.sleep(WITHIN)
    code, said = ours.apply()
    assert code == 0, said
    assert ours.states() == ["done"] * tasks
    assert ours.markers() == ours.expected_markers()
    assert ours.apply()[0] == 0
    assert ours.markers() == ours.expected_markers()


def test_control_without_the_look_up_there_are_two(office: OpenOffice) -> None:
    ours = office(1, answer_within=WITHIN)
    kill_with_the_answer_on_its_way(ours, ours.held())
    time.sleep(WITHIN)
    code, said = ours.apply(BLIND="1")
    assert code == 0, said
    assert ours.markers() == ours.expected_markers(copies=2)


def test_killed_between_claim_and_sending_it_is_sent_once_when_it_cannot_come_any_more(
    office: OpenOffice, vendor: Vendor
) -> None:
    ours = office(2 if vendor.batches else 1, answer_within=60)
    code, _ = ours.apply(DIE_AT="send:1")
    assert killed(code)
    assert (ours.states(), ours.markers()) == (["sending"] * len(ours.tasks), [])

    code, said = ours.apply()
    assert (code, ours.states(), ours.markers()) == (3, ["unknown"] * len(ours.tasks), [])
    assert "it may still come" in said

    ours.answer_within(WITHIN)
    code, said = ours.apply()
    assert code == 0, said
    assert ours.states() == ["done"] * len(ours.tasks)
    assert ours.markers() == ours.expected_markers()


def test_a_write_that_lands_after_the_crash_is_waited_for(office: OpenOffice) -> None:
    """The portal still works on the request of the dead process: nothing stands there, and yet it comes."""
    ours = office(1, answer_within=60)
    held = ours.held(before=True)
    process = ours.start()
    assert held.reached.wait(60)
    process.kill()
    process.communicate(timeout=60)

    assert ours.apply()[0] == 3
    assert (ours.states(), ours.markers()) == (["unknown"], [])
    held.let_go()
    ours.wait_for_writes(1)
    code, said = ours.apply()
    assert code == 0, said
    assert (ours.states(), ours.markers()) == (["done"], ours.expected_markers())


def test_control_without_the_wait_such_a_write_comes_twice(office: OpenOffice) -> None:
    ours = office(1, answer_within=0.001)
    held = ours.held(before=True)
    process = ours.start()
    assert held.reached.wait(60)
    process.kill()
    process.communicate(timeout=60)

    second = ours.start(KEEP_TWINS="1")
    wait_until(lambda: held.waiting == 2, "the second process sent nothing")
    held.let_go()
    second.communicate(timeout=60)
    ours.wait_for_writes(2)
    assert ours.markers() == ours.expected_markers(copies=2)


@pytest.mark.parametrize(
    ("die_at", "left"),
    [
        ("compare:1", ["approved", "approved", "approved"]),
        ("send:2", ["done", "sending", "approved"]),
        ("sent:2", ["done", "sending", "approved"]),
        ("compare:3", ["done", "done", "approved"]),
        ("sent:3", ["done", "done", "sending"]),
    ],
)
def test_killed_anywhere_in_a_run_the_next_one_ends_it(
    office: OpenOffice, die_at: str, left: list[str]
) -> None:
    ours = office(3, answer_within=WITHIN)
    code, _ = ours.apply(DIE_AT=die_at, BATCH_SIZE="1")
    assert killed(code)
    assert ours.states() == left

    time.sleep(WITHIN)
    code, said = ours.apply()
    assert code == 0, said
    assert ours.states() == ["done"] * 3
    assert ours.markers() == ours.expected_markers()


def test_what_was_recorded_before_the_kill_is_not_even_looked_up(office: OpenOffice) -> None:
    ours = office(2, answer_within=WITHIN)
    assert ours.apply()[0] == 0
    before = ours.portal.state("requests")["requests"]
    code, said = ours.apply()
    assert (code, "all of it is done" in said) == (0, True)
    assert ours.portal.state("requests")["requests"] == before
