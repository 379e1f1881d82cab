"""Changes go through their states one committed step at a time, and only by the table."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, get_args

import pytest

from connector.changes import AnyChange, ChangeOwner, CreateTask, PlanContact, SetField, change_key
from connector.errors import LockedError, StoreError
from connector.model import Event, Ref, Task
from connector.store.database import Store, open_store
from connector.store.outbox import Added
from connector.store.states import MOVES, IllegalMoveError, State

from .records import SOURCE, save, utc

WHY = {
    "source": SOURCE, "target": "C1", "policy": "norm", "policy_version": "v1", "rule": "contact_norm",
    "subject": "client:C1", "period": "2026-10", "reason": "done < required",
}  # fmt: skip


def task(number: int = 1, **fields: Any) -> CreateTask:
    key = change_key("norm", number, "C1", "create_task", "2026-10")
    given = {**WHY, "assignee": "M1", "title": "Позвонить", "due": utc("2026-10-20"), **fields}
    return CreateTask(key=key, **given)


def contact(number: int = 1, **fields: Any) -> PlanContact:
    key = change_key("norm", number, "C1", "plan_contact", "2026-10")
    given = {**WHY, "assignee": "M1", "title": "Звонок", "due": utc("2026-10-20"), **fields}
    return PlanContact(key=key, **given)


def state_of(store: Store, key: str) -> State:
    return store.changes.known([key])[key]


def brought_to(store: Store, state: State) -> str:
    """Add a change and take it to the state by allowed steps; return its key."""
    ways: dict[State, tuple[State, ...]] = {
        "planned": (),
        "approved": ("approved",),
        "queued": ("queued",),
        "held": ("held",),
        "conflict": ("conflict",),
        "skipped": ("skipped",),
        "contested": ("contested",),
        "sending": ("approved", "sending"),
        "done": ("approved", "sending", "done"),
        "failed": ("approved", "sending", "failed"),
        "unknown": ("approved", "sending", "unknown"),
        "undone": ("approved", "sending", "done", "undone"),
    }
    one = task(number=len(store.changes.of_plan("plan")))
    store.changes.add([one], "plan")
    for step in ways[state]:
        go(store, one.key, step)
    return one.key


def go(store: Store, key: str, step: State) -> None:
    if step == "sending":
        store.changes.claim(key)
    else:
        store.changes.move(key, step)


# -- in


def test_a_new_change_is_planned_and_comes_back_as_it_was(held: Store) -> None:
    flow: list[AnyChange] = [
        task(), contact(),
        ChangeOwner(key="k3", old="M1", new="M2", expected={"owner": "M1"}, **WHY),
        SetField(key="k4", field="UF_ABC", old=None, new="A", **WHY),
    ]  # fmt: skip
    assert held.changes.add(flow, "0123456789") == Added(tuple(one.key for one in flow), (), (), {})
    stored = held.changes.by_state("planned")
    assert {one.change.key: one.change for one in stored} == {one.key: one for one in flow}
    assert {(one.plan, one.attempts, one.external_id, one.run) for one in stored} == {
        ("0123456789", 0, None, None)
    }
    assert [(step.state, step.note) for step in held.changes.log("k3")] == [("planned", "plan 01234567")]


def test_the_same_plan_again_changes_nothing(held: Store) -> None:
    held.changes.add([task()], "plan-1")
    held.changes.move(task().key, "approved")
    assert held.changes.add([task()], "plan-2") == Added((), (), (task().key,), {})
    found = held.changes.get(task().key)
    assert found is not None
    assert (found.state, found.plan) == ("approved", "plan-2")
    assert [step.state for step in held.changes.log(task().key)] == ["planned", "approved"]


@pytest.mark.parametrize("state", ["planned", "approved", "queued", "held", "conflict", "skipped", "failed"])
def test_other_content_is_planned_anew_and_needs_its_approval_again(held: Store, state: State) -> None:
    key = brought_to(held, state)
    other = task(number=0, title="Встретиться")
    assert other.key == key
    assert held.changes.add([other], "plan-2").renewed == (key,)
    found = held.changes.get(key)
    assert found is not None
    assert (found.state, found.change, found.plan) == ("planned", other, "plan-2")


@pytest.mark.parametrize("state", ["sending", "done", "unknown", "contested", "undone"])
def test_what_was_sent_or_settled_is_not_touched_by_a_plan(held: Store, state: State) -> None:
    key = brought_to(held, state)
    other = task(number=0, title="Встретиться")
    assert held.changes.add([other], "plan-2") == Added((), (), (), {key: state})
    found = held.changes.get(key)
    assert found is not None
    assert (found.state, found.change, found.plan) == (state, task(number=0), "plan")


def test_a_large_plan_is_taken_in_whole(held: Store) -> None:
    flow = [task(number) for number in range(3_000)]
    assert len(held.changes.add(flow, "plan").new) == 3_000
    assert len(held.changes.known([one.key for one in flow])) == 3_000
    assert held.changes.add(flow, "plan-2").waiting == tuple(one.key for one in flow)


# -- the steps


@pytest.mark.parametrize("start", get_args(State))
def test_only_the_steps_of_the_table_are_taken(held: Store, start: State) -> None:
    for to in get_args(State):
        key = brought_to(held, start)
        if to in MOVES[start]:
            go(held, key, to)
            assert state_of(held, key) == to
        else:
            with pytest.raises(IllegalMoveError, match=f"is {start} and cannot become {to}"):
                go(held, key, to)
            assert state_of(held, key) == start


def test_each_step_is_logged_with_its_note(held: Store) -> None:
    held.changes.add([task()], "plan")
    held.changes.move(task().key, "approved", note="by anna")
    held.changes.claim(task().key)
    held.changes.move(task().key, "unknown", note="timeout")
    held.changes.claim(task().key)
    held.changes.move(task().key, "done", note="found", external_id="7001")
    log = held.changes.log(task().key)
    assert [(step.state, step.note) for step in log] == [
        ("planned", "plan plan"),
        ("approved", "by anna"),
        ("sending", "attempt 1"),
        ("unknown", "timeout"),
        ("sending", "attempt 2"),
        ("done", "found"),
    ]
    assert [step.at for step in log] == sorted(step.at for step in log)
    found = held.changes.get(task().key)
    assert found is not None
    assert (found.attempts, found.external_id, found.reason) == (2, "7001", "found")


def test_a_claim_counts_and_names_its_run(store: Store) -> None:
    store.changes.add([task()], "plan")
    store.changes.move(task().key, "approved")
    with store.lock.acquire("apply", "run-9"):
        assert store.changes.claim(task().key) == 1
        store.changes.move(task().key, "unknown")
        assert store.changes.claim(task().key) == 2
    assert [one.change.key for one in store.changes.of_run("run-9")] == [task().key]


def test_nobody_claims_without_the_lock(store: Store) -> None:
    store.changes.add([task()], "plan")
    store.changes.move(task().key, "approved")
    with pytest.raises(LockedError):
        store.changes.claim(task().key)
    assert state_of(store, task().key) == "approved"


def test_a_dry_run_is_never_claimed(held: Store) -> None:
    held.changes.add([task(mode="dry_run")], "plan")
    held.changes.move(task().key, "approved")
    with pytest.raises(IllegalMoveError, match="of a dry run"):
        held.changes.claim(task().key)
    assert state_of(held, task().key) == "approved"


def test_sending_is_reached_by_a_claim_alone(held: Store) -> None:
    key = brought_to(held, "approved")
    with pytest.raises(IllegalMoveError):
        held.changes.move(key, "sending")


def test_a_key_that_was_never_planned(held: Store) -> None:
    assert held.changes.get("nothing") is None
    assert held.changes.known(["nothing"]) == {}
    with pytest.raises(StoreError, match="no change has the key nothing"):
        held.changes.move("nothing", "approved")


def test_a_change_is_found_by_its_marker(held: Store) -> None:
    held.changes.add([task()], "plan")
    found = held.changes.get("cpc-" + task().key)
    assert found is not None
    assert found.change == task()


@pytest.mark.parametrize("state", get_args(State))
def test_a_marker_in_the_crm_makes_done_what_is_not_settled(held: Store, state: State) -> None:
    key = brought_to(held, state)
    if state in ("done", "undone", "contested"):
        with pytest.raises(IllegalMoveError):
            held.changes.adopt(key, "7001", "found")
    else:
        held.changes.adopt(key, "7001", "found")
        found = held.changes.get(key)
        assert found is not None
        assert (found.state, found.external_id, found.reason) == ("done", "7001", "found")


CLAIM_AND_DIE = """
import os, signal, sys
from connector.store.database import open_store
store = open_store(sys.argv[1])
with store.lock.acquire("apply"):
    store.changes.claim(sys.argv[2])
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


def test_a_process_killed_after_its_claim_leaves_sending(url: str) -> None:
    """The request may have left: the next run must know that its fate is unknown."""
    with open_store(url) as store:
        store.changes.add([task()], "plan")
        store.changes.move(task().key, "approved")
    ran = subprocess.run([sys.executable, "-c", CLAIM_AND_DIE, url, task().key], timeout=60, check=False)
    assert ran.returncode != 0
    with open_store(url) as store, store.lock.acquire("apply"):
        (left,) = store.changes.by_state("sending")
        assert left.attempts == 1
        store.changes.move(task().key, "unknown", note="the run ended before the answer")
        assert store.changes.claim(task().key) == 2


# -- open items


def sent(store: Store, *changes: CreateTask | PlanContact) -> None:
    store.changes.add(changes, "plan")
    for one in changes:
        store.changes.move(one.key, "approved")
        store.changes.claim(one.key)
        store.changes.move(one.key, "done", external_id=one.key[:4])


def crm_task(change: CreateTask, **fields: Any) -> Task:
    return Task(ref=Ref(SOURCE, change.key[:4]), title="t", key=change.marker, **fields)


def open_keys(store: Store) -> set[str]:
    return {one.change.key for one in store.open_items(SOURCE)}


def test_an_item_is_open_from_its_claim_until_the_crm_says_that_it_is_closed(held: Store) -> None:
    one = task()
    held.changes.add([one], "plan")
    assert open_keys(held) == set()
    held.changes.move(one.key, "approved")
    held.changes.claim(one.key)
    assert open_keys(held) == {one.key}
    held.changes.move(one.key, "done", external_id="1")
    assert open_keys(held) == {one.key}
    save(held, crm_task(one), stream="tasks")
    assert open_keys(held) == {one.key}
    save(held, crm_task(one, status="done"), stream="tasks")
    assert open_keys(held) == set()


def test_a_planned_contact_is_open_while_it_is_planned(held: Store) -> None:
    one, two = contact(1), contact(2)
    sent(held, one, two)
    ref = Ref(SOURCE, "call-1")
    save(held, Event(ref=ref, kind="call", status="planned", key=one.key))
    assert open_keys(held) == {one.key, two.key}
    save(held, Event(ref=ref, kind="call", status="completed", key=one.key))
    assert open_keys(held) == {two.key}


def test_a_task_deleted_in_the_crm_is_not_open(held: Store) -> None:
    one = task()
    sent(held, one)
    save(held, crm_task(one), stream="tasks")
    held.removals.delete(SOURCE, Task, [one.key[:4]])
    assert open_keys(held) == set()


def test_other_kinds_and_sources_are_no_open_items(held: Store) -> None:
    field = SetField(key="k4", field="UF_ABC", old=None, new="A", **WHY)
    elsewhere = task(2, source="amo")
    sent(held, task(1), elsewhere)
    held.changes.add([field], "plan")
    held.changes.move("k4", "approved")
    held.changes.claim("k4")
    assert open_keys(held) == {task(1).key}
    assert {one.change.key for one in held.open_items()} == {task(1).key, elsewhere.key}
