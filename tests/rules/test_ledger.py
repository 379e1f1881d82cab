"""The ledger of events: each counted or left out for a reason, the sum never another than the norm's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given

from connector.rules.decide import moment_of
from connector.rules.ledger import ledger
from connector.rules.period import Month

from .firm import Firm, at, default_policy
from .test_properties import FEW, Case, firm_of, many, moments

SEPTEMBER = Month(2026, 9)


def rows(firm: Firm, as_of: str, month: Month = SEPTEMBER, **params: Any) -> list[dict[str, Any]]:
    policy = default_policy("contact_norm", **params)
    facts = firm.facts()
    moment = moment_of(facts, [policy], at(as_of)).judging(month)
    return ledger(facts, policy.params, moment, range(100)).to_dicts()


def reasons(firm: Firm, as_of: str = "2026-10-06T00:00", **params: Any) -> dict[str, str]:
    return {row["event"].removeprefix("event:"): row["reason"] for row in rows(firm, as_of, **params)}


def office() -> Firm:
    return Firm().employee("M1").employee("M2").client("K", "A")


def test_each_event_of_sc01_has_its_reason() -> None:
    firm = office().calls("K", "M1", "2026-09-02T10:00", "2026-09-02T15:00", "2026-09-09T10:00")
    firm.event("K", "M1", "email", "2026-09-05T11:00")
    firm.event("K", "M1", "call", None, planned_at="2026-09-29T11:00")
    assert reasons(firm) == {
        "E001": "counted",
        "E002": "day_cap",
        "E003": "counted",
        "E004": "other_kind",
        "E005": "not_held",
    }


def test_a_call_that_failed_was_short_or_ended_by_us() -> None:
    firm = office()
    firm.event("K", "M1", "call", "2026-09-01T10:00", successful=False)
    firm.event("K", "M1", "call", "2026-09-02T10:00", duration_s=4)
    firm.event("K", "M1", "call", "2026-09-03T10:00", by_us=True)
    firm.event("K", "M1", "call", "2026-09-04T10:00", duration_s=5)
    told = reasons(firm, min_call_seconds=5)
    assert list(told.values()) == ["unanswered", "too_short", "by_us", "counted"]


def test_a_meeting_planned_for_september_and_held_in_october_is_of_october() -> None:
    firm = office().event("K", "M1", "meeting", "2026-10-01T10:00", planned_at="2026-09-30T10:00")
    assert reasons(firm) == {"E001": "other_month"}
    (october,) = rows(firm, "2026-10-06T00:00", Month(2026, 10))
    assert (october["reason"], october["counted"]) == ("counted", True)


def test_what_is_dated_later_than_the_moment_is_not_believed() -> None:
    firm = office().calls("K", "M1", "2026-09-20T10:00")
    assert reasons(firm, "2026-09-19T10:00") == {"E001": "future"}
    assert reasons(firm, "2026-09-20T10:00") == {"E001": "counted"}


@pytest.mark.parametrize(
    ("deputy", "expected"), [("M2", "counted_deputy"), (None, "not_owner")], ids=["deputy", "nobody"]
)
def test_sc04_a_colleagues_call(deputy: str | None, expected: str) -> None:
    firm = office().absent("M1", "2026-09-07", "2026-09-18", deputy)
    firm.calls("K", "M2", "2026-09-10T10:00", "2026-09-25T10:00")
    assert reasons(firm) == {"E001": expected, "E002": "not_owner"}
    assert [row["covers"] for row in rows(firm, "2026-10-06T00:00")] == [True, True]


def test_sc05_after_a_hand_over_each_owner_sees_the_month_with_his_own_reasons() -> None:
    firm = Firm().employee("M1").employee("M2").client("H1", "A", owner="M2")
    firm.owned("H1", "M1", "2026-01-15", "2026-09-15").owned("H1", "M2", "2026-09-16")
    firm.calls("H1", "M1", "2026-09-03T10:00").calls("H1", "M2", "2026-09-22T10:00")
    found = {(row["owner"], row["event"]): row["reason"] for row in rows(firm, "2026-10-06T00:00")}
    assert found == {
        ("M1", "event:E001"): "counted",
        ("M1", "event:E002"): "not_own_day",
        ("M2", "event:E001"): "not_own_day",
        ("M2", "event:E002"): "counted",
    }


def test_sc06_a_call_that_two_crms_saw_counts_once_and_the_second_entry_says_so() -> None:
    firm = Firm("onec", "bitrix").client("1", "B", number=1).client("7", number=1, source="bitrix")
    firm.employee("M1").employee("M1", source="bitrix")
    firm.event("7", "M1", "call", "2026-09-10T10:00", source="bitrix", id="A")
    firm.event("1", "M1", "call", "2026-09-10T10:01:30", id="B")
    assert reasons(firm) == {"bitrix:A": "counted", "onec:B": "repeated"}


@FEW
@given(many, moments)
def test_the_counted_rows_are_the_decisions_number_and_evidence(cases: list[Case], as_of: datetime) -> None:
    firm = firm_of(cases)
    told: dict[tuple[int, str], list[str]] = {}
    covered: dict[int, set[str]] = {}
    for row in rows(firm, as_of.isoformat()):
        mine = told.setdefault((row["client"], row["owner"]), [])
        if row["counted"]:
            mine.append(row["event"])
        if row["covers"]:
            covered.setdefault(row["client"], set()).add(row["event"])
    verdicts = firm.decide(as_of.isoformat(), "contact_norm").of("contact_norm", "2026-09")
    for one in verdicts:
        assert one.client_number is not None
        mine = told.pop((one.client_number, str(one.employee)), [])
        assert (len(mine), mine) == (one.numbers["done"], one.evidence)
        assert len(covered.get(one.client_number, set())) == one.numbers["coverage"]
    assert told == {}, "rows of owners of whom the norm says nothing"
