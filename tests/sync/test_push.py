"""Changes reach a portal exactly once, and what does not is said, kept and tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from connector.changes import AnyChange, Change
from connector.errors import BlockedError, SourceError
from connector.http.retry import LimitError
from connector.plugins.bitrix24 import Bitrix24
from connector.store.database import open_store
from connector.sync.push import apply_plan, problems, summary

from .conftest import OneByOne, Open, TwoByTwo
from .making import LATER, SOURCE, marked, markers, plan_of, writes


def test_every_kind_is_sent_once_and_the_same_plan_again_writes_nothing(any_desk: Open) -> None:
    """SC31 (c): the same plan applied twice makes no new write."""
    office = any_desk()
    make = office.make
    changes: list[AnyChange] = [
        make.task(1), make.contact(2), make.note(3), make.abc(4, "A"),
        make.key_account(5, new=True, old=False), make.hand_over(6, make.another_owner(6)),
    ]  # fmt: skip
    sent = office.apply(*changes)
    assert [sent[change.key].state for change in changes] == ["done"] * 6
    assert len(writes(office.portal)) == 6
    assert office.apply(*changes) == {}
    assert office.apply(*changes, as_of=LATER) == {}
    assert len(writes(office.portal)) == 6
    assert office.steps(changes[0]) == ["planned", "approved", "sending", "done"]


def test_sc31_b_a_stale_owner_is_a_conflict_and_the_others_are_applied(any_desk: Open) -> None:
    office = any_desk()
    stale, other = office.make.task(1), office.make.task(2)
    office.portal.act("change_owner", client="1", owner=office.make.another_owner(1))
    sent = office.apply(stale, other)
    assert (sent[stale.key].state, sent[other.key].state) == ("conflict", "done")
    assert sent[stale.key].note.startswith("stale_plan: owner is ")
    assert markers(office.portal) == marked([other])
    assert office.steps(stale) == ["planned", "approved", "conflict"]


def test_a_conflict_is_planned_anew_with_what_the_crm_holds_now(any_desk: Open) -> None:
    office = any_desk()
    stale = office.make.task(1)
    owner = office.make.another_owner(1)
    office.portal.act("change_owner", client="1", owner=owner)
    office.apply(stale)
    fresh = office.make.task(1, assignee=owner, expected={"owner": owner})
    assert fresh.key == stale.key
    assert office.apply(fresh, as_of=LATER)[fresh.key].state == "done"
    assert markers(office.portal) == marked([fresh])


def test_a_client_that_was_deleted_is_a_conflict(desk: Open) -> None:
    office = desk()
    gone, other = office.make.task(1), office.make.task(2)
    office.portal.act("delete", entity="company", id="1")
    sent = office.apply(gone, other)
    assert (sent[gone.key].state, sent[gone.key].note) == (
        "conflict",
        "stale_plan: the client is gone from the CRM",
    )
    assert markers(office.portal) == marked([other])


def test_a_value_that_stands_there_already_is_skipped(any_desk: Open) -> None:
    office = any_desk()
    office.apply(office.make.abc(1, "A"))
    again = office.make.abc(1, "A").model_copy(update={"key": "f" * 20})
    assert office.apply(again)[again.key].state == "skipped"
    assert len(writes(office.portal)) == 1


def test_a_webhook_that_may_not_see_employees_writes_all_the_same(desk: Open) -> None:
    office = desk("no_scope=user.get")
    task = office.make.task(1)
    assert office.apply(task)[task.key].state == "done"


def test_nothing_is_given_to_somebody_who_has_left(desk: Open) -> None:
    office = desk()
    tasks = [office.make.task(1, assignee="3"), office.make.task(2, assignee="4")]
    office.portal.act("dismiss", employee="3")
    sent = office.apply(*tasks)
    assert [sent[task.key].state for task in tasks] == ["conflict", "done"]
    assert sent[tasks[0].key].note == "stale_plan: the employee 3 was dismissed"
    assert markers(office.portal) == marked(tasks[1:])


# -- refused


def test_a_refused_change_fails_alone_and_a_newer_plan_renews_it(desk: Open) -> None:
    office = desk()
    bad, good = office.make.task(1, title=""), office.make.task(2)
    sent = office.apply(bad, good)
    assert (sent[bad.key].state, sent[good.key].state) == ("failed", "done")
    assert [each.change.key for each in problems(list(sent.values()))] == [bad.key]

    mended = office.make.task(1, title="Связаться")
    assert office.apply(mended, good, as_of=LATER)[mended.key].state == "done"
    assert markers(office.portal) == marked([mended, good])
    assert office.steps(bad) == [
        "planned", "approved", "sending", "failed", "planned", "approved", "sending", "done",
    ]  # fmt: skip


def test_the_same_plan_applied_again_tries_a_refused_change_again(desk: Open) -> None:
    office = desk()
    bad = office.make.task(1, title="")
    assert [office.apply(bad)[bad.key].state for _ in range(2)] == ["failed", "failed"]
    assert writes(office.portal) == []


# -- a store that does not know


class Blind(Bitrix24):
    """Finds nothing of ours, neither before nor after."""

    def find_written(self, changes: Sequence[Change]) -> Mapping[str, str]:
        return {}

    def remove_twins(self, changes: Sequence[Change], written: object) -> Mapping[str, str]:
        return {}


@pytest.mark.parametrize(("plugin", "copies"), [(Bitrix24, 1), (Blind, 2)], ids=["looks", "control: blind"])
def test_a_new_store_adopts_what_stands_in_the_portal(
    desk: Open, tmp_path: Path, plugin: type[Bitrix24], copies: int
) -> None:
    office = desk(plugin=plugin)
    changes: list[AnyChange] = [office.make.task(1), office.make.contact(2), office.make.note(3)]
    first = office.apply(*changes)
    with open_store(f"sqlite:///{tmp_path / 'two.db'}") as other, other.lock.acquire("apply"):
        second = office.apply(*changes, store=other)
        assert {each.state for each in second.values()} == {"done"}
    assert len(writes(office.portal)) == 3 * copies
    if copies == 1:
        assert {key: each.external_id for key, each in second.items()} == {
            key: each.external_id for key, each in first.items()
        }
        assert {each.note for each in second.values()} == {"already in the CRM: adopted by its marker"}


# -- lost answers


@pytest.mark.parametrize("kind", ["task", "contact", "note"])
def test_a_record_whose_answer_was_lost_is_found_by_its_marker(any_desk: Open, kind: str) -> None:
    office = any_desk("lost_reply")
    change = getattr(office.make, kind)(1)
    sent = office.apply(change)[change.key]
    assert (sent.state, sent.note) == ("done", "the answer was lost, it was found in the CRM")
    assert sent.external_id == str(writes(office.portal)[0]["id"])
    assert office.steps(change) == ["planned", "approved", "sending", "unknown", "done"]
    assert office.recover() == {}
    assert len(writes(office.portal)) == 1


def test_a_value_whose_answer_was_lost_is_found_on_the_card(desk: Open) -> None:
    office = desk("lost_reply")
    change = office.make.abc(1, "A")
    assert office.apply(change)[change.key].state == "done"
    assert office.steps(change) == ["planned", "approved", "sending", "unknown", "done"]
    assert office.held(1, "abc_class") == "A"
    assert len(writes(office.portal)) == 1


def test_a_bad_gateway_in_the_middle_leaves_one_chunk_open_and_the_next_run_sends_it(desk: Open) -> None:
    office = desk("html_502=tasks.task.add:1@2", plugin=TwoByTwo, answer_within=0.01)
    tasks = [office.make.task(number) for number in range(1, 7)]
    office.apply(*tasks)
    assert office.states(tasks) == ["done", "done", "unknown", "unknown", "done", "done"]
    assert len(markers(office.portal)) == 4

    assert office.apply(*tasks) == {}, "an open fate is for recover, no plan may repeat it"
    assert {each.state for each in office.recover().values()} == {"done"}
    assert office.states(tasks) == ["done"] * 6
    assert markers(office.portal) == marked(tasks)


# -- no way in


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("expired_token=tasks.task.add:all@3", "make a new incoming webhook"),
        ("overload=tasks.task.add:all@3", "stop all runs and write to the vendor's support"),
    ],
)
def test_a_source_that_shuts_its_door_midway_loses_its_turn(desk: Open, fault: str, said: str) -> None:
    office = desk(fault, plugin=OneByOne)
    tasks = [office.make.task(number) for number in range(1, 6)]
    sent = office.apply(*tasks)
    assert summary(list(sent.values())) == {"approved": 3, "done": 2}
    assert office.states(tasks) == ["done", "done", "approved", "approved", "approved"]
    (line,) = problems(list(sent.values()))
    assert line.note.startswith("3 changes of portal are left for the next run: ")
    assert said in line.note
    asked = [each["path"] for each in office.portal.state("received", requests=True)["received"]]
    assert sum(path.endswith("tasks.task.add") for path in asked) == 3, "nothing is tried after the door shut"

    office.portal.act("clear_faults")
    assert summary(list(office.apply(*tasks).values())) == {"done": 3}
    assert markers(office.portal) == marked(tasks)


def test_a_newer_plan_sends_what_was_left(desk: Open) -> None:
    office = desk("expired_token=tasks.task.add")
    task = office.make.task(1)
    office.apply(task)
    assert office.steps(task) == ["planned", "approved", "sending", "approved"]
    office.portal.act("clear_faults")
    reworded = office.make.task(1, reason="контактов 0 из 4")
    assert office.apply(reworded, as_of=LATER)[task.key].state == "done"


def test_a_portal_out_of_reach_leaves_everything_for_the_next_run(desk: Open) -> None:
    office = desk()
    tasks = [office.make.task(1), office.make.task(2)]
    office.portal.close()
    sent = office.apply(*tasks)
    assert office.states(tasks) == ["approved", "approved"]
    assert len(problems(list(sent.values()))) == 1


def test_one_method_without_a_right_does_not_stop_the_other_kinds(desk: Open) -> None:
    office = desk("no_right=tasks.task.add")
    tasks, value = [office.make.task(1), office.make.task(2)], office.make.abc(3, "B")
    office.apply(*tasks, value)
    assert office.states([*tasks, value]) == ["failed", "failed", "done"]


def test_a_limit_inside_a_batch_holds_back_that_command_alone(desk: Open) -> None:
    office = desk("inner_error=tasks.task.add")
    tasks = [office.make.task(number) for number in (1, 2, 3)]
    assert summary(list(office.apply(*tasks).values())) == {"approved": 1, "done": 2}
    assert summary(list(office.apply(*tasks).values())) == {"done": 1}
    assert markers(office.portal) == marked(tasks)


class Limited(Bitrix24):
    """Is over the vendor's limit a few times before it writes."""

    refusals: list[float]

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        if self.refusals:
            raise LimitError("too many requests", where=SOURCE, retry_after=self.refusals.pop())
        return super().send(changes)


@pytest.mark.parametrize(
    ("refusals", "state", "claims"),
    [([0.0, 0.0], "done", 3), ([0.0, 0.0, 0.0], "approved", 3), ([600.0], "approved", 1)],
    ids=["passes", "does not pass", "takes too long"],
)
def test_a_limit_is_waited_out_when_it_passes_soon(
    desk: Open, refusals: list[float], state: str, claims: int
) -> None:
    office = desk(plugin=Limited)
    office.source.refusals = refusals  # type: ignore[attr-defined]  # it is a Limited
    task = office.make.task(1)
    assert office.apply(task)[task.key].state == state
    assert office.steps(task).count("sending") == claims
    assert len(writes(office.portal)) == (1 if state == "done" else 0)


class BlockedInside(TwoByTwo):
    """Hears inside a batch that the vendor blocks us."""

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        return {**super().send(changes[1:]), changes[0].key: BlockedError("blocked by the vendor")}


def test_a_block_inside_a_batch_ends_the_turn_too(desk: Open) -> None:
    office = desk(plugin=BlockedInside)
    tasks = [office.make.task(number) for number in (1, 2, 3, 4)]
    office.apply(*tasks)
    assert office.states(tasks) == ["approved", "done", "approved", "approved"]
    assert markers(office.portal) == marked(tasks[1:2])


# -- a plugin at fault


class Buggy(OneByOne):
    """Fails over its own code, after the portal took the change."""

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        super().send(changes)
        raise KeyError("result")


def test_a_bug_in_a_plugin_leaves_an_open_fate_and_the_next_run_finds_it(desk: Open) -> None:
    office = desk(plugin=Buggy)
    tasks = [office.make.task(1), office.make.task(2)]
    sent = office.apply(*tasks)
    assert office.states(tasks) == ["unknown", "approved"]
    (line,) = problems([sent[tasks[1].key]])
    assert "the plugin failed: KeyError: 'result'" in line.note
    assert office.recover()[tasks[0].key].state == "done"
    assert markers(office.portal) == marked(tasks[:1])


class Silent(Bitrix24):
    """Forgets to answer for its first change."""

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        answers = dict(super().send(changes))
        del answers[changes[0].key]
        return answers


def test_a_change_that_a_plugin_gives_no_answer_for_is_looked_up(desk: Open) -> None:
    office = desk(plugin=Silent)
    tasks = [office.make.task(1), office.make.task(2)]
    assert summary(list(office.apply(*tasks).values())) == {"done": 2}
    assert office.steps(tasks[0]) == ["planned", "approved", "sending", "unknown", "done"]


class NoLookUp(Bitrix24):
    """Cannot look its own records up."""

    find_written: Any = None


def test_nothing_is_created_by_a_plugin_that_cannot_look_up(desk: Open) -> None:
    office = desk(plugin=NoLookUp)
    task = office.make.task(1)
    assert "cannot look up its own records" in office.apply(task)[task.key].note
    assert office.states([task]) == ["approved"]
    assert writes(office.portal) == []


def test_one_source_that_fails_leaves_the_other_alone(desk: Open) -> None:
    office = desk()
    here = office.make.task(1)
    gone = office.make.task(2).model_copy(update={"source": "archive"})
    sent = apply_plan(plan_of(gone, here), [gone, here], {SOURCE: office.source}, office.store)
    assert {each.change.source: each.state for each in sent} == {"archive": "approved", SOURCE: "done"}
    assert "plugins.toml has no such source any more" in sent[0].note
