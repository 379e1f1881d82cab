"""What a crash or a lost answer left open is looked up first, and sent again only when surely absent."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from connector import clock
from connector.changes import AnyChange
from connector.plugins.bitrix24 import Bitrix24
from connector.sync.push import problems, summary

from .conftest import Desk, OneByOne, Open
from .making import LATER, marked, markers, writes

SOON = 0.01
"""Seconds of `answer_within` for tests in which they have passed."""


def passed() -> None:
    time.sleep(2 * SOON)


def test_a_claim_whose_request_never_left_is_sent_once(any_desk: Open) -> None:
    office = any_desk(answer_within=SOON)
    task = office.make.task(1)
    office.claimed(task)
    passed()
    assert office.recover()[task.key].state == "done"
    assert office.recover() == {}
    assert markers(office.portal) == marked([task])
    assert office.steps(task) == ["planned", "approved", "sending", "unknown", "sending", "done"]


def test_a_claim_whose_request_came_through_is_found(any_desk: Open) -> None:
    office = any_desk()
    task = office.make.task(1)
    office.claimed(task)
    written = office.source.send([task])[task.key]
    sent = office.recover()[task.key]
    assert (sent.state, sent.external_id) == ("done", written)
    assert len(writes(office.portal)) == 1


@pytest.mark.parametrize("kind", ["task", "contact", "note"])
def test_what_may_still_come_is_not_sent_again(any_desk: Open, kind: str) -> None:
    office = any_desk(answer_within=60)
    change = getattr(office.make, kind)(1)
    office.claimed(change)
    sent = office.recover()[change.key]
    assert sent.state == "unknown"
    assert "it may still come for 60 s" in sent.note or "for 59 s" in sent.note
    assert writes(office.portal) == []
    assert office.apply(change) == {}
    assert office.apply(change, as_of=LATER) == {}
    assert writes(office.portal) == []


def test_the_time_counts_from_the_last_time_it_was_sent(any_desk: Open) -> None:
    """Sent twice and lost twice, a second apart: by the first time it would be sent a third time."""
    office = any_desk("cut_before=2", answer_within=SOON)
    task = office.make.task(1)
    assert office.apply(task)[task.key].state == "unknown"
    time.sleep(1)
    assert office.recover()[task.key].state == "unknown", "sent again, and lost again"
    first, last = (step.at for step in office.store.changes.log(task.key) if step.state == "sending")
    since_first = clock.now() - first
    assert since_first - (last - first) < timedelta(seconds=1)
    office.within(since_first.total_seconds())
    assert "it may still come" in office.recover()[task.key].note
    assert office.steps(task).count("sending") == 2

    office.within(SOON)
    assert office.recover()[task.key].state == "done"
    assert markers(office.portal) == marked([task])


# -- values


def value(office: Desk) -> AnyChange:
    return office.make.abc(1, "A")


def flag(office: Desk) -> AnyChange:
    return office.make.key_account(1, new=True, old=False)


def owner(office: Desk) -> AnyChange:
    return office.make.hand_over(1, office.make.another_owner(1))


Make = Callable[[Desk], AnyChange]
SETS = pytest.mark.parametrize("made", [value, flag, owner])


@SETS
def test_a_value_that_the_card_holds_is_done(any_desk: Open, made: Make) -> None:
    office = any_desk()
    change = made(office)
    office.claimed(change)
    office.source.send([change])
    sent = office.recover()[change.key]
    assert (sent.state, sent.external_id) == ("done", "1")
    assert office.steps(change) == ["planned", "approved", "sending", "unknown", "done"]
    assert len(writes(office.portal)) == 1


@SETS
def test_a_card_as_expected_gets_its_value_once_the_time_has_passed(any_desk: Open, made: Make) -> None:
    office = any_desk(answer_within=60)
    change = made(office)
    office.claimed(change)
    assert office.recover()[change.key].state == "unknown"
    assert writes(office.portal) == []

    office.within(SOON)
    passed()
    assert office.recover()[change.key].state == "done"
    assert office.steps(change)[-3:] == ["unknown", "sending", "done"]
    assert len(writes(office.portal)) == 1


def test_a_card_that_somebody_changed_meanwhile_is_a_conflict(any_desk: Open) -> None:
    office = any_desk(answer_within=SOON)
    ours, theirs = office.make.abc(1, "A"), office.make.abc(1, "C").model_copy(update={"key": "e" * 20})
    office.claimed(ours)
    office.source.send([theirs])
    passed()
    sent = office.recover()[ours.key]
    assert (sent.state, sent.note) == (
        "conflict",
        "stale_plan: abc_class is 'C', the plan expects None",
    )
    assert office.held(1, "abc_class") == "C"
    assert len(writes(office.portal)) == 1


def test_an_owner_that_somebody_changed_meanwhile_is_a_conflict(any_desk: Open) -> None:
    office = any_desk(answer_within=SOON)
    mine, another = [each for each in office.make.employees if each != office.make.owner(1)][:2]
    change = office.make.hand_over(1, mine)
    office.claimed(change)
    office.portal.act("change_owner", client="1", owner=another)
    passed()
    assert office.recover()[change.key].state == "conflict"
    assert office.held(1, "owner") == another


# -- when the look-up fails


@pytest.mark.parametrize("fault", ["expired_token=batch", "overload=batch"])
def test_without_access_every_fate_stays_open_and_is_said_once(desk: Open, fault: str) -> None:
    office = desk(fault, answer_within=SOON)
    tasks = [office.make.task(number) for number in (1, 2, 3)]
    office.claimed(*tasks)
    passed()
    sent = list(office.recover().values())
    assert summary(sent) == {"unknown": 3}
    (line,) = problems(sent)
    assert line.note.startswith("3 changes of portal are left for the next run: ")
    assert writes(office.portal) == []


def test_a_repeat_that_finds_the_door_shut_is_approved_again(desk: Open) -> None:
    office = desk("expired_token=tasks.task.add:1", plugin=OneByOne, answer_within=SOON)
    tasks = [office.make.task(1), office.make.task(2)]
    office.claimed(*tasks)
    passed()
    office.recover()
    assert sorted(office.states(tasks)) == ["approved", "unknown"]
    office.recover()
    office.apply(*tasks)
    assert office.states(tasks) == ["done", "done"]
    assert markers(office.portal) == marked(tasks)


class Blind(Bitrix24):
    """Finds nothing of ours, neither before nor after."""

    def find_written(self, changes: object) -> dict[str, str]:
        return {}

    def remove_twins(self, changes: object, written: object) -> dict[str, str]:
        return {}


def test_control_without_a_look_up_there_are_two(desk: Open) -> None:
    office = desk(plugin=Blind, answer_within=SOON)
    task = office.make.task(1)
    office.claimed(task)
    office.source.send([task])
    passed()
    office.recover()
    assert markers(office.portal) == marked([task, task])
