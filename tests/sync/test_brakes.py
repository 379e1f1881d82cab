"""More new owners, or more taken away, than a run or a day may bring: nothing of that kind leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector import clock
from connector.changes import AnyChange, ChangeOwner
from connector.sync.brakes import Brakes

from .conftest import Desk, Open
from .making import writes

TWO = Brakes(owner_changes=2)


def moves(office: Desk, *clients: int) -> list[ChangeOwner]:
    return [office.make.hand_over(client, office.make.another_owner(client)) for client in clients]


def states(office: Desk, *changes: AnyChange, brakes: Brakes = TWO) -> list[str]:
    sent = office.apply(*changes, brakes=brakes)
    return [sent[change.key].state for change in changes]


def test_above_the_limit_none_of_the_kind_leaves_and_the_rest_does(desk: Open) -> None:
    office = desk()
    task, *owners = office.make.task(9), *moves(office, 1, 2, 3)
    sent = office.apply(task, *owners, brakes=TWO)
    assert sent[task.key].state == "done"
    assert {sent[each.key].state for each in owners} == {"held"}
    assert sent[owners[0].key].note == (
        "new owners: 3 clients, after 0 in 24 hours, with a limit of 2 (owner_changes in [limits]) — "
        "look at the plan, then send it with `connector apply PLAN --beyond-limits`"
    )
    assert [write["method"] for write in writes(office.portal)] == ["tasks.task.add"]


def test_what_comes_after_a_new_owner_is_held_with_it(desk: Open) -> None:
    office = desk()
    owners = moves(office, 1, 2, 3)
    task = office.make.task(1).model_copy(update={"after": owners[0].key})
    assert states(office, *owners, task) == ["held"] * 4
    assert writes(office.portal) == []


def test_control_at_the_limit_all_leave(desk: Open) -> None:
    office = desk()
    assert states(office, *moves(office, 1, 2)) == ["done", "done"]


def test_a_day_counts_as_a_whole(desk: Open) -> None:
    office = desk()
    first, second = moves(office, 1, 2), moves(office, 3)
    assert states(office, *first) == ["done", "done"]
    assert states(office, *second) == ["held"]


def test_and_the_next_day_begins_anew(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    office = desk()
    first, second = moves(office, 1, 2), moves(office, 3)
    assert states(office, *first) == ["done", "done"]
    later = clock.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr("connector.sync.brakes.clock.now", lambda: later)
    assert states(office, *second) == ["done"]


def test_a_person_who_looked_lets_it_through(desk: Open) -> None:
    office = desk()
    owners = moves(office, 1, 2, 3)
    assert states(office, *owners) == ["held"] * 3
    assert states(office, *owners, brakes=Brakes(owner_changes=2, released=True)) == ["done"] * 3


def test_what_takes_back_an_earlier_change_is_never_held(desk: Open) -> None:
    office = desk()
    back = [each.model_copy(update={"undoes": "a" * 20}) for each in moves(office, 1, 2, 3)]
    assert states(office, *back) == ["done"] * 3


def test_flags_taken_away_have_a_limit_of_their_own(desk: Open) -> None:
    office = desk()
    given = [office.make.key_account(client, new=True, old=False) for client in (1, 2)]
    assert states(office, *given, brakes=Brakes(removals=1)) == ["done", "done"]
    taken = [office.make.no_key_account(client) for client in (1, 2)]
    assert states(office, *taken, brakes=Brakes(removals=1)) == ["held", "held"]


@pytest.mark.parametrize(("clients", "most"), [(0, 20), (999, 20), (1_050, 21), (5_000, 100)])
def test_the_usual_limit(desk: Open, monkeypatch: pytest.MonkeyPatch, clients: int, most: int) -> None:
    """20, or 2 % of the clients if that is more (contracts: default brakes)."""
    office = desk()
    monkeypatch.setattr(office.store.entities, "count", lambda entity, source: clients)
    (one,) = moves(office, 1)
    many = [
        one.model_copy(update={"key": f"{number:020}", "subject": f"client:{number}"})
        for number in range(most + 1)
    ]
    assert Brakes().hold(many[:-1], office.store) == []
    assert len(Brakes().hold(many, office.store)) == most + 1
