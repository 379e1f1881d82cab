"""Says which client goes to which receiver: grouped, at least cost, nobody to whom it may not go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from connector.rules.transport import cheapest

Kind = tuple[str, ...]
"""What of a client its cost depends on."""

Group = tuple[Kind, frozenset[str]]
"""A kind and the receivers to whom its clients may not go; a group's clients are alike (clarification 27)."""


@dataclass(frozen=True)
class Mover:
    """A client that needs a new owner."""

    id: str
    kind: Kind
    forbidden: frozenset[str] = frozenset()


@dataclass
class Seat:
    """A receiver in the run: `load` in contacts a month, of at most `capacity`; takes `most` clients more."""

    id: str
    load: int
    capacity: int
    most: int
    received: list[str] = field(default_factory=list)

    def room(self, weight: int) -> int:
        """Return how many clients of the weight still fit."""
        free = self.capacity - self.load
        fit = max(0, free // weight) if weight else self.most
        return min(fit, self.most)

    def take(self, client: str, weight: int) -> None:
        """Take a client."""
        self.load += weight
        self.most -= 1
        self.received.append(client)


@dataclass(frozen=True)
class Stage:
    """The clients of one class: all weigh the same, so that whole clients are exchanged for whole clients."""

    movers: Sequence[Mover]
    weight: int
    costs: Mapping[Kind, Mapping[str, int]]
    """The cost of each kind at each receiver."""


@dataclass(frozen=True)
class Deal:
    """Who gets which client, client -> receiver; and the groups that were reckoned as kinds of their own."""

    receivers: dict[str, str]
    apart: frozenset[Group]


def deal(stage: Stage, seats: Sequence[Seat]) -> Deal:
    """Deal the stage's clients out; the seats take what they get.

    Most clients moved, then least cost, then least sum of squared loads (clarification 27). What a client may
    not get is first left out of the reckoning: a plan that can be dealt out all the same is the best there
    is. A group that cannot is reckoned as a kind of its own from then on, and all is done again.
    """
    open_seats = sorted((seat for seat in seats if seat.room(stage.weight)), key=lambda seat: seat.id)
    groups = _groups(stage.movers)
    apart: set[Group] = set()
    while True:
        quotas = _quotas(stage, groups, apart, open_seats)
        dealt, stuck = _dealt(groups, quotas, apart, open_seats, stage.weight)
        if not stuck:
            break
        apart |= stuck
    by_id = {seat.id: seat for seat in open_seats}
    for client, receiver in dealt.items():
        by_id[receiver].take(client, stage.weight)
    return Deal(dealt, frozenset(apart))


def _groups(movers: Iterable[Mover]) -> dict[Group, list[str]]:
    """Return the clients of each group by id; groups in the order of their first client."""
    groups: dict[Group, list[str]] = {}
    for mover in sorted(movers, key=lambda mover: mover.id):
        groups.setdefault((mover.kind, mover.forbidden), []).append(mover.id)
    return groups


def _type(group: Group, apart: set[Group]) -> Group:
    """Return what the group is reckoned with: its kind, or itself where it was set apart."""
    return group if group in apart else (group[0], frozenset())


def _quotas(
    stage: Stage, groups: Mapping[Group, list[str]], apart: set[Group], seats: Sequence[Seat]
) -> dict[Group, dict[str, int]]:
    """Return how many clients of each type every receiver gets."""
    supply: dict[Group, int] = {}
    for group, clients in groups.items():
        type_ = _type(group, apart)
        supply[type_] = supply.get(type_, 0) + len(clients)
    costs = [
        [None if seat.id in forbidden else stage.costs[kind][seat.id] for seat in seats]
        for kind, forbidden in supply
    ]
    places = [_additions(seat, stage.weight, len(stage.movers)) for seat in seats]
    plan = cheapest(list(supply.values()), costs, places)
    return {
        type_: {seats[number].id: count for number, count in row.items()}
        for type_, row in zip(supply, plan, strict=True)
    }


def _additions(seat: Seat, weight: int, most: int) -> list[int]:
    """Return what each further client adds to the square of the receiver's load."""
    loads = (seat.load + weight * number for number in range(min(seat.room(weight), most)))
    return [weight * (2 * load + weight) for load in loads]


def _dealt(
    groups: Mapping[Group, list[str]],
    quotas: Mapping[Group, Mapping[str, int]],
    apart: set[Group],
    seats: Sequence[Seat],
    weight: int,
) -> tuple[dict[str, str], set[Group]]:
    """Deal each group's clients in order of id to its receivers by (load so far, id).

    Returns the deal and the groups of which a client was left with only receivers that it may not go to.
    """
    loads = {seat.id: seat.load for seat in seats}
    dealt: dict[str, str] = {}
    stuck: set[Group] = set()
    types: dict[Group, list[Group]] = {}
    for group in groups:
        types.setdefault(_type(group, apart), []).append(group)
    for type_, members in types.items():
        hand = _Hand(quotas[type_], loads, weight)
        passed = set()
        # Those with most to avoid choose first; where places are short, whoever comes last stays.
        for group in sorted(members, key=lambda group: (-hand.avoided(group[1]), groups[group][0])):
            for client in groups[group]:
                receiver = hand.next(group[1])
                if receiver is None:
                    passed.add(group)
                else:
                    dealt[client] = receiver
        if hand.left:
            stuck |= passed
    return dealt, stuck


class _Hand:
    """What one type's receivers may still get; the least loaded comes next. `loads` grows with the deal."""

    def __init__(self, quota: Mapping[str, int], loads: dict[str, int], weight: int) -> None:
        self._quota = dict(quota)
        self._loads = loads
        self._weight = weight
        self._queue = [(loads[receiver], receiver) for receiver in quota]
        self.left = sum(quota.values())
        heapify(self._queue)

    def avoided(self, forbidden: frozenset[str]) -> int:
        """Count the places that those must avoid to whom these receivers are forbidden."""
        return sum(self._quota.get(receiver, 0) for receiver in forbidden)

    def next(self, forbidden: frozenset[str]) -> str | None:
        """Return who gets the next client: the least loaded, then by id; None if all are forbidden."""
        aside = []
        while self._queue and self._queue[0][1] in forbidden:
            aside.append(heappop(self._queue))
        found = heappop(self._queue)[1] if self._queue else None
        for entry in aside:
            heappush(self._queue, entry)
        if found is not None:
            self._take(found)
        return found

    def _take(self, receiver: str) -> None:
        self._loads[receiver] += self._weight
        self._quota[receiver] -= 1
        self.left -= 1
        if self._quota[receiver]:
            heappush(self._queue, (self._loads[receiver], receiver))
