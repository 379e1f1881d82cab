"""Clients without contacts (clarification 16)."""

from __future__ import annotations

import pytest

from connector.rules.decision import Decision

from .firm import Firm, Verdicts, default_policy

SEPTEMBER, OCTOBER = "2026-09", "2026-10"


def firm() -> Firm:
    return Firm().employee("M1").client("K", "C")


def silent(firm: Firm, as_of: str = "2026-10-05T12:00") -> Verdicts:
    return firm.decide(as_of, "no_contact")


def listed(firm: Firm, as_of: str = "2026-10-05T12:00", period: str = SEPTEMBER) -> Decision:
    return silent(firm, as_of).of("no_contact", period).by_client()["K"]


def test_the_closed_month_and_the_running_one() -> None:
    assert [one.period for one in silent(firm())] == [SEPTEMBER, OCTOBER]


def test_days_since_the_last_contact_by_anybody_whenever() -> None:
    called = firm().employee("M2").calls("K", "M1", "2026-08-20T10:00").calls("K", "M2", "2026-08-31T23:30")
    assert listed(called).numbers["days_since_last"] == 35
    assert listed(called, "2026-09-10T00:00").numbers["days_since_last"] == 10


def test_days_since_last_looks_beyond_the_month() -> None:
    assert listed(firm().calls("K", "M1", "2026-10-02T10:00")).numbers["days_since_last"] == 3


def test_never_is_null() -> None:
    one = listed(firm())
    assert (one.numbers["days_since_last"], one.decision, one.evidence, one.actions) == (
        None,
        "no_contact",
        [],
        [],
    )


def test_a_contact_by_anybody_takes_the_client_off_the_list() -> None:
    assert silent(firm().calls("K", "STRANGER", "2026-09-30T23:59")).of("no_contact", SEPTEMBER) == []


def test_other_touches_are_completed_events_of_other_kinds_in_the_month() -> None:
    touched = firm()
    for kind in ("email", "message", "task", "other"):
        touched.event("K", "M1", kind, "2026-09-10T10:00")
    touched.event("K", "M1", "email", "2026-08-31T23:59").event(
        "K", "M1", "email", None, planned_at="2026-09-20T10:00"
    )
    touched.event("K", "M1", "call", "2026-09-10T10:00", successful=False)
    assert listed(touched).numbers["other_touches"] == 4


def test_overdue_planned_whatever_its_month() -> None:
    planned = firm()
    for kind, day in (
        ("call", "2026-07-01"),
        ("meeting", "2026-10-05"),
        ("email", "2026-09-01"),
        ("call", "2026-10-06"),
    ):
        planned.event("K", "M1", kind, None, planned_at=f"{day}T11:00")
    planned.event("K", "M1", "call", None, planned_at="2026-09-01T11:00", status="cancelled")
    assert listed(planned).numbers["overdue_planned"] == 2


def test_what_a_contact_is_the_norm_says() -> None:
    written = firm().event("K", "M1", "email", "2026-09-10T10:00")
    norm = default_policy("contact_norm", kinds=["email"])
    assert written.decide("2026-10-05T12:00", norm, "no_contact").of("no_contact", SEPTEMBER) == []


@pytest.mark.parametrize(
    ("closed_at", "periods"),
    [
        ("2026-10-03T00:00", [SEPTEMBER]),  # open at the end of September, closed at as_of
        ("2026-09-30T10:00", []),
        ("2026-10-05T23:00", [SEPTEMBER]),  # closed on as_of's own day
        ("2026-10-06T00:00", [SEPTEMBER, OCTOBER]),
    ],
)
def test_open_at_as_of_or_the_months_end(closed_at: str, periods: list[str]) -> None:
    closed = Firm().employee("M1").client("K", "C", closed_at=closed_at)
    assert [one.period for one in silent(closed)] == periods


@pytest.mark.parametrize(
    ("since", "periods"),
    [
        ("2026-09-30T23:59", [SEPTEMBER, OCTOBER]),
        ("2026-10-01T00:00", [OCTOBER]),
        ("2026-10-05T12:00", [OCTOBER]),
        ("2026-10-05T12:01", []),
    ],
)
def test_created_by_then(since: str, periods: list[str]) -> None:
    created = Firm().employee("M1").client("K", "C", since=since)
    assert [one.period for one in silent(created)] == periods


def test_the_employee_is_the_owner_at_as_of() -> None:
    handed = firm().employee("M2").owned("K", "M1", "2026-01-15", "2026-10-04").owned("K", "M2", "2026-10-05")
    assert listed(handed).employee == "M2"
    assert listed(handed, "2026-10-04T12:00").employee == "M1"
    assert listed(Firm().client("K", "C", owner=None)).employee is None


def test_flags_of_the_owner_at_as_of() -> None:
    double = firm().owned("K", "M1", "2026-01-15", known="assumed").owned("K", "M2", "2026-10-01")
    assert listed(double).flags == ["owner_conflict", "ownership_assumed"]
    assert listed(Firm().client("K", "C", owner="GHOST")).flags == ["unmapped_employee"]
