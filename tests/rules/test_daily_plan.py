"""The contacts of every day until the month ends (features C5, algorithms §3, clarification 22)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rules.spreading import Need, spread

from .firm import Firm, Verdicts, default_policy

A1 = Need("A1", "A", 900, 2)
B1, B2 = Need("B1", "B", 300, 1), Need("B2", "B", 200, 1)
C1, C2 = Need("C1", "C", 80, 1), Need("C2", "C", 50, 1)


def test_sc15_spreading() -> None:
    plan = spread([A1, Need("A2", "A", 500, 1), B1, C1, C2], 2, [[], ["B2"], [], [], []])
    assert plan.days == [["A1", "A2"], ["B1"], ["A1"], ["C1"], ["C2"]]
    assert (plan.beyond, plan.unreachable) == ({}, {})


def test_sc16_spreading_overflow() -> None:
    plan = spread([Need("A1", "A", 900, 3), B1, C1, C2], 2, [[], []])
    assert plan.days == [["A1", "B1"], ["A1", "C1"]]
    assert (plan.beyond, plan.unreachable) == ({"C2": 1}, {"A1": 1})


def test_sc17_spreading_with_a_holiday_and_a_day_off() -> None:
    """The days are 2, 3 and 6 November; 4 is a holiday, 5 a day off."""
    plan = spread([A1, B1, B2, Need("C1", "C", 50, 1)], 2, [[], [], []])
    assert plan.days == [["A1", "B1"], ["A1", "B2"], ["C1"]]


def firm() -> Firm:
    """September 2026: with norms 4, 2, 1 the given numbers of contacts are missing on the 24th."""
    made = Firm().employee("M1", capacity=2)
    for client, abc, value, done in (
        ("A1", "A", 900, 2), ("A2", "A", 500, 3), ("B1", "B", 300, 1), ("B2", "B", 200, 1),
        ("C1", "C", 80, 0), ("C2", "C", 50, 0),
    ):  # fmt: skip
        made.client(client, abc).sale(client, value)
        made.calls(client, "M1", *(f"2026-09-{day:02}T10:00" for day in range(7, 7 + done)))
    return made.event("B2", "M1", "call", None, planned_at="2026-09-25T11:00")


def planned(verdicts: Verdicts) -> list[tuple[Any, Any, str]]:
    found = [one for one in verdicts if one.decision == "planned"]
    return sorted((one.numbers["date"][-2:], one.numbers["position"], one.subject[7:]) for one in found)


def test_sc15_daily_plan() -> None:
    verdicts = firm().decide("2026-09-24T00:00", "daily_plan")
    assert planned(verdicts) == [
        ("24", 1, "A1"), ("24", 2, "A2"), ("25", 1, "B1"), ("28", 1, "A1"), ("29", 1, "C1"), ("30", 1, "C2"),
    ]  # fmt: skip
    assert {(one.decision, one.employee, one.period) for one in verdicts} == {("planned", "M1", "2026-09")}


def test_only_the_next_working_days_contacts_are_put_into_the_crm() -> None:
    verdicts = firm().decide("2026-09-24T00:00", "daily_plan")
    asked = {(one.subject, action["due"], action["period"]) for one in verdicts for action in one.actions}
    assert asked == {("client:A1", "2026-09-24", "2026-09-24"), ("client:A2", "2026-09-24", "2026-09-24")}
    assert all(
        not one.actions
        for one in firm().decide("2026-09-24T00:00", default_policy("daily_plan", item="none"))
    )


def test_sc16_daily_plan_overflow() -> None:
    made = Firm().employee("M1", capacity=2)
    for client, abc, value, done in (
        ("A1", "A", 900, 1),
        ("B1", "B", 300, 1),
        ("C1", "C", 80, 0),
        ("C2", "C", 50, 0),
    ):
        made.client(client, abc).sale(client, value)
        made.calls(client, "M1", *(f"2026-09-{day:02}T10:00" for day in range(7, 7 + done)))
    verdicts = made.decide("2026-09-29T00:00", "daily_plan")
    assert planned(verdicts) == [("29", 1, "A1"), ("29", 2, "B1"), ("30", 1, "A1"), ("30", 2, "C1")]
    rest = {(one.subject, one.decision, one.reason) for one in verdicts if one.decision != "planned"}
    assert rest == {
        ("client:A1", "norm_unreachable", "contacts for which no days are left: 1"),
        ("client:C2", "over_capacity", "contacts beyond the manager's capacity: 1"),
    }
    assert all(
        one.numbers == {"date": None, "position": None} for one in verdicts if one.decision != "planned"
    )


def test_absent_days_are_left_out() -> None:
    made = firm().absent("M1", "2026-09-24", "2026-09-29")
    assert {day for day, *_ in planned(made.decide("2026-09-24T00:00", "daily_plan"))} == {"30"}


def test_clarification_22_an_overdue_contact_comes_first() -> None:
    """B3 is owed nothing more this month, but a planned call was not held."""
    made = firm().client("B3", "B").calls("B3", "M1", "2026-09-02T10:00", "2026-09-03T10:00")
    made.event("B3", "M1", "call", None, planned_at="2026-09-23T11:00")
    verdicts = made.decide("2026-09-24T00:00", "daily_plan")
    assert planned(verdicts)[:2] == [("24", 1, "B3"), ("24", 2, "A1")]
    (first,) = [one for one in verdicts if one.subject == "client:B3"]
    assert first.reason == "a planned contact is overdue"


def test_a_managers_last_day_is_over() -> None:
    made = Firm().employee("M1", active_to="2026-09-23").client("A", "A")
    assert made.decide("2026-09-24T00:00", "daily_plan") == []


@pytest.mark.parametrize("capacity", [0, 1])
def test_without_capacity_all_is_beyond_it(capacity: int) -> None:
    plan = spread([B1, C1], capacity, [[]])
    assert plan.beyond == ({"B1": 1, "C1": 1} if capacity == 0 else {"C1": 1})


needs = st.lists(
    st.builds(
        Need,
        st.sampled_from("abcdefgh"),
        st.sampled_from("ABC"),
        st.integers(0, 9),
        st.integers(0, 5),
        st.booleans(),
    ),
    unique_by=lambda need: need.client,
    max_size=8,
)
fixed = st.lists(st.lists(st.sampled_from("abcxyz"), max_size=3), max_size=6)


@given(needs, st.integers(0, 4), fixed, st.randoms())
def test_every_contact_is_planned_once_or_told_of(
    given_needs: list[Need], capacity: int, taken: Any, chance: Any
) -> None:
    plan = spread(given_needs, capacity, taken)
    for day, clients in enumerate(plan.days):
        assert len(clients) == len(set(clients))
        assert not set(clients) & set(taken[day])
        assert len(clients) <= max(0, capacity - len(taken[day]))
    for need in given_needs:
        owed = (
            need.missing
            if need.missing > len(taken)
            else max(need.missing, int(need.overdue and bool(taken)))
        )
        there = sum(clients.count(need.client) for clients in plan.days)
        assert there + plan.beyond.get(need.client, 0) + plan.unreachable.get(need.client, 0) == owed
    shuffled = list(given_needs)
    chance.shuffle(shuffled)
    assert spread(shuffled, capacity, taken) == plan
