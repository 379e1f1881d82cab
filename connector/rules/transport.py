"""The cheapest way to spread clients of few types over many receivers: a minimum-cost flow.

Successive shortest paths with potentials (Ahuja, Magnanti, Orlin: Network Flows, 1993, ch. 9.7), one client
at a time, in whole numbers. Two things make it fast: paths run over the types alone, of which there are few,
and a receiver's places only grow dearer, so that a heap with outdated entries finds each type's cheapest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heapreplace
from math import inf
from operator import sub
from typing import NamedTuple

Row = Sequence[int | None]
"""The price of each receiver for one type; None: not allowed."""


def cheapest(
    supply: Sequence[int], costs: Sequence[Row], places: Sequence[Sequence[int]]
) -> list[dict[int, int]]:
    """Return for each type how many of its clients each receiver gets: as many as possible, then cheapest.

    `supply[t]` clients of type t cost `costs[t][r]` each at receiver r, who has `len(places[r])` places; the
    n-th one adds `places[r][n]`, which must never fall. Of plans that move most, the sum of costs is least;
    of those, the sum of what the places add. The same input gives the same plan.
    """
    flow = _Flow(supply, costs, places)
    # The largest first: whoever comes later must move fewer of them again.
    for type_ in sorted(range(len(supply)), key=lambda type_: -supply[type_]):
        left = supply[type_]
        while left:
            left -= flow.place_plainly(type_, left)
            if left:
                flow.place(type_)
                left -= 1
    stay = len(places)
    return [{r: n for r, n in sorted(row.items()) if r != stay} for row in flow.taken]


class _Path(NamedTuple):
    """A way to place one more: the types in turn, each taking a place of the next; the last a free one."""

    types: list[int]
    receiver: int


class _Flow:
    """A plan in the making, cheapest for what was placed so far.

    A cost and what a place adds are one number: cost * scale + addition. Staying is one more receiver, dearer
    than any chain of moves can save. `_step[t][u]` is the price of putting a client of t where one of u is,
    `_where[t][u]` the receiver. `_potential` keeps every step's price from being negative, so that the search
    may stop at the first free place.
    """

    def __init__(self, supply: Sequence[int], costs: Sequence[Row], places: Sequence[Sequence[int]]) -> None:
        types, total = len(supply), sum(supply)
        scale = total * max((row[-1] for row in places if row), default=0) + 1
        dearest = max((max(filter(None, row), default=0) for row in costs), default=0)
        stay = (total + 1) * (dearest + 1) * scale
        self._costs = [[None if cost is None else cost * scale for cost in row] + [stay] for row in costs]
        self._places = places
        self._used = [0] * len(places)
        self.taken: list[dict[int, int]] = [{} for _ in range(types)]
        self._potential = [0] * types
        self._step: list[list[float]] = [[inf] * types for _ in range(types)]
        self._where = [[-1] * types for _ in range(types)]
        self._offers = [self._first_offers(row) for row in self._costs]

    def place_plainly(self, type_: int, most: int) -> int:
        """Place clients of the type while no other's place could be cheaper than a free one; return how many.

        What `place` would do, without a search for each: what others have stays as it is.
        """
        least = min(map(sub, self._step[type_], self._potential))
        for count in range(most):
            price, receiver = self._offer(type_)
            if price > least:
                return count
            self._potential[type_] = -price
            self._fill(type_, receiver)
        return most

    def place(self, type_: int) -> None:
        """Place one more client of the type, moving others where that is cheaper."""
        path = self._shortest(type_)
        for taker, giver in zip(path.types, path.types[1:], strict=False):
            at = self._where[taker][giver]
            self._give(taker, at)
            self._take_away(giver, at)
        self._fill(path.types[-1], path.receiver)

    def _fill(self, type_: int, receiver: int) -> None:
        """Give the type a free place of the receiver."""
        self._give(type_, receiver)
        if receiver < len(self._places):
            self._used[receiver] += 1

    def _first_offers(self, costs: Row) -> list[tuple[int, int]]:
        firsts = [row[0] if row else None for row in self._places] + [0]
        both = enumerate(zip(costs, firsts, strict=True))
        offers = [(cost + add, r) for r, (cost, add) in both if cost is not None and add is not None]
        heapify(offers)
        return offers

    def _offer(self, type_: int) -> tuple[int, int]:
        """Return the price and the receiver of the type's cheapest free place, mending outdated entries."""
        offers, costs = self._offers[type_], self._costs[type_]
        while True:
            price, receiver = offers[0]
            cost = costs[receiver]
            now = inf if cost is None else cost + self._next(receiver)
            if now == price:
                return offers[0]
            heapreplace(offers, (now, receiver))  # type: ignore[misc]  # inf sinks for good

    def _next(self, receiver: int) -> float:
        """Return what the receiver's next place adds."""
        if receiver == len(self._places):
            return 0
        places, used = self._places[receiver], self._used[receiver]
        return places[used] if used < len(places) else inf

    def _shortest(self, source: int) -> _Path:
        """Return the cheapest way to place one more, and move the potentials along (Dijkstra)."""
        potential = self._potential
        distance: dict[int, float] = {source: 0}
        nearest: dict[int, float] = {source: 0}
        before: dict[int, int] = {}
        settled: dict[int, float] = {}
        total, last, receiver = inf, source, -1
        while distance:
            here = min(distance, key=distance.__getitem__)
            reached = distance.pop(here)
            if reached >= total:
                break
            settled[here] = reached
            price, offered = self._offer(here)
            base = reached + potential[here]
            if base + price < total:
                total, last, receiver = base + price, here, offered
            if total <= reached:
                break
            # Nearly always nobody is near; telling so must be quick, for this is asked for every client.
            gaps, limit = list(map(sub, self._step[here], potential)), total - base
            if min(gaps) >= limit:
                continue
            for other in [other for other, gap in enumerate(gaps) if gap < limit]:
                # No way leads back to a type that was settled: no step's true price is negative
                if base + gaps[other] < nearest.get(other, total):
                    far = base + self._price_of_step(here, other) - potential[other]
                    if far < nearest.get(other, total):
                        distance[other] = nearest[other] = far
                        before[other] = here
        for type_, reached in settled.items():
            potential[type_] += int(min(reached, total) - total)
        types = [last]
        while types[-1] != source:
            types.append(before[types[-1]])
        return _Path(types[::-1], receiver)

    def _give(self, type_: int, receiver: int) -> None:
        taken = self.taken[type_]
        taken[receiver] = taken.get(receiver, 0) + 1
        if taken[receiver] == 1:
            self._open(type_, receiver)

    def _take_away(self, type_: int, receiver: int) -> None:
        taken = self.taken[type_]
        taken[receiver] -= 1
        if not taken[receiver]:
            del taken[receiver]

    def _price_of_step(self, taker: int, giver: int) -> float:
        """Return the price of taking one of the giver's places; mends an entry whose place is gone."""
        taken, costs, mine = self.taken[giver], self._costs[taker], self._costs[giver]
        if self._where[taker][giver] not in taken:
            best, at = inf, -1
            for receiver in taken:
                cost, own = costs[receiver], mine[receiver]
                if cost is not None and own is not None and cost - own < best:
                    best, at = cost - own, receiver
            self._step[taker][giver], self._where[taker][giver] = best, at
        return self._step[taker][giver]

    def _open(self, type_: int, receiver: int) -> None:
        """Let every type take the place that the type now has at the receiver, where that is cheapest."""
        own = self._costs[type_][receiver]
        assert own is not None
        for row, where, costs in zip(self._step, self._where, self._costs, strict=True):
            cost = costs[receiver]
            if cost is not None and cost - own < row[type_]:
                row[type_], where[type_] = cost - own, receiver
        # A step to itself would look near for ever, and lead nowhere
        self._step[type_][type_] = inf
