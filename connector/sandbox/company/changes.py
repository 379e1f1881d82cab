"""What was filled in on the cards of late, by whom and when, and each card's last change."""

from __future__ import annotations

from datetime import datetime
from random import Random

from connector.sandbox.company.clients import Client
from connector.sandbox.company.days import Days
from connector.sandbox.company.draws import portion
from connector.sandbox.company.hiring import Employee
from connector.sandbox.company.staff import Staff
from connector.sandbox.company.tables import Row

FIELDS = ("inn", "phones", "emails", "industry", "address", "site")
OLD = ("", "", "", "-", "нет")
WITHIN_DAYS = 60


def make_changes(rng: Random, days: Days, staff: Staff, clients: list[Client]) -> list[Row]:
    """Return the fields filled in over the last two months, by time, and set every client's `updated_at`."""
    completed = {client.id for client in portion(rng, [one for one in clients if one.is_open], 0.2)}
    found: list[tuple[datetime, Row]] = []
    for client in clients:
        mine = completions(rng, days, staff, client) if client.id in completed else []
        client.row["updated_at"] = days.stamp(last_change(rng, days, client, [at for at, _ in mine]))
        found += mine
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def completions(rng: Random, days: Days, staff: Staff, client: Client) -> list[tuple[datetime, Row]]:
    """Return one to three fields that were empty until somebody filled them in."""
    filled = [name for name in FIELDS if client.row[name]]
    at = days.working(rng, max(client.start, days.ago(WITHIN_DAYS)), days.as_of)
    by = author(rng, staff, client, at)
    return [
        (
            at,
            {
                "client": client.id,
                "field": name,
                "at": days.stamp(at),
                "by": by.id,
                "old": rng.choice(OLD),
                "new": client.row[name],
            },
        )
        for name in rng.sample(filled, min(len(filled), rng.randrange(1, 4)))
    ]


def author(rng: Random, staff: Staff, client: Client, at: datetime) -> Employee:
    """Return the owner of that time, or in a quarter of cases and for want of one a helper."""
    owner = client.owner_at(at)
    return owner if owner and owner.employed(at) and rng.random() < 0.75 else rng.choice(staff.helpers)


def last_change(rng: Random, days: Days, client: Client, changes: list[datetime]) -> datetime:
    """Return a moment not before anything that is known to have changed on the card."""
    known = max([client.start, *changes, *(tenure.since for tenure in client.tenures)])
    return days.working(rng, known, client.end) if client.is_open else max(known, client.end)
