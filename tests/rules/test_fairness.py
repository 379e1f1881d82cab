"""Figures of fairness, reckoned by hand (features K5)."""

from __future__ import annotations

import polars as pl
import pytest

from connector.rules.decide import decide, moment_of
from connector.rules.fairness import Base, Fairness, fairness, gini, moves_of, withdrawn_of

from .firm import Firm, at, default_policy

AS_OF = "2026-10-01T00:00"
NONE = pl.DataFrame(schema={"client": pl.Int64, "to": pl.String})


def office() -> Firm:
    """M1 has two clients of A and two of C, M2 one of each: loads 10 and 5."""
    firm = Firm().employee("M1").employee("M2", industries=["machinery"])
    for name, abc, owner in (("1", "A", "M1"), ("2", "A", "M1"), ("3", "C", "M1"), ("4", "C", "M1")):
        firm.client(name, abc, owner=owner, industry="machinery" if name == "1" else "metallurgy")
    firm.client("5", "A", owner="M2").client("6", "C", owner="M2").client("7", "A", closed_at="2026-09-01")
    return firm.sale("1", 300_00).sale("5", 200_00)


def figures(firm: Firm, *moves: tuple[int, str], lost: tuple[int, ...] = ()) -> Fairness:
    facts = firm.facts()
    moment = moment_of(facts, [], at(AS_OF))
    moved = pl.DataFrame(list(moves), schema=NONE.schema, orient="row")
    return fairness(facts, moment, moved, pl.DataFrame({"client": lost}, schema={"client": pl.Int64}))


def test_bases_before_and_after_a_move() -> None:
    found = figures(office(), (1, "M2"))
    one, two = found.shares
    assert (one.employee, one.before, one.after, one.came, one.went) == (
        "M1",
        Base(4, 10, 300_00, {"A": 2, "B": 0, "C": 2}),
        Base(3, 6, 0, {"A": 1, "B": 0, "C": 2}),
        0,
        1,
    )
    assert (two.employee, two.before, two.after, two.came, two.went) == (
        "M2",
        Base(2, 5, 200_00, {"A": 1, "B": 0, "C": 1}),
        Base(3, 9, 500_00, {"A": 2, "B": 0, "C": 1}),
        1,
        0,
    )
    assert (found.gini_before, found.gini_after) == (pytest.approx(1 / 6), pytest.approx(1 / 10))


def test_withdrawals_beside_what_the_mix_of_classes_explains() -> None:
    """Two of the firm's three A clients are taken, both from M1: 4/3 were his share, 2/3 the other's."""
    one, two = figures(office(), lost=(1, 2)).shares
    assert (one.withdrawn, one.expected) == (2, pytest.approx(4 / 3))
    assert (two.withdrawn, two.expected) == (0, pytest.approx(2 / 3))


def test_the_industry_of_moved_clients() -> None:
    assert figures(office()).industry_match is None
    assert figures(office(), (1, "M2"), (2, "M2")).industry_match == 0.5


@pytest.mark.parametrize(
    ("loads", "expected"), [([], 0), ([0, 0], 0), ([7], 0), ([5, 5, 5], 0), ([0, 0, 0, 8], 0.75)]
)
def test_gini(loads: list[int], expected: float) -> None:
    assert gini(loads) == expected


def test_moves_and_withdrawals_are_those_of_the_decisions() -> None:
    firm = Firm().employee("M1", accepts_more=False).employee("M2").client("K", "C").client("L", "C")
    firm.calls("L", "M1", "2026-09-10T10:00")
    policies = [default_policy("withdraw", grace_days=0, warned_days=0), default_policy("reassign")]
    frame = decide(firm.facts(), policies, at(AS_OF)).frame
    assert moves_of(frame).rows() == [(1, "M2")]
    assert withdrawn_of(frame)["client"].to_list() == [1]
