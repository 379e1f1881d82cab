"""Warnings inside the month (features C7, SC08)."""

from __future__ import annotations

from typing import Any

import pytest

from .firm import Firm, Verdicts, at, default_policy


def warned(firm: Firm, as_of: str, **params: Any) -> Verdicts:
    return firm.decide(as_of, default_policy("at_risk", **params))


def sc08() -> Firm:
    return Firm().employee("M1").client("K", "A").calls("K", "M1", "2026-09-03T10:00")


@pytest.mark.parametrize(
    ("as_of", "reason", "remaining"),
    [
        ("2026-09-16T00:00", "done < expected by now", 11),
        ("2026-09-29T00:00", "missing > remaining working days", 2),
    ],
)
def test_sc08_in_month_warnings(as_of: str, reason: str, remaining: int) -> None:
    (one,) = warned(sc08(), as_of)
    assert (one.decision, one.reason, one.employee, one.period) == ("at_risk", reason, "M1", "2026-09")
    assert one.numbers == {
        "required": 4, "done": 1, "missing": 3, "remaining_days": remaining, "held_by": None,
    }  # fmt: skip


def test_the_owner_is_warned_once_a_month() -> None:
    (first,) = warned(sc08(), "2026-09-16T00:00")[0].actions
    (later,) = warned(sc08(), "2026-09-29T00:00")[0].actions
    assert (first["assignee"], first["due"], first["purpose"]) == ("M1", "2026-09-30", "contact")
    assert first["period"] == later["period"] == "2026-09"


def test_before_the_first_given_day_nobody_is_warned() -> None:
    silent = Firm().employee("M1").client("K", "A")
    assert warned(silent, "2026-09-09T23:59") == []
    assert len(warned(silent, "2026-09-10T00:00")) == 1
    assert warned(silent, "2026-09-10T00:00", days=[15]) == []


def test_what_will_not_be_withdrawn_is_listed_without_a_warning() -> None:
    firm = Firm().employee("M1").client("K", "A", key_account=True)
    (one,) = warned(firm, "2026-09-16T00:00")
    assert (one.numbers["held_by"], one.actions) == ("key_lock", [])


def test_only_the_owner_of_today_is_warned() -> None:
    firm = Firm().employee("M1").employee("M2").client("K", "A", owner="M2")
    firm.owned("K", "M1", "2026-01-15", "2026-09-15").owned("K", "M2", "2026-09-16")
    assert [one.employee for one in warned(firm, "2026-09-29T00:00")] == ["M2"]


def test_a_warning_in_time_lets_the_client_go() -> None:
    """The task made on the 16th is what `withdraw` looks for in October."""
    firm = Firm().employee("M1").client("K", "A")
    (action,) = warned(firm, "2026-09-16T00:00")[0].actions
    made = at("2026-09-16T09:00")
    firm.task("T", "2026-09-30T18:00", client="K", assignee=action["assignee"], key="cpc-1", created_at=made)
    (one,) = firm.decide("2026-10-06T00:00", "withdraw")
    assert one.decision == "withdraw"
