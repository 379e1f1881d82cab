"""ABC classes beyond the worked examples: clarifications 18, 19, 42, parameters, the field on the card."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import PolicyError
from connector.rules.decision import Decision

from .firm import Firm, default_policy

AS_OF = "2026-09-15T12:00"


def lines(firm: Firm, as_of: str = AS_OF, **params: Any) -> dict[str, Decision]:
    return firm.decide(as_of, default_policy("abc", **params)).by_client()


def classes(firm: Firm, **params: Any) -> dict[str, str]:
    return {client: one.decision for client, one in lines(firm, **params).items()}


def two(**first: Any) -> Firm:
    """K has bought for 900, L for 100."""
    return Firm().client("K", **first).client("L").sale("K", 900).sale("L", 100)


def test_clarification_2_the_running_month() -> None:
    assert {(one.period, one.employee, tuple(one.evidence)) for one in lines(two()).values()} == {
        ("2026-09", None, ())
    }


@pytest.mark.parametrize(
    ("since", "flags", "abc"),
    [
        ("2026-06-01T00:00", [], "A"),
        ("2026-06-01T00:01", ["new"], "C"),
        ("2026-09-10T00:00", ["new"], "C"),
        (None, [], "A"),
    ],
)
def test_clarification_18_new_clients(since: str | None, flags: list[str], abc: str) -> None:
    found = lines(two(since=since))
    assert (found["K"].decision, found["K"].flags) == (abc, flags)
    assert found["K"].numbers == {"value": 900, "share": 0.9, "cumulative_before": 0.0}
    assert (found["L"].decision, found["L"].numbers["cumulative_before"]) == (
        "B",
        0.9,
    )  # K stays in the ranking


def test_clarification_18_a_class_from_outside_wins() -> None:
    found = lines(two(abc="B", since="2026-09-10T00:00"))
    assert (found["K"].decision, found["K"].flags, found["K"].actions) == ("B", [], [])
    assert found["K"].numbers["share"] == 0.9


@pytest.mark.parametrize(("closed_at", "listed"), [("2026-09-01T10:00", False), ("2026-09-02T00:00", True)])
def test_clarification_18_clients_open_on_the_first_day(closed_at: str, listed: bool) -> None:
    assert ("K" in classes(two(closed_at=closed_at))) is listed


def test_clarification_18_a_client_that_is_yet_to_come_is_not_listed() -> None:
    assert sorted(classes(two(since="2026-09-15T12:01"))) == ["L"]


def test_clarification_18_no_turnover_and_no_data() -> None:
    found = lines(Firm().client("K").client("L").sale("K", 100).sale("L", -5))
    assert (found["L"].decision, found["L"].flags) == ("C", ["no_turnover"])
    assert found["L"].numbers == {"value": -5, "share": 0.0, "cumulative_before": 1.0}
    nothing = lines(Firm().client("K", since="2026-09-10T00:00").client("L"))
    assert [(one.decision, one.flags) for one in nothing.values()] == [("C", ["no_data"])] * 2
    assert nothing["K"].numbers == {"value": 0, "share": None, "cumulative_before": None}


def test_the_window_is_the_twelve_full_months_before() -> None:
    edges = Firm().client("K").client("L")
    edges.sale("K", 1, "2025-08-31").sale("K", 2, "2025-09-01").sale("K", 4, "2026-08-31").sale(
        "K", 8, "2026-09-01"
    )
    assert lines(edges)["K"].numbers["value"] == 6
    assert lines(edges, window_months=1)["K"].numbers["value"] == 4


def test_clarification_19_won_deals_stand_in_where_nobody_has_sales() -> None:
    deals = Firm().client("K").client("L")
    deals.deal("D1", "K", "won", amount=900, closed_at="2026-06-10T10:00")
    deals.deal("D2", "L", "won", amount=100, closed_at="2026-08-31T20:59:59Z")  # 31 August in Moscow
    deals.deal("D3", "L", "won", amount=5000, closed_at="2026-08-31T21:00:00Z")  # 1 September in Moscow
    deals.deal("D4", "L", "lost", amount=5000, closed_at="2026-06-10T10:00")
    deals.deal("D5", "L", "open", amount=5000)
    assert {client: one.numbers["value"] for client, one in lines(deals).items()} == {"K": 900, "L": 100}
    deals.sale("K", 7, "2020-01-01")
    assert {client: one.numbers["value"] for client, one in lines(deals).items()} == {"K": 0, "L": 0}


def test_clarification_19_another_currency_needs_a_rate() -> None:
    mixed = two().sale("L", 10, currency="USD").sale("K", 1, currency="RUB").sale("K", None)
    found = lines(mixed)
    assert {client: (one.numbers["value"], one.flags) for client, one in found.items()} == {
        "K": (901, []),
        "L": (100, ["no_rate"]),
    }
    rated = lines(mixed, rates={"USD": 90.25})
    assert (rated["L"].numbers["value"], rated["L"].flags) == (1003, [])  # 100 + 902.5, rounded once


def test_metrics() -> None:
    sold = (
        Firm()
        .client("K")
        .client("L")
        .sale("K", 900, margin=10)
        .sale("L", 50, margin=30)
        .sale("L", 50, margin=30)
    )
    sold.sale("L", -20, margin=None)
    values = {
        metric: {client: one.numbers["value"] for client, one in lines(sold, metric=metric).items()}
        for metric in ("revenue", "margin", "orders")
    }
    assert values == {
        "revenue": {"K": 900, "L": 80},
        "margin": {"K": 10, "L": 60},
        "orders": {"K": 1, "L": 2},
    }


def test_a_fall_waits_for_demote_after_computations_and_a_rise_does_not() -> None:
    """K bought a year ago only: in August the window still holds it, in September no more."""
    firm = Firm().client("K", since="2024-01-01").client("L", since="2024-01-01")
    firm.sale("K", 900, "2025-08-15").sale("L", 100, "2026-08-15")
    assert classes(firm) == {"K": "C", "L": "A"}
    assert classes(firm, demote_after=2) == {"K": "A", "L": "A"}
    assert (
        firm.decide("2026-10-15T12:00", default_policy("abc", demote_after=2)).by_client()["K"].decision
        == "C"
    )


def linked() -> Firm:
    """K is in both CRMs, L in Bitrix24 only; sales are in 1C."""
    firm = Firm("onec", "bitrix")
    firm.client("1", number=1).client("2", number=1, source="bitrix").client("3", number=2, source="bitrix")
    return firm.sale("1", 100)


def test_clarification_42_a_client_without_the_turnover_source() -> None:
    found = lines(linked())
    stranger = found["bitrix:3"]
    assert (stranger.decision, stranger.flags, stranger.actions) == ("C", ["no_turnover_source"], [])
    assert stranger.numbers == {"value": None, "share": None, "cumulative_before": None}
    assert (found["onec:1"].decision, found["onec:1"].numbers["share"]) == ("A", 1.0)


def test_clarification_42_one_source_of_turnover() -> None:
    both = linked().sale("3", 700, source="bitrix").sale("2", 300, source="bitrix")
    assert lines(both)["onec:1"].numbers["value"] == 100
    named = lines(both, turnover_source="bitrix")
    assert {client: one.numbers["value"] for client, one in named.items()} == {"onec:1": 300, "bitrix:3": 700}


def test_clarification_42_a_source_that_is_none_is_an_error() -> None:
    with pytest.raises(PolicyError, match="no source 'onek', did you mean 'onec'"):
        lines(linked(), turnover_source="onek")


def test_the_class_goes_to_every_record_of_the_client() -> None:
    assert lines(linked())["onec:1"].actions == [
        {"kind": "set_field", "target": "onec:1", "field": "abc_class", "new": "A"},
        {"kind": "set_field", "target": "bitrix:2", "field": "abc_class", "new": "A"},
    ]


def test_only_a_computed_class_is_written() -> None:
    firm = Firm().client("K").client("N", since="2026-09-10T00:00").client("G", "A").client("Z")
    firm.sale("K", 100).sale("N", 100)
    assert {client: len(one.actions) for client, one in lines(firm).items()} == {
        "K": 1,
        "N": 0,
        "G": 0,
        "Z": 1,
    }
    assert [len(one.actions) for one in lines(Firm().client("K")).values()] == [0]
