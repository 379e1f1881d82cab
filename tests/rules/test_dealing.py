"""Who gets which client: the best there is, by trying everything; limits kept; clarification 27's dealing."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.rules.dealing import Mover, Seat, Stage, deal

FEW = settings(max_examples=150, deadline=None)


def stage(costs: dict[str, dict[str, int]], weight: int = 1, **forbidden: set[str]) -> Stage:
    """Return a stage in which every client is of a kind of its own."""
    movers = [Mover(client, (client,), frozenset(forbidden.get(client, set()))) for client in costs]
    return Stage(movers, weight, {(client,): row for client, row in costs.items()})


def test_sc20_optimal_beats_greedy() -> None:
    costs = {
        "P1": {"M1": 10, "M2": 12, "M3": 90},
        "P2": {"M1": 11, "M2": 60, "M3": 70},
        "P3": {"M1": 13, "M2": 65, "M3": 20},
    }
    seats = [Seat(name, 0, 1, 10) for name in ("M1", "M2", "M3")]
    dealt = deal(stage(costs), seats).receivers
    assert dealt == {"P1": "M2", "P2": "M1", "P3": "M3"}
    assert sum(costs[client][receiver] for client, receiver in dealt.items()) == 43


def test_sc21_equals_go_round() -> None:
    movers = [Mover(f"P{number}", ("C",)) for number in range(1, 5)]
    seats = [Seat("M2", 10, 100, 10), Seat("M1", 10, 100, 10)]
    dealt = deal(Stage(movers, 1, {("C",): {"M1": 10, "M2": 10}}), seats).receivers
    assert dealt == {"P1": "M1", "P2": "M2", "P3": "M1", "P4": "M2"}
    assert {seat.id: (seat.load, seat.most, seat.received) for seat in seats} == {
        "M1": (12, 8, ["P1", "P3"]),
        "M2": (12, 8, ["P2", "P4"]),
    }


def test_nobody_gets_back_what_was_his_even_if_all_else_is_full() -> None:
    """Both are of one kind and the cheap seat is forbidden to the first of them."""
    movers = [Mover("P1", ("C",), frozenset({"M1"})), Mover("P2", ("C",), frozenset({"M1"}))]
    seats = [Seat("M1", 0, 10, 10), Seat("M2", 0, 1, 10)]
    dealt = deal(Stage(movers, 1, {("C",): {"M1": 1, "M2": 50}}), seats).receivers
    assert dealt == {"P1": "M2"}


def test_a_client_heavier_than_the_room_stays() -> None:
    seats = [Seat("M6", 219, 220, 10)]
    assert deal(stage({"K5": {"M6": 100}}, weight=2), seats).receivers == {}
    assert deal(stage({"K7": {"M6": 100}}, weight=1), seats).receivers == {"K7": "M6"}


def test_no_more_than_the_quota_of_the_run() -> None:
    seats = [Seat("M1", 0, 100, 2)]
    assert sorted(deal(stage({f"P{n}": {"M1": 1} for n in range(3)}), seats).receivers) == ["P0", "P1"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Mover], int, dict[tuple[str, ...], dict[str, int]], list[Seat]]:
    names = [f"M{number}" for number in range(draw(st.integers(1, 3)))]
    cost = st.integers(0, 6)
    kinds = [("x",), ("y",)]
    costs = {kind: {name: draw(cost) for name in names} for kind in kinds}
    movers = [
        Mover(
            f"P{number}",
            draw(st.sampled_from(kinds)),
            draw(st.frozensets(st.sampled_from(names), max_size=2)),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    seats = [
        Seat(name, draw(st.integers(0, 4)), draw(st.integers(0, 9)), draw(st.integers(0, 3)))
        for name in names
    ]
    return movers, draw(st.integers(1, 3)), costs, seats


@FEW
@given(cases())
def test_the_best_of_all_plans(
    case: tuple[list[Mover], int, dict[tuple[str, ...], dict[str, int]], list[Seat]],
) -> None:
    movers, weight, costs, seats = case
    loads = {seat.id: seat.load for seat in seats}
    fits = {seat.id: (seat.capacity, seat.most) for seat in seats}

    def worth(plan: dict[str, str]) -> tuple[int, int, int] | None:
        """Return what is least in the best plan; None for a plan that breaks a limit."""
        after = dict(loads)
        for mover in movers:
            receiver = plan.get(mover.id)
            if receiver is None:
                continue
            after[receiver] += weight
            got = (after[receiver] - loads[receiver]) // weight
            if receiver in mover.forbidden or after[receiver] > fits[receiver][0] or got > fits[receiver][1]:
                return None
        cost = sum(costs[mover.kind][plan[mover.id]] for mover in movers if mover.id in plan)
        return -len(plan), cost, sum(load * load for load in after.values())

    choices = product([None, *loads], repeat=len(movers))
    plans = ({m.id: r for m, r in zip(movers, choice, strict=True) if r is not None} for choice in choices)
    best = min(found for plan in plans if (found := worth(plan)) is not None)
    assert worth(deal(Stage(movers, weight, costs), seats).receivers) == best
    assert {seat.id: seat.load for seat in seats} == {
        name: loads[name] + weight * len(next(seat for seat in seats if seat.id == name).received)
        for name in loads
    }
