"""Spans of ownership: one owner a day, whatever the rows say."""

from __future__ import annotations

from datetime import date

import polars as pl

from connector.rules.ownership import EARLIEST, LATEST, owned_on, owned_within

from .firm import Firm, on

OPEN = LATEST


def spans(firm: Firm) -> list[tuple[object, ...]]:
    frame = firm.facts().ownership.sort("client", "first")
    return frame.select("employee", "first", "last", "assumed", "conflict").rows()


def test_the_card_alone() -> None:
    assert spans(Firm().client("K", since="2026-09-10T23:30")) == [
        ("M1", date(2026, 9, 10), OPEN, False, False)
    ]
    assert spans(Firm().client("K", since=None)) == [("M1", EARLIEST, OPEN, False, False)]
    assert spans(Firm().client("K", owner=None)) == []


def test_history_alone_even_where_it_names_nobody() -> None:
    assert spans(Firm().client("K").owned("K", None, "2026-09-01")) == []


def test_history_in_sequence() -> None:
    firm = (
        Firm()
        .client("K")
        .owned("K", "M1", None, "2026-09-15", known="assumed")
        .owned("K", "M2", "2026-09-16")
    )
    assert spans(firm) == [
        ("M1", EARLIEST, date(2026, 9, 15), True, False),
        ("M2", date(2026, 9, 16), OPEN, False, False),
    ]


def test_overlapping_rows_of_one_employee_are_no_conflict() -> None:
    firm = Firm().client("K").owned("K", "M1", "2026-09-01", "2026-09-20").owned("K", "M1", "2026-09-10")
    assert [(employee, conflict) for employee, *_, conflict in spans(firm)] == [("M1", False)] * 3


def test_a_conflict_lasts_as_long_as_the_overlap() -> None:
    firm = Firm().client("K", owner="M9")
    firm.owned("K", "M1", "2026-09-01", "2026-09-20").owned("K", "M2", "2026-09-10", "2026-09-12")
    assert spans(firm) == [
        ("M1", date(2026, 9, 1), date(2026, 9, 9), False, False),
        ("M2", date(2026, 9, 10), date(2026, 9, 12), False, True),
        ("M1", date(2026, 9, 13), date(2026, 9, 20), False, False),
    ]


def test_the_most_trusted_source_that_has_history_speaks_of_the_past() -> None:
    firm = Firm("onec", "bitrix").client("1", number=1, owner="M2").client("2", number=1, source="bitrix")
    firm.employee("M2", email="m2@x.ru").employee("9", email="m2@x.ru", source="bitrix")
    firm.owned("2", "8", "2026-01-20", "2026-09-15", source="bitrix").owned(
        "2", "9", "2026-09-16", source="bitrix"
    )
    assert spans(firm) == [
        ("bitrix:8", date(2026, 1, 20), date(2026, 9, 15), False, False),
        ("onec:M2", date(2026, 9, 16), OPEN, False, False),
    ]
    firm.owned("1", "M1", "2026-02-01")
    assert spans(firm) == [
        ("bitrix:8", date(2026, 1, 20), date(2026, 1, 31), False, False),
        ("onec:M1", date(2026, 2, 1), date(2026, 9, 15), False, True),
        ("onec:M1", date(2026, 9, 16), OPEN, False, True),
    ]


def test_owned_on_and_within() -> None:
    facts = Firm().client("K").owned("K", "M1", "2026-09-01", "2026-09-20").facts()
    assert owned_on(facts.ownership, date(2026, 9, 20))["employee"].to_list() == ["M1"]
    assert owned_on(facts.ownership, date(2026, 9, 21)).is_empty()
    within = owned_within(facts.ownership, date(2026, 9, 10), date(2026, 9, 30))
    assert within.select("first", "last").rows() == [(date(2026, 9, 10), date(2026, 9, 20))]


def test_history_of_a_client_with_two_records_is_one() -> None:
    firm = Firm().client("1", number=1).client("2", number=1)
    firm.owned("1", "M1", "2026-01-01", "2026-09-15").owned("2", "M2", "2026-09-16")
    assert [employee for employee, *_ in spans(firm)] == ["M1", "M2"]
    assert isinstance(on("2026-09-16"), date)
    assert firm.facts().ownership.schema["first"] == pl.Date
