"""Contact norms: each clarification that concerns them, by a case of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from connector.rules.calendar import Calendar
from connector.rules.decision import Decision
from connector.rules.norms import plan_required, required

from .firm import Firm, at, default_policy

SEPTEMBER = "2026-09"
CLOSED = "2026-10-05T12:00"
FOUR = tuple(f"2026-09-{day}T10:00" for day in ("01", "08", "15", "22"))


def firm(abc: str = "A", **client: Any) -> Firm:
    return Firm().employee("M1").client("K", abc, **client)


def norm(firm: Firm, as_of: str = CLOSED, period: str = SEPTEMBER, **params: Any) -> Decision:
    """Return the only decision about client K in the month."""
    policy = default_policy("contact_norm", **params)
    return firm.decide(as_of, policy).of("contact_norm", period).by_client()["K"]


def pairs(firm: Firm, as_of: str = CLOSED) -> dict[tuple[str, str | None], Decision]:
    return firm.decide(as_of, "contact_norm").of("contact_norm", SEPTEMBER).by_pair()


def counted(firm: Firm, as_of: str = CLOSED, **params: Any) -> tuple[int, int]:
    """Return done and coverage of client K in September."""
    numbers = norm(firm, as_of, **params).numbers
    return numbers["done"], numbers["coverage"]


# 1, 2, 15: lines and periods


def test_clarification_1_all_seven_numbers_in_order() -> None:
    assert list(norm(firm()).numbers.items()) == [
        ("required", 4),
        ("plan_required", 4),
        ("done", 0),
        ("missing", 4),
        ("coverage", 0),
        ("eligible_days", 22),
        ("period_days", 22),
    ]


def test_clarification_2_the_closed_month_and_the_running_one() -> None:
    verdicts = firm().decide("2026-10-01T00:00", "contact_norm")
    assert [(one.period, one.decision) for one in verdicts] == [
        ("2026-09", "breached"),
        ("2026-10", "on_track"),
    ]


def test_clarification_15_breached_from_the_first_day_of_the_next_month() -> None:
    assert norm(firm("C"), "2026-09-30T23:59").decision == "on_track"
    assert norm(firm("C"), "2026-10-01T00:00").decision == "breached"


# 5: closed clients


@pytest.mark.parametrize("status", ["active", "closed"])
def test_clarification_5_closed_from_the_local_day_of_closed_at(status: str) -> None:
    one = norm(firm(status=status, closed_at="2026-09-15T20:30:00"))
    assert one.numbers["eligible_days"] == 10  # 1 to 14 September


def test_clarification_5_the_day_is_local() -> None:
    one = norm(firm(status="closed", closed_at="2026-09-14T21:30:00Z"))  # 15 September in Moscow
    assert one.numbers["eligible_days"] == 10


@pytest.mark.parametrize("status", ["closed", "blacklisted"])
def test_clarification_5_closed_without_a_date_is_closed_always(status: str) -> None:
    assert firm(status=status).decide(CLOSED, "contact_norm") == []


# 6: employed


@pytest.mark.parametrize(
    ("employee", "eligible"),
    [
        ({"active": False, "active_to": "2026-09-15"}, 11),
        ({"active": True, "active_to": "2026-09-15"}, 11),
        ({"active": True, "active_from": "2026-09-16"}, 11),
        ({"active": False}, 0),
        ({"active": None}, 22),
    ],
)
def test_clarification_6_employed(employee: dict[str, Any], eligible: int) -> None:
    one = norm(Firm().employee("M1", **employee).client("K", "A"))
    assert one.numbers["eligible_days"] == eligible
    assert one.decision == ("breached" if eligible else "exempt")


def test_clarification_6_an_unknown_employee_is_employed_and_flagged() -> None:
    one = norm(Firm().employee("M1").client("K", "A", owner="GHOST"))
    assert (one.employee, one.numbers["eligible_days"], one.flags) == ("GHOST", 22, ["unmapped_employee"])


# 7, 8, 41: who owned the client


def test_clarification_7_rows_of_ownership_alone() -> None:
    owned = firm(owner="M1").employee("M2").owned("K", "M2", "2026-09-16", "2026-09-20")
    rows = pairs(owned)
    assert {pair: one.numbers["eligible_days"] for pair, one in rows.items()} == {("K", "M2"): 3}


def test_clarification_7_the_card_speaks_since_creation() -> None:
    assert norm(firm(since="2026-09-15T23:30")).numbers["eligible_days"] == 12
    assert norm(firm(since=None)).numbers["eligible_days"] == 22


def test_clarification_8_the_cards_owner_wins_a_conflict() -> None:
    double = firm(owner="M1").employee("M2")
    double.owned("K", "M1", "2026-01-15").owned("K", "M2", "2026-09-01")
    rows = pairs(double)
    assert {pair: one.numbers["eligible_days"] for pair, one in rows.items()} == {("K", "M1"): 22}
    assert rows["K", "M1"].flags == ["owner_conflict"]


def test_clarification_8_else_the_later_row_wins() -> None:
    double = firm(owner="M3").employee("M2")
    double.owned("K", "M1", "2026-01-15").owned("K", "M2", "2026-09-16")
    rows = pairs(double)
    assert {pair: (one.numbers["eligible_days"], one.flags) for pair, one in rows.items()} == {
        ("K", "M1"): (11, []),
        ("K", "M2"): (11, ["owner_conflict"]),
    }


def test_clarification_41_an_assumed_owner_is_used_and_flagged() -> None:
    one = norm(firm().owned("K", "M1", None, known="assumed"))
    assert (one.numbers["eligible_days"], one.flags) == (22, ["ownership_assumed"])


# 10: time


def test_clarification_10_the_day_of_as_of_is_not_elapsed() -> None:
    called = firm("A").calls("K", "M1", "2026-09-03T10:00")
    assert norm(called, "2026-09-15T23:59").decision == "on_track"  # 10 days of 22 gone: floor(1.8) = 1
    assert norm(called, "2026-09-16T00:00").decision == "behind"  # 11 days gone: floor(2) = 2


def test_clarification_10_late_entries_count_and_are_flagged() -> None:
    late = firm("C").event("K", "M1", "call", "2026-09-28T10:00", logged_at="2026-10-05T09:00")
    one = norm(late, "2026-10-01T00:00")
    assert (one.decision, one.numbers["done"], one.flags) == ("met", 1, ["late_logged"])


def test_clarification_10_an_entry_inside_the_month_is_late_only_after_as_of() -> None:
    entered = firm("C").event("K", "M1", "call", "2026-09-10T10:00", logged_at="2026-09-29T09:00")
    assert norm(entered).flags == []
    assert norm(entered, "2026-09-20T12:00").flags == ["late_logged"]


def test_clarification_10_five_minutes_of_clock_skew() -> None:
    ahead = firm().calls("K", "M1", "2026-09-16T12:05")
    assert counted(ahead, "2026-09-16T12:00") == (1, 1)
    assert counted(ahead, "2026-09-16T11:59") == (0, 0)


def test_clarification_10_future_event_only_where_a_clock_is_wrong() -> None:
    wrong = firm().event("K", "M1", "call", "2026-09-20T10:00", logged_at="2026-09-14T10:00")
    assert norm(wrong, "2026-09-16T12:00").flags == ["future_event"]
    known_later = firm().event("K", "M1", "call", "2026-09-20T10:00", logged_at="2026-09-20T10:03")
    assert norm(known_later, "2026-09-16T12:00").flags == []
    assert norm(wrong, "2026-09-21T12:00").flags == []


def test_clarification_10_without_an_entry_time_the_first_sight_tells() -> None:
    wrong = firm().event("K", "M1", "call", "2027-05-01T10:00", seen_at="2026-09-14T10:00")
    assert norm(wrong, "2026-09-16T12:00").flags == ["future_event"]


# What a contact is


def test_clarification_11_two_equal_calls_are_two_events() -> None:
    twice = firm().calls("K", "M1", "2026-09-10T10:00", "2026-09-10T10:00")
    assert counted(twice, max_counted_per_day=2) == (2, 2)
    assert counted(twice) == (1, 1)


@pytest.mark.parametrize(
    ("event", "counts"),
    [
        ({}, 1),
        ({"successful": True}, 1),
        ({"successful": False}, 0),
        ({"duration_s": 0}, 1),
        ({"status": "planned"}, 0),
        ({"status": "cancelled"}, 0),
        ({"direction": "in"}, 1),
        ({"key": "0123456789abcdef0123"}, 1),  # planned by us, held by a person (clarification 39)
        ({"key": "0123456789abcdef0123", "by_us": True}, 0),
    ],
)
def test_what_counts_as_a_contact(event: dict[str, Any], counts: int) -> None:
    assert counted(firm().event("K", "M1", "call", "2026-09-10T10:00", **event))[0] == counts


def test_letters_and_tasks_are_no_contacts() -> None:
    written = firm()
    for kind in ("email", "message", "task", "other"):
        written.event("K", "M1", kind, "2026-09-10T10:00")
    assert counted(written) == (0, 0)
    assert counted(written, kinds=["email"]) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "seconds", "counts"), [("call", 29, 0), ("call", 30, 1), ("call", None, 1), ("meeting", 5, 1)]
)
def test_a_short_call_does_not_count_where_the_policy_says_so(
    kind: str, seconds: int | None, counts: int
) -> None:
    one = firm().event("K", "M1", kind, "2026-09-10T10:00", duration_s=seconds)
    assert counted(one, min_call_seconds=30) == (counts, counts)


def test_a_colleagues_call_on_the_same_day_costs_the_owner_nothing() -> None:
    both = firm().employee("M2").calls("K", "M2", "2026-09-10T09:00").calls("K", "M1", "2026-09-10T15:00")
    one = norm(both)
    assert (one.numbers["done"], one.numbers["coverage"], one.evidence) == (1, 1, ["event:E002"])


def test_evidence_is_in_order_of_time_then_id() -> None:
    mixed = firm().event("K", "M1", "call", "2026-09-20T10:00", id="a")
    mixed.event("K", "M1", "call", "2026-09-02T10:00", id="z").event(
        "K", "M1", "call", "2026-09-02T10:00", id="b"
    )
    assert norm(mixed, max_counted_per_day=5).evidence == ["event:b", "event:z", "event:a"]


def test_a_contact_by_nobody_is_coverage_only() -> None:
    assert counted(firm().calls("K", None, "2026-09-10T10:00")) == (0, 1)


# 12: eligible days and deputies


def test_clarification_12_only_working_days_of_the_owner_are_eligible() -> None:
    away = (
        firm().absent("M1", "2026-09-05", "2026-09-08").absent("M1", "2026-09-08", "2026-09-09", deputy="M2")
    )
    assert norm(away).numbers["eligible_days"] == 19


def test_clarification_12_the_deputy_is_credited_on_any_calendar_day_of_the_absence() -> None:
    away = firm().employee("M2").absent("M1", "2026-09-07", "2026-09-13", deputy="M2")
    away.calls("K", "M2", "2026-09-12T10:00", "2026-09-13T23:59", "2026-09-14T00:00")
    assert counted(away) == (2, 3)
    assert counted(away, credit="owner") == (0, 3)


def test_clarification_12_the_deputy_of_another_is_no_deputy() -> None:
    away = firm().employee("M2").employee("M3").absent("M3", "2026-09-07", "2026-09-13", deputy="M2")
    assert counted(away.calls("K", "M2", "2026-09-10T10:00")) == (0, 1)


def test_a_working_saturday_of_the_firm_is_eligible() -> None:
    working = firm()
    working.calendar = Calendar(workdays=frozenset({date(2026, 9, 12)}))
    assert (norm(working).numbers["eligible_days"], norm(working).numbers["period_days"]) == (23, 23)


# 13: rounding


@pytest.mark.parametrize(
    ("norm", "days", "owed", "planned"),
    [
        (4, 22, 4, 4),
        (4, 12, 2, 3),
        (2, 12, 1, 2),
        (1, 12, 0, 1),
        (1, 21, 1, 1),  # one day off does not exempt a C client
        (1, 17, 1, 1),  # 17/22 = 0.77
        (1, 16, 0, 1),  # 16/22 = 0.73
        (2, 9, 1, 1),  # 18/22 = 0.82
        (2, 8, 0, 1),  # 16/22 = 0.73
        (2, 17, 1, 2),  # 34/22 = 1.55
        (4, 5, 0, 1),  # 20/22 = 0.91, but the norm is 4
        (3, 7, 0, 1),  # 21/22 = 0.95, but the norm is 3
        (1, 0, 0, 0),
        (0, 22, 0, 0),
    ],
)
def test_clarification_13_plan_up_punish_down(norm: int, days: int, owed: int, planned: int) -> None:
    month = pl.lit(22)
    frame = pl.select(
        owed=required(pl.lit(norm), pl.lit(days), month),
        planned=plan_required(pl.lit(norm), pl.lit(days), month),
    )
    assert frame.rows() == [(owed, planned)]


def test_clarification_13_three_quarters_exactly() -> None:
    frame = pl.select(required(pl.lit(1), pl.lit(15), pl.lit(20)))
    assert frame.item() == 1


def test_clarification_13_one_day_off_does_not_exempt_a_c_client() -> None:
    one = norm(firm("C").absent("M1", "2026-09-07", "2026-09-07"))
    assert (one.decision, one.numbers["required"], one.numbers["plan_required"]) == ("breached", 1, 1)


# 14: statuses and rows


def test_clarification_14_exempt_comes_before_met() -> None:
    one = norm(firm("C", since="2026-09-16").calls("K", "M1", "2026-09-17T10:00"))
    assert (one.decision, one.reason, one.numbers["done"], one.numbers["missing"]) == (
        "exempt",
        "prorated_zero",
        1,
        0,
    )


def test_clarification_14_met_comes_before_the_end_of_the_month() -> None:
    assert norm(firm().calls("K", "M1", *FOUR), "2026-09-22T18:00").decision == "met"


def test_clarification_14_unreachable_when_one_a_day_no_longer_suffices() -> None:
    assert norm(firm(), "2026-09-25T09:00").decision == "behind"  # 4 missing, 4 days left: 25, 28, 29, 30
    assert norm(firm(), "2026-09-28T09:00").decision == "unreachable"


def test_clarification_14_remaining_days_are_the_owners() -> None:
    away = firm().absent("M1", "2026-09-21", "2026-09-25")
    assert norm(away, "2026-09-21T09:00").decision == "behind"  # 3 owed (17 days), 3 days left
    away.absent("M1", "2026-09-30", "2026-09-30")  # 2 owed (16 days: floor 2.9), 2 days left
    assert (norm(away, "2026-09-21T09:00").decision, norm(away, "2026-09-21T09:00").numbers["required"]) == (
        "behind",
        2,
    )
    assert norm(away, "2026-09-29T09:00").decision == "unreachable"


def test_clarification_14_a_row_for_each_owner_of_a_day_while_open() -> None:
    handed = firm(owner="M2", closed_at="2026-09-16T12:00").employee("M2").employee("M3")
    handed.owned("K", "M1", "2026-01-15", "2026-09-01").owned("K", "M2", "2026-09-02", "2026-09-15")
    handed.owned("K", "M3", "2026-09-16")
    assert sorted(pairs(handed)) == [("K", "M1"), ("K", "M2")]


def test_clarification_14_the_same_owner_after_a_gap_has_one_row() -> None:
    handed = firm().owned("K", "M1", "2026-01-15", "2026-09-04").owned("K", "M1", "2026-09-28")
    one = norm(handed.calls("K", "M1", "2026-09-03T10:00", "2026-09-10T10:00", "2026-09-29T10:00"))
    assert (one.numbers["eligible_days"], one.numbers["done"], one.numbers["coverage"]) == (7, 2, 3)


def test_clarification_14_contacts_on_days_off_count() -> None:
    away = firm().absent("M1", "2026-09-07", "2026-09-11")
    assert counted(away.calls("K", "M1", "2026-09-05T10:00", "2026-09-08T10:00")) == (2, 2)


def test_clarification_14_contacts_on_another_owners_days_are_coverage_only() -> None:
    handed = firm(owner="M2").employee("M2")
    handed.owned("K", "M1", "2026-01-15", "2026-09-15").owned("K", "M2", "2026-09-16")
    handed.calls("K", "M1", "2026-09-16T10:00").calls("K", "M2", "2026-09-15T10:00")
    assert {pair: (one.numbers["done"], one.numbers["coverage"]) for pair, one in pairs(handed).items()} == {
        ("K", "M1"): (0, 2),
        ("K", "M2"): (0, 2),
    }


# The class


def test_the_class_is_that_of_the_months_start() -> None:
    """Sales of September make the client an A in October, not in September."""
    bought = Firm().employee("M1").client("K").client("OTHER")
    bought.sale("OTHER", 100, "2026-08-01").sale("K", 1_000_000, "2026-09-10")
    verdicts = bought.decide("2026-10-01T00:00", "contact_norm")
    assert verdicts.of("contact_norm", SEPTEMBER).by_client()["K"].numbers["required"] == 1
    assert verdicts.of("contact_norm", "2026-10").by_client()["K"].numbers["required"] == 4


def test_the_policy_abc_decides_the_class() -> None:
    bought = (
        Firm().employee("M1").client("K").client("L").sale("K", 60, "2026-08-01").sale("L", 40, "2026-08-01")
    )
    strict = default_policy("abc", a_below=50, b_below=55)
    verdicts = bought.decide(CLOSED, "contact_norm", strict)
    owed = {
        client: one.numbers["required"]
        for client, one in verdicts.of("contact_norm", SEPTEMBER).by_client().items()
    }
    assert owed == {"K": 4, "L": 1}


def test_no_class_yet_has_the_norm_of_no_class_and_a_flag() -> None:
    one = norm(Firm().employee("M1").client("K"), no_class="B")
    assert (one.numbers["required"], one.flags) == (2, ["no_class"])


def test_norms_are_the_policys() -> None:
    one = norm(firm("B"), norm={"A": 8, "B": 3, "C": 0})
    assert one.numbers["required"] == 3
    silent = norm(firm("C"), norm={"A": 8, "B": 3, "C": 0})
    assert (silent.decision, silent.reason) == ("exempt", "no_norm")


def test_a_norm_may_be_scaled_by_working_days() -> None:
    may = firm("A")
    one = norm(may, "2026-06-01T00:00", "2026-05", scale_by_wd=True)
    assert (one.numbers["required"], one.numbers["plan_required"], one.numbers["period_days"]) == (3, 4, 19)
    assert norm(may, "2026-06-01T00:00", "2026-05").numbers["required"] == 4


def test_it_asks_for_nothing() -> None:
    assert norm(firm()).actions == []


@pytest.mark.parametrize(
    ("seen", "late"),
    [("2026-10-05T10:00", True), ("2026-09-28T10:00", False), ("2026-06-01T20:00", False)],
    ids=["after the month", "within it", "by the first pull"],
)
@pytest.mark.parametrize("days", ["2026-09-07 2026-09-11", "2026-08-03 2026-08-07"])
def test_an_absence_that_a_pull_saw_first_after_the_month_is_told(seen: str, late: bool, days: str) -> None:
    first, last = days.split()
    firm = Firm().employee("M1").client("K", "A", seen_at="2026-06-01T10:00")
    firm.absent("M1", first, last)
    firm.rows["absences"][0]["seen_at"] = at(seen)
    (one,) = firm.decide("2026-10-06T00:00", "contact_norm").of("contact_norm", "2026-09")
    assert ("late_absence" in one.flags) is (late and first.startswith("2026-09"))
