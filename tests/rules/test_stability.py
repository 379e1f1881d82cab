"""How evenly clients buy (features C1, clarification 20)."""

from __future__ import annotations

from typing import Any

import pytest

from .firm import Firm, default_policy

MONTHS = [f"2025-{month:02}" for month in range(9, 13)] + [f"2026-{month:02}" for month in range(1, 9)]
"""The twelve full months before September 2026."""


def found(firm: Firm, **params: Any) -> dict[str, tuple[str, float | None]]:
    verdicts = firm.decide("2026-09-15T12:00", default_policy("stability", **params))
    assert {one.period for one in verdicts} <= {"2026-09"}
    return {client: (one.decision, one.numbers["cv"]) for client, one in verdicts.by_client().items()}


def monthly(values: list[int], since: str = "2025-01-10") -> Firm:
    """Sell so much, in roubles, in each of the last months; nothing where it is 0."""
    firm = Firm().client("K", since=since)
    for month, value in zip(MONTHS[-len(values) :], values, strict=True):
        if value:
            firm.sale("K", value * 100, f"{month}-15")
    return firm


@pytest.mark.parametrize(
    ("values", "answer", "percent"),
    [
        ([90, 110] * 6, "X", 10.0),
        ([75, 125] * 6, "Y", 25.0),
        ([0] * 11 + [1200], "Z", 331.7),
        ([1200] + [0] * 11, "Z", 331.7),
    ],
)
def test_sc10_stability(values: list[int], answer: str, percent: float) -> None:
    decision, cv = found(monthly(values))["K"]
    assert decision == answer
    assert cv is not None
    assert round(100 * cv, 1) == percent


def test_sc10_a_kopeck_beyond_the_bound() -> None:
    firm = monthly([90, 110] * 6).sale("K", 1, "2026-08-15")
    assert found(firm)["K"][0] == "Y"


def test_sc10_five_months_of_history() -> None:
    assert found(monthly([100] * 5, since="2026-04-01"))["K"] == ("unknown", None)


def test_clarification_20_six_months_are_enough_and_a_sale_before_the_card_is_history() -> None:
    assert found(monthly([100] * 6, since="2026-03-31"))["K"] == ("X", 0.0)
    assert found(monthly([100] * 6, since="2026-08-01"))["K"] == ("X", 0.0)


def test_clarification_20_nothing_bought_or_all_returned() -> None:
    assert found(Firm().client("K"))["K"] == ("unknown", None)
    assert found(monthly([100] * 11 + [-1100]))["K"] == ("unknown", None)


def test_the_running_month_does_not_count() -> None:
    assert found(monthly([100] * 12).sale("K", 10**9, "2026-09-01"))["K"] == ("X", 0.0)


def test_clarification_42_a_client_outside_the_source_of_turnover() -> None:
    firm = Firm("onec", "bitrix").client("9", number=9).sale("9", 100).client("1", source="bitrix", number=1)
    (one,) = [one for one in firm.decide("2026-09-15T12:00", "stability") if one.subject == "client:bitrix:1"]
    assert (one.decision, one.flags) == ("unknown", ["no_turnover_source"])


def test_the_policy_sets_the_bounds() -> None:
    assert found(monthly([75, 125] * 6), x_percent=25)["K"][0] == "X"


def test_billions_do_not_overflow() -> None:
    assert found(monthly([9 * 10**12, 11 * 10**12] * 6))["K"][0] == "X"
