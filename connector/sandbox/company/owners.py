"""Who owns which client since when: dealt by the bases, with hand-overs behind some."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from connector.sandbox.company.bases import Bases
from connector.sandbox.company.clients import Client, Tenure
from connector.sandbox.company.days import Days
from connector.sandbox.company.draws import portion
from connector.sandbox.company.hiring import Employee
from connector.sandbox.company.staff import Staff
from connector.sandbox.company.tables import Row

HANDED_OVER = 0.15
KEYS_HANDED_OVER = 0.8
"""Shares of clients that changed hands though nothing forced it."""

MOST_KEYS = 10

FIRST = "Первичное закрепление"
LEFT = "Увольнение менеджера"
HIRED = "Принят новый менеджер"
KEY = "Передан менеджеру по ключевым клиентам"
REASONS = (
    "Перераспределение базы", "Перераспределение базы", "Изменение направления", "По просьбе клиента",
    "Не выполнена норма контактов",
)  # fmt: skip


def deal_owners(rng: Random, staff: Staff, split: Bases, starts: list[datetime]) -> list[Employee | None]:
    """Return an owner or nobody for each client by its first moment; the dismissed seller was there then."""
    early = [number for number, start in enumerate(starts) if staff.dismissed.employed(start)]
    orphans = set(rng.sample(early, min(len(early), split.orphans)))
    others: list[Employee | None] = []
    for seller, size in zip(staff.sellers, split.sizes, strict=True):
        others += [seller] * size
    others += [None] * (len(starts) - len(orphans) - len(others))
    rng.shuffle(others)
    return [staff.dismissed if number in orphans else others.pop() for number in range(len(starts))]


def make_keys(rng: Random, staff: Staff, clients: list[Client]) -> None:
    """Flag the largest open clients as key accounts; most of them go to the key seller."""
    held = [one for one in clients if one.is_open and one.owner and one.owner.until is None]
    largest = sorted(held, key=lambda one: -one.size)
    for client in largest[: min(MOST_KEYS, len(clients) // 50)]:
        client.row["key_account"] = "1"
        if rng.random() < 0.8:
            client.owner = staff.key_seller
            client.row["owner"] = staff.key_seller.id


def add_co_owners(rng: Random, staff: Staff, clients: list[Client]) -> None:
    """Give one owned client in twenty a second seller."""
    for client in portion(rng, [one for one in clients if one.owner], 0.05):
        second = rng.choice(staff.sellers)
        if second is not client.owner:
            client.row["co_owners"] = second.id


def make_ownership(rng: Random, days: Days, staff: Staff, clients: list[Client]) -> list[Row]:
    """Give every owned client its tenures and return them as rows; the last is the owner's and still runs."""
    for client in clients:
        if client.owner:
            client.tenures = tenures(rng, days, staff, client, client.owner)
    return [ownership_row(days, client, tenure) for client in clients for tenure in client.tenures]


def ownership_row(days: Days, client: Client, tenure: Tenure) -> Row:
    """Return the tenure with its first and last day."""
    last = "" if tenure.until is None else (days.day(tenure.until) - timedelta(days=1)).isoformat()
    return {
        "client": client.id,
        "employee": tenure.employee.id,
        "valid_from": days.day(tenure.since).isoformat(),
        "valid_to": last,
        "reason": tenure.reason,
    }


def tenures(rng: Random, days: Days, staff: Staff, client: Client, owner: Employee) -> list[Tenure]:
    """Return the owner's time with the client, after somebody else's where the owner took over."""
    since = days.midnight(days.day(client.start))
    before = predecessor(rng, staff, client, owner)
    taken = None if before is None else handover(rng, days, since, before, owner)
    if before is None or taken is None:
        return [Tenure(owner, since, None, FIRST)]
    return [
        Tenure(before, since, taken, FIRST),
        Tenure(owner, taken, None, reason(rng, before, owner, taken)),
    ]


def predecessor(rng: Random, staff: Staff, client: Client, owner: Employee) -> Employee | None:
    """Return who had the client before: somebody must have when the owner was hired after the client came."""
    if owner.since > client.start:
        return rng.choice([one for one in staff.veterans[:MOST_KEYS] if one.until is None])
    share = KEYS_HANDED_OVER if owner is staff.key_seller else HANDED_OVER
    before = rng.choice(staff.veterans) if rng.random() < share else owner
    return None if before is owner else before


def handover(rng: Random, days: Days, since: datetime, before: Employee, owner: Employee) -> datetime | None:
    """Draw the new owner's first midnight, rather late than early; None where there was no day for it."""
    earliest = max(days.day(since) + timedelta(days=1), days.day(owner.since))
    latest = days.today if owner.until is None else days.day(owner.until) - timedelta(days=1)
    if before.until:
        return before.until if earliest <= days.day(before.until) <= latest else None
    span = (latest - earliest).days
    return None if span < 0 else days.midnight(latest - timedelta(days=int(span * rng.random() ** 2)))


def reason(rng: Random, before: Employee, owner: Employee, taken: datetime) -> str:
    """Say why the client changed hands."""
    if before.until:
        return LEFT
    if owner.role == "kam":
        return KEY
    return HIRED if taken < owner.since + timedelta(days=30) else rng.choice(REASONS)
