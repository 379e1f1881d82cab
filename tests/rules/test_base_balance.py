"""How evenly the work lies (features A3, clarification 29)."""

from __future__ import annotations

from typing import Any

import pytest

from .firm import Firm, default_policy


def answers(firm: Firm, **params: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    found = firm.decide("2026-09-15T12:00", default_policy("base_balance", **params))
    assert {one.period for one in found} <= {"2026-09"}
    return {one.subject: (one.decision, dict(one.numbers)) for one in found}


def based(**counts: int) -> Firm:
    """Give each manager so many clients of class C; one contact a day, so 22 in September 2026."""
    firm = Firm()
    for name, count in counts.items():
        firm.employee(name, capacity=1)
        for number in range(count):
            firm.client(f"{name}-{number}", "C", owner=name)
    return firm


def test_sc29_uneven_bases() -> None:
    """100 clients by 10: ratio 10.0 > 3."""
    found = answers(based(M1=100, M2=10))
    assert found["company"][0] == "imbalanced"
    assert found["company"][1] == {
        "clients": 110, "load": 110, "utilisation": None, "ratio": 10.0, "gini": pytest.approx(45 / 110),
    }  # fmt: skip
    assert found["employee:M1"] == (
        "overloaded",
        {"clients": 100, "load": 100, "utilisation": pytest.approx(100 / 22), "ratio": None, "gini": None},
    )  # fmt: skip
    assert found["employee:M2"][0] == "underloaded"


@pytest.mark.parametrize(
    ("clients", "answer"), [(10, "underloaded"), (11, "balanced"), (22, "balanced"), (23, "overloaded")]
)
def test_clarification_29_bounds_of_utilisation(clients: int, answer: str) -> None:
    assert answers(based(M1=clients))["employee:M1"][0] == answer


def test_clarification_29_three_times_is_even_enough() -> None:
    assert answers(based(M1=12, M2=4))["company"][0] == "balanced"
    assert answers(based(M1=13, M2=4))["company"][0] == "imbalanced"


def test_equal_loads_have_no_gini() -> None:
    assert answers(based(M1=5, M2=5, M3=5))["company"][1]["gini"] == 0.0


def test_load_is_contacts_owed_a_month() -> None:
    firm = Firm().employee("M1").client("A", "A").client("B", "B").client("C", "C")
    assert answers(firm)["employee:M1"][1]["load"] == 7
    assert answers(firm)["employee:M1"][1]["utilisation"] == pytest.approx(7 / 220)


def test_only_employed_owners_of_open_clients() -> None:
    firm = Firm().employee("M1").employee("GONE", active_to="2026-09-14").employee("IDLE")
    firm.client("K", "C").client("L", "C", owner="GONE").client("N", "C", owner=None)
    firm.client("O", "C", closed_at="2026-09-01T10:00").client("P", "C", owner="GHOST")
    assert set(answers(firm)) == {"employee:M1", "employee:GHOST", "company"}


def test_a_firm_without_owners_says_nothing() -> None:
    assert answers(Firm().client("K", owner=None)) == {}
