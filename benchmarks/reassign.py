"""Gives 50,000 clients to 2,000 managers and proves that no cheaper way exists; prints times and ratios.

Run: python benchmarks/reassign.py [--clients N] [--managers N] [--seed S]

The proof does not use the solver: it looks for a rent of each manager's places under which no client would
rather be elsewhere, and compares the plan's cost with the dual bound that these rents give. The bound holds
for any rents (weak duality of linear programming), so that equality means that no plan is cheaper. Forbidden
receivers that the bound leaves out could only make the true optimum dearer.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from connector.rules.choosing import choose
from connector.rules.dealing import Deal, Group, Kind, Mover, Seat, Stage, deal

INDUSTRIES, REGIONS = 12, 10
WEIGHTS = {"A": 4, "B": 2, "C": 1}
SHARES = {"A": 0.2, "B": 0.3, "C": 0.5}
AIM_SECONDS = 5.0


def company(
    clients: int, managers: int, chance: random.Random
) -> tuple[dict[str, list[Mover]], list[Seat], dict[Kind, dict[str, int]]]:
    """Make up clients by class, managers with loads, and what each manager costs for each kind of client."""
    seats, skills = [], {}
    for number in range(managers):
        name = f"M{number:04}"
        seats.append(Seat(name, chance.randrange(60, 200), 220, 40))
        skills[name] = (
            {chance.randrange(INDUSTRIES) for _ in range(2)},
            {chance.randrange(REGIONS) for _ in range(2)},
        )
    kinds = [
        (f"{industry:02}", f"{region:02}") for industry in range(INDUSTRIES) for region in range(REGIONS)
    ]
    costs = {kind: {seat.id: cost(kind, skills[seat.id], seat) for seat in seats} for kind in kinds}
    names = [seat.id for seat in seats]
    classes: dict[str, list[Mover]] = {abc: [] for abc in WEIGHTS}
    for number in range(clients):
        abc = chance.choices(list(SHARES), list(SHARES.values()))[0]
        # Some industries are much larger than others; each client may not return to two managers.
        industry = min(int(chance.expovariate(0.3)), INDUSTRIES - 1)
        kind = (f"{industry:02}", f"{chance.randrange(REGIONS):02}")
        classes[abc].append(Mover(f"K{number:06}", kind, frozenset(chance.sample(names, 2))))
    return classes, seats, costs


def cost(kind: Kind, skills: tuple[set[int], set[int]], seat: Seat) -> int:
    """Return 100 for a strange industry, 50 for a strange region, and the load in percent, half up."""
    industry, region = map(int, kind)
    load = (200 * seat.load + seat.capacity) // (2 * seat.capacity)
    return 100 * (industry not in skills[0]) + 50 * (region not in skills[1]) + load


def combined(stage: Stage, seats: Sequence[Seat]) -> tuple[int, int]:
    """Return what a cost is multiplied by and what staying costs, to make one number of all that counts."""
    rooms = [(seat.load, seat.room(stage.weight)) for seat in seats]
    dearest = max(
        (stage.weight * (2 * (load + stage.weight * room) + stage.weight) for load, room in rooms), default=0
    )
    scale = len(stage.movers) * dearest + 1
    highest = max(max(row.values()) for row in stage.costs.values())
    return scale, (len(stage.movers) + 1) * (highest + 1) * scale


def places(seat: Seat, weight: int, scale_free: int) -> list[int]:
    """Return what each further client adds to the square of the load; no more than there are clients."""
    count = min(seat.room(weight), scale_free)
    return [(seat.load + weight * (n + 1)) ** 2 - (seat.load + weight * n) ** 2 for n in range(count)]


def prove(stage: Stage, seats: Sequence[Seat], deal_: Deal) -> tuple[int, int]:
    """Return the plan's cost and a lower bound of any plan's; the seats are as they were before the deal."""
    scale, stay = combined(stage, seats)
    dealt = deal_.receivers
    type_of = {mover.id: typed(mover, deal_) for mover in stage.movers}
    used = Counter(dealt.values())
    prices = {seat.id: places(seat, stage.weight, len(stage.movers)) for seat in seats}
    paid = sum(stage.costs[type_of[client][0]][receiver] * scale for client, receiver in dealt.items())
    paid += sum(sum(prices[name][:count]) for name, count in used.items())
    paid += stay * (len(stage.movers) - len(dealt))
    takers: dict[Group, set[str]] = {}
    for client, receiver in dealt.items():
        takers.setdefault(type_of[client], set()).add(receiver)
    rent = {name: row[used[name]] if used[name] < len(row) else stay for name, row in prices.items()}
    rows = {
        type_: {
            name: stage.costs[type_[0]][name] * scale
            for name, row in prices.items()
            if row and name not in type_[1]
        }
        for type_ in set(type_of.values())
    }
    return paid, dual_bound(Counter(type_of.values()), rows, takers, prices, rent, stay)


def typed(mover: Mover, deal_: Deal) -> Group:
    """Return the mover's group where the deal set it apart, else its kind, to which nobody is forbidden."""
    group = (mover.kind, mover.forbidden)
    return group if group in deal_.apart else (mover.kind, frozenset())


def dual_bound(
    supply: Mapping[Group, int],
    rows: Mapping[Group, Mapping[str, int]],
    takers: Mapping[Group, set[str]],
    prices: Mapping[str, list[int]],
    rent: dict[str, int],
    stay: int,
) -> int:
    """Return a lower bound, which holds for whatever rents; they are lowered until they fit the plan.

    For any rents r >= 0: cost >= sum over types of clients * min(cost + rent) - sum of max(0, rent - place).
    """
    least: dict[Group, int] = {}
    changed = True
    while changed:
        changed = False
        for type_, row in rows.items():
            least[type_] = min(min((cost + rent[name] for name, cost in row.items()), default=stay), stay)
            for name in takers.get(type_, ()):
                wanted = max(0, least[type_] - row[name])
                if wanted < rent[name]:
                    rent[name], changed = wanted, True
    gained = sum(count * least[type_] for type_, count in supply.items())
    return gained - sum(max(0, rent[name] - place) for name, row in prices.items() for place in row)


def greedy(stage: Stage, seats: Sequence[Seat]) -> tuple[int, int]:
    """Return how many clients move and at what cost where each in turn takes its cheapest receiver."""
    rooms = {seat.id: seat.room(stage.weight) for seat in seats}
    ranked = {kind: sorted((cost, name) for name, cost in row.items()) for kind, row in stage.costs.items()}
    moved = total = 0
    for mover in stage.movers:
        fits = (
            (cost, name) for cost, name in ranked[mover.kind] if rooms[name] and name not in mover.forbidden
        )
        if found := next(fits, None):
            moved, total = moved + 1, total + found[0]
            rooms[found[1]] -= 1
    return moved, total


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, usual in (("clients", 50_000), ("managers", 2_000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    classes, seats, costs = company(asked.clients, asked.managers, random.Random(asked.seed))
    ordered = [(WEIGHTS[abc], movers) for abc, movers in classes.items()]
    begun, busy = time.monotonic(), time.process_time()
    chosen = choose(ordered, costs, copy.deepcopy(seats))
    wall, cpu = time.monotonic() - begun, time.process_time() - busy
    moved = sum(choice.decision == "reassign" for choice in chosen.values())
    print(f"{asked.clients} clients, {asked.managers} managers: {moved} moved, each with its reason")
    print(
        f"wall {wall:.2f} s, CPU {cpu:.2f} s, CPU by the aim of {AIM_SECONDS:.0f} s: {cpu / AIM_SECONDS:.2f}"
    )
    for abc, (weight, movers) in zip(classes, ordered, strict=True):
        stage = Stage(movers, weight, costs)
        before = copy.deepcopy(seats)
        rivals, rival_cost = greedy(stage, before)
        done = deal(stage, seats)
        dealt = done.receivers
        paid, bound = prove(stage, before, done)
        kind_of = {mover.id: mover.kind for mover in movers}
        total = sum(costs[kind_of[client]][name] for client, name in dealt.items())
        same = all(chosen[client].to == name for client, name in dealt.items())
        forbidden = sum(dealt.get(mover.id) in mover.forbidden for mover in movers)
        print(
            f"class {abc}: {len(dealt)} of {len(movers)} moved, cost {total}, plan by dual bound "
            f"{paid / bound:.6f} ({'optimal' if paid == bound else 'NOT PROVEN'}), greedy by ours: moved "
            f"{rivals / max(1, len(dealt)):.3f}, cost {rival_cost / max(1, total):.3f}; "
            f"sent back {forbidden}, same as timed {same}"
        )


if __name__ == "__main__":
    main()
