"""Chooses receivers class by class and says of each choice why it is this one and what else there was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connector.rules.dealing import Kind, Mover, Seat, Stage, deal

CHEAPEST = "the cheapest receiver"
NO_RECEIVER = "nobody may receive the client"
NO_ROOM = "nobody who may receive the client has room"
MAX_IN = "those who have room get no more clients in this run"
MOST_ALTERNATIVES = 2

Costs = Mapping[Kind, Mapping[str, int]]


@dataclass(frozen=True)
class Choice:
    """What was chosen for a client: the receiver, or nobody; the next best ones with their costs; and why."""

    decision: str
    reason: str
    to: str | None = None
    cost: int | None = None
    alternatives: tuple[tuple[str, int], ...] = ()


def choose(
    classes: Iterable[tuple[int, Sequence[Mover]]], costs: Costs, seats: Sequence[Seat]
) -> dict[str, Choice]:
    """Return the choice for each client, by id; `classes` are (weight, clients), the first choose first.

    The seats take what they get. `costs` has every kind and every seat.
    """
    chosen: dict[str, Choice] = {}
    left: list[tuple[int, Mover]] = []
    for weight, movers in classes:
        stage = Stage(movers, weight, costs)
        before = [seat.id for seat in seats if seat.room(weight)]
        dealt = deal(stage, seats).receivers
        reasons = _Reasons(stage, dealt, before)
        chosen |= {mover.id: reasons.of(mover) for mover in movers if mover.id in dealt}
        left += [(weight, mover) for mover in movers if mover.id not in dealt]
    return chosen | {mover.id: _left_over(mover, weight, seats) for weight, mover in left}


def _left_over(mover: Mover, weight: int, seats: Sequence[Seat]) -> Choice:
    allowed = [seat for seat in seats if seat.id not in mover.forbidden]
    if not allowed:
        return Choice("no_receiver", NO_RECEIVER)
    if any(not seat.most and seat.load + weight <= seat.capacity for seat in allowed):
        return Choice("deferred", MAX_IN)
    return Choice("no_receiver", NO_ROOM)


class _Reasons:
    """Why each client of a stage goes where it goes."""

    def __init__(self, stage: Stage, dealt: Mapping[str, str], open_seats: Sequence[str]) -> None:
        self._stage = stage
        self._dealt = dealt
        # By cost, then by name: sorting by a key leaves those of one cost in the order of names
        names, kinds = sorted(open_seats), {mover.kind for mover in stage.movers}
        self._ranked = {kind: sorted(names, key=stage.costs[kind].__getitem__) for kind in kinds}
        # Of clients that are alike to all others' eyes one stands for all.
        self._holders: dict[str, dict[tuple[Kind, frozenset[str]], Mover]] = {}
        for mover in sorted(stage.movers, key=lambda mover: mover.id, reverse=True):
            if mover.id in dealt:
                self._holders.setdefault(dealt[mover.id], {})[mover.kind, mover.forbidden] = mover

    def of(self, mover: Mover) -> Choice:
        """Return the client's choice with the next best receivers."""
        to = self._dealt[mover.id]
        costs = self._stage.costs[mover.kind]
        cost, others = costs[to], []
        for name in self._ranked[mover.kind]:
            if name != to and name not in mover.forbidden:
                others.append((name, costs[name]))
            if len(others) == MOST_ALTERNATIVES:
                break
        reason = CHEAPEST
        if others and others[0][1] < cost:
            reason = self._displaced(mover, to, others[0][0], cost - others[0][1])
        return Choice("reassign", reason, to, cost, tuple(others))

    def _displaced(self, mover: Mover, to: str, cheaper: str, saved: int) -> str:
        """Say who gains more by the cheaper receiver's place: whoever would lose least without it."""
        gains = [
            (self._stage.costs[holder.kind][to] - self._stage.costs[holder.kind][cheaper], holder.id)
            for holder in self._holders.get(cheaper, {}).values()
            if to not in holder.forbidden
        ]
        if not gains:
            return f"{cheaper} is cheaper by {saved}, but has no place left"
        gain, other = min(gains)
        return f"{cheaper} is cheaper by {saved}, but {other} gains {gain} by taking its place"
