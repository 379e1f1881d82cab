"""The people of the firm: a director, heads of directions, sellers, a key seller, and their helpers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import cycle
from random import Random

from connector.sandbox.company.bases import Bases, curve, directions, is_last_of_run
from connector.sandbox.company.days import HISTORY, Days
from connector.sandbox.company.hiring import Employee, Hiring
from connector.sandbox.company.places import DIRECTIONS
from connector.sandbox.company.requisites import Phones

SELLERS_PER_HEAD = 12
SELLERS_PER_TELESALES = 4
SELLERS_PER_ASSISTANT = 6

YEAR = 365
VETERAN = (HISTORY.days + 60, 9 * YEAR)
SETTLED = (2 * YEAR + 60, 7 * YEAR)
MIDDLING = (YEAR, 1200)
NEWCOMER = (45, 270)
"""How many days ago somebody was hired: between the two."""


@dataclass(frozen=True)
class Staff:
    """Everybody, and the groups the rest of the firm is made with."""

    everybody: list[Employee]
    sellers: list[Employee]
    """Who sells today, in the order of `Bases.sizes`."""
    dismissed: Employee
    key_seller: Employee
    veterans: list[Employee]
    """Sellers hired before the oldest client was created, the dismissed one among them."""
    helpers: list[Employee]
    """Telesales and assistants, all here for more than two years."""


def hire_staff(rng: Random, days: Days, phones: Phones, split: Bases) -> Staff:
    """Hire everybody the bases need; the sellers come in the order of the bases."""
    hiring = Hiring(rng, days, phones)
    director = hiring.hire("director", "Дирекция", VETERAN)
    sellers, dismissed = hire_sellers(rng, hiring, director, len(split.sizes))
    return Staff(
        everybody=hiring.hired,
        sellers=sellers,
        dismissed=dismissed,
        key_seller=hiring.hire("kam", "Отдел ключевых клиентов", VETERAN, head=director),
        veterans=[one for one in [*sellers, dismissed] if one.since <= days.as_of - HISTORY],
        helpers=hire_helpers(hiring, director, len(sellers)),
    )


def hire_sellers(
    rng: Random, hiring: Hiring, director: Employee, count: int
) -> tuple[list[Employee], Employee]:
    """Hire the sellers with the heads of their departments, and one who has left since."""
    dealt = directions(curve(count))
    heads = {
        direction: hire_heads(hiring, director, direction, dealt.count(direction)) for direction in DIRECTIONS
    }
    turns = {direction: cycle(heads[direction]) for direction in DIRECTIONS}

    def seller(direction: str, hired_ago: tuple[int, int], left_ago: int | None = None) -> Employee:
        """Hire one into the department whose turn it is."""
        head = next(turns[direction])
        return hiring.hire(
            "seller", head.row["department"], hired_ago, head=head, direction=direction, left_ago=left_ago
        )

    sellers = [seller(direction, tenure(number, count)) for number, direction in enumerate(dealt)]
    return sellers, seller(dealt[0], VETERAN, left_ago=rng.randrange(60, 150))


def tenure(number: int, sellers: int) -> tuple[int, int]:
    """Return when the seller was hired: the emptiest bases are newcomers', the fullest is a veteran's."""
    if is_last_of_run(number, sellers):
        return NEWCOMER
    return MIDDLING if number % 3 == 1 else VETERAN


def hire_heads(hiring: Hiring, director: Employee, direction: str, sellers: int) -> list[Employee]:
    """Hire a head for every dozen sellers of the direction, at least one; each has a department."""
    groups = max(1, math.ceil(sellers / SELLERS_PER_HEAD))
    suffixes = [f", группа {number}" for number in range(1, groups + 1)] if groups > 1 else [""]
    return [
        hiring.hire("head", f"Отдел продаж: {direction}{suffix}", VETERAN, head=director, direction=direction)
        for suffix in suffixes
    ]


def hire_helpers(hiring: Hiring, director: Employee, sellers: int) -> list[Employee]:
    """Hire telesales and assistants in proportion to the sellers."""
    callers = max(2, sellers // SELLERS_PER_TELESALES)
    assistants = max(1, sellers // SELLERS_PER_ASSISTANT)
    roles = [("telesales", "Отдел телемаркетинга")] * callers + [
        ("assistant", "Группа ассистентов")
    ] * assistants
    return [hiring.hire(role, department, SETTLED, head=director) for role, department in roles]
