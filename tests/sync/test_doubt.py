"""A store in doubt holds what no look-up can decide, and nothing else."""

from __future__ import annotations

import pytest

from connector.store.database import open_store
from connector.sync.adopt import adopt_all
from connector.sync.doubt import begin_doubt
from connector.sync.push import problems, summary

from .conftest import Desk, Open
from .making import LATER, SOURCE, marked, markers, writes

SOON = 0.01


def doubted(desk: Open, **settings: object) -> Desk:
    office = desk(**settings)
    begin_doubt(office.store, "restored")
    return office


def test_creates_go_out_and_values_are_held(desk: Open) -> None:
    office = doubted(desk)
    make = office.make
    creates = [make.task(1), make.contact(2), make.note(3)]
    sets = [
        make.abc(4, "A"),
        make.key_account(5, new=True, old=False),
        make.hand_over(6, make.another_owner(6)),
    ]
    sent = office.apply(*creates, *sets)
    assert {sent[change.key].state for change in creates} == {"done"}
    assert {sent[change.key].state for change in sets} == {"held"}
    assert len(writes(office.portal)) == 3
    (line,) = problems(list(sent.values()))
    assert line.note.startswith("unsure: restored — ")
    assert "`connector changes adopt`" in line.note
    assert "stop the other one first" in line.note


def test_what_is_held_stays_held_until_adopted_and_is_told_each_time(desk: Open) -> None:
    office = doubted(desk)
    value = office.make.abc(1, "A")
    for plan in ({}, {}, {"as_of": LATER}):
        sent = office.apply(value, **plan)
        assert (sent[value.key].state, sent[value.key].stopped) == ("held", True)
    assert writes(office.portal) == []

    (released,) = adopt_all({SOURCE: office.source}, office.store, "anna")
    assert (released.state, released.note) == ("planned", "released: what stands in the CRM was taken over")
    assert office.store.halts.standing("doubt") is None
    assert office.apply(value)[value.key].state == "done"
    assert office.steps(value) == ["planned", "approved", "held", "planned", "approved", "sending", "done"]


def test_a_value_held_by_a_brake_is_not_released_by_adopt(desk: Open) -> None:
    office = desk()
    value = office.make.abc(1, "A")
    office.store.changes.add([value], "plan")
    office.store.changes.move(value.key, "held", note="more than 20 owner changes")
    assert adopt_all({SOURCE: office.source}, office.store, "anna") == []
    assert office.states([value]) == ["held"]


def test_a_value_of_unknown_fate_is_not_sent_again_in_doubt(desk: Open) -> None:
    office = doubted(desk, answer_within=SOON)
    value, task = office.make.abc(1, "A"), office.make.task(2)
    office.claimed(value, task)
    office.within(0.0001)
    sent = office.recover()
    assert (sent[value.key].state, sent[task.key].state) == ("unknown", "done")
    assert sent[value.key].note.startswith("unsure: restored")
    assert markers(office.portal) == marked([task])
    assert office.held(1, "abc_class") is None

    adopt_all({SOURCE: office.source}, office.store, "anna")
    assert office.recover()[value.key].state == "done"


def test_what_was_adopted_by_its_marker_raises_the_doubt_before_any_value_is_sent(
    desk: Open, tmp_path: object
) -> None:
    office = desk()
    task, value = office.make.task(1), office.make.abc(2, "A")
    office.apply(task)
    with open_store(f"sqlite:///{tmp_path}/two.db") as other, other.lock.acquire("apply"):
        sent = office.apply(task, value, store=other)
        assert (sent[task.key].state, sent[value.key].state) == ("done", "held")
        doubt = other.halts.standing("doubt")
    assert doubt is not None
    assert doubt.reason == "portal holds a record of ours that this store never sent"
    assert len(writes(office.portal)) == 1


def test_control_our_own_record_that_is_found_raises_no_doubt(desk: Open) -> None:
    office = desk("lost_reply")
    task, value = office.make.task(1), office.make.abc(2, "A")
    assert summary(list(office.apply(task, value).values())) == {"done": 2}
    assert office.store.halts.standing("doubt") is None


@pytest.mark.parametrize("kind", ["task", "contact", "note"])
def test_adopt_takes_a_create_over_that_stands_there(desk: Open, kind: str) -> None:
    office = desk()
    change = getattr(office.make, kind)(1)
    written = office.source.send([change])[change.key]
    office.store.changes.add([change], "plan")
    (sent,) = adopt_all({SOURCE: office.source}, office.store, "anna")
    assert (sent.state, sent.external_id) == ("done", written)
    assert len(writes(office.portal)) == 1


def test_adopt_without_a_doubt_notes_the_moment(desk: Open) -> None:
    office = desk()
    assert office.store.halts.last_ended("doubt") is None
    assert adopt_all({SOURCE: office.source}, office.store, "anna") == []
    assert office.store.halts.last_ended("doubt") is not None


def test_adopt_of_a_source_that_is_gone_says_so(desk: Open) -> None:
    office = doubted(desk)
    gone = office.make.task(1).model_copy(update={"source": "archive"})
    office.store.changes.add([gone], "plan")
    (sent,) = adopt_all({SOURCE: office.source}, office.store, "anna")
    assert sent.stopped
    assert "1 changes of archive could not be looked up" in sent.note
    assert office.store.halts.standing("doubt") is not None
