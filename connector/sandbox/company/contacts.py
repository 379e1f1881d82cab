"""The people at the clients."""

from __future__ import annotations

from random import Random

from connector.sandbox.company.clients import Client
from connector.sandbox.company.draws import Once, Weighted, maybe
from connector.sandbox.company.names import mailbox, person
from connector.sandbox.company.requisites import Phones
from connector.sandbox.company.tables import Row

HOW_MANY: Weighted[int] = Weighted({0: 15, 1: 45, 2: 28, 3: 12})

POSITIONS = (
    "Директор", "Генеральный директор", "Директор по закупкам", "Начальник отдела снабжения",
    "Специалист по закупкам",
    "Главный инженер", "Главный механик", "Коммерческий директор", "Главный бухгалтер",
    "Менеджер по закупкам",
)  # fmt: skip


def make_contacts(rng: Random, phones: Phones, clients: list[Client]) -> list[Row]:
    """Return none to three people per client, ids P1, P2, ...; no address twice."""
    once = Once()
    rows: list[Row] = []
    for client in clients:
        for _ in range(HOW_MANY.draw(rng)):
            rows.append(contact(rng, f"P{len(rows) + 1}", client, phones, once))
    return rows


def contact(rng: Random, number: str, client: Client, phones: Phones, once: Once) -> Row:
    """Return one person at the client."""
    name = person(rng)
    return {
        "id": number,
        "client": client.id,
        "name": name,
        "position": maybe(rng, 0.85, rng.choice(POSITIONS)),
        "phones": maybe(rng, 0.8, phones.as_typed(phones.mobile())),
        "emails": maybe(rng, 0.6, once.numbered(mailbox(name), f"@{client.domain}")),
    }
