"""How the clients fall to the sellers: one has a hundred where another has ten, and some have nobody."""

from __future__ import annotations

from dataclasses import dataclass

from connector.sandbox.company.places import SHARES

CLIENTS_PER_SELLER = 40
FEWEST_SELLERS = 4

RUN = 8
"""Sellers from the fullest base to the emptiest, which is a tenth of it; then the next run begins."""


@dataclass(frozen=True)
class Bases:
    """How many clients each seller has (fullest first, run by run), a dismissed one still has, nobody has."""

    sizes: list[int]
    orphans: int
    ownerless: int


def bases(clients: int) -> Bases:
    """Split the clients; the three parts add up to their number."""
    orphans = min(clients // 10, max(3, clients // 100))
    ownerless = min(clients // 20, max(2, clients // 100))
    weights = curve(max(FEWEST_SELLERS, round(clients / CLIENTS_PER_SELLER)))
    return Bases(split(clients - orphans - ownerless, weights), orphans, ownerless)


def curve(sellers: int) -> list[float]:
    """Return each seller's weight: from 10 falling to 1 over a run."""
    steps = min(RUN, sellers) - 1
    return [10 ** (1 - number % RUN / steps) for number in range(sellers)]


def is_last_of_run(number: int, sellers: int) -> bool:
    """Tell whether the seller's base is the emptiest of a run."""
    return number % RUN == min(RUN, sellers) - 1


def split(clients: int, weights: list[float]) -> list[int]:
    """Split a number of clients by weight; what rounding leaves goes one each to the first."""
    total = sum(weights)
    sizes = [int(clients * weight / total) for weight in weights]
    left = clients - sum(sizes)
    return [size + (number < left) for number, size in enumerate(sizes)]


def directions(weights: list[float]) -> list[str]:
    """Give every seller a direction, so that each direction's bases come near its share of the clients."""
    wanted = {direction: share * sum(weights) for direction, share in SHARES.items()}
    dealt = []
    for weight in weights:
        direction = max(wanted, key=lambda name: wanted[name])
        wanted[direction] -= weight
        dealt.append(direction)
    return dealt
