"""The turnover: what the clients bought in the last two years, by their size."""

from __future__ import annotations

from datetime import date
from random import Random

from connector.sandbox.company.clients import Client
from connector.sandbox.company.days import TWO_YEARS, Days
from connector.sandbox.company.draws import roubles
from connector.sandbox.company.tables import Row

CHEQUE = 20_000.0
"""Roubles that one unit of a client's size buys for."""


def make_sales(rng: Random, days: Days, clients: list[Client]) -> list[Row]:
    """Return the sales by date, ids S1, S2, ...; one client in eight bought nothing."""
    found = [
        (sale_day(rng, days, client), client)
        for client in clients
        if rng.random() < 0.88
        for _ in range(how_many(rng, days, client))
    ]
    found.sort(key=lambda pair: pair[0])
    return [sale(rng, number, *pair) for number, pair in enumerate(found, 1)]


def how_many(rng: Random, days: Days, client: Client) -> int:
    """Draw the number of sales: more to the large, fewer to those who came late."""
    share = (client.end - max(client.start, days.as_of - TWO_YEARS)) / TWO_YEARS
    return 1 + int(share * min(24.0, (2 + client.size**0.5 * 3) * 2 * rng.random()))


def sale_day(rng: Random, days: Days, client: Client) -> date:
    """Draw the day of a sale."""
    return days.day(days.working(rng, max(client.start, days.as_of - TWO_YEARS), client.end))


def sale(rng: Random, number: int, day: date, client: Client) -> Row:
    """Return one sale; a return is a negative one."""
    amount = client.size * CHEQUE * (0.3 + 1.4 * rng.random())
    if rng.random() < 0.01:
        amount *= -0.5
    return {
        "id": f"S{number}",
        "client": client.id,
        "date": day.isoformat(),
        "amount": roubles(amount),
        "margin": roubles(amount * (0.12 + 0.23 * rng.random())),
        "currency": "RUB",
    }
