"""Makes a wide firm for benchmarks: as many plain rows as wanted, each worked out from its number, fast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from connector.errors import ConfigError
from connector.sandbox.company.requisites import company_inn
from connector.sandbox.company.tables import COLUMNS, Company, Row

SELLERS = 20
MINUTES = 500_000
"""Moments are spread over so many minutes (a little less than a year) before `as_of`."""
KINDS = ("call", "email", "call", "meeting")
OFFICES = 6_900
"""Tax offices 1000 to 7899: with five digits of a number each gives 100,000 different INNs."""
Cells = Callable[[int], Row]


def generate_wide(
    *, companies: int, as_of: datetime, contacts: int = 0, deals: int = 0, events: int = 0
) -> Company:
    """Return a firm of that many companies, contacts, deals and completed events, spread over the companies.

    Ids are "1", "2", ... already, so a stand-in takes the rows as they are. Every company has a valid INN, a
    phone and an e-mail of its own. The same arguments give the same cells. ConfigError for negative numbers
    and for rows that would belong to no company.
    """
    if min(companies, contacts, deals, events) < 0 or (not companies and max(contacts, deals, events)):
        raise ConfigError(
            "a wide firm cannot have so few rows", hint="give 0 or more, and a company at least"
        )
    moments = Moments(as_of)
    made: dict[str, tuple[int, Cells]] = {
        "employees": (SELLERS, employee),
        "clients": (companies, moments.company),
        "contacts": (contacts, lambda number: contact(number, companies)),
        "events": (events, lambda number: moments.event(number, companies)),
        "deals": (deals, lambda number: moments.deal(number, companies)),
    }
    tables = {name: rows(name, *made[name]) if name in made else [] for name in COLUMNS}
    return Company(as_of=as_of, tables=tables, numbered=True)


def rows(table: str, count: int, cells: Cells) -> list[Row]:
    """Return that many rows with every column of the table."""
    empty = dict.fromkeys(COLUMNS[table], "")
    return [empty | cells(number) for number in range(1, count + 1)]


def seller(number: int) -> str:
    """Return who owns a row."""
    return str(number % SELLERS + 1)


def employee(number: int) -> Row:
    """Return an employee; the first is the director."""
    role = "director" if number == 1 else "seller"
    return {"id": str(number), "name": f"Продавцов Пётр {number}", "active": "1", "role": role, "head": "1"}


def contact(number: int, companies: int) -> Row:
    """Return a person at a company."""
    return {
        "id": str(number),
        "client": str((number - 1) % companies + 1),
        "name": f"Петров Иван {number}",
        "phones": f"+7916{number:07d}",
        "emails": f"person{number}@wide.example",
    }


class Moments:
    """Makes the rows that have times; each minute of the time before `as_of` is spelt once."""

    def __init__(self, as_of: datetime) -> None:
        self._as_of = as_of.replace(microsecond=0)
        self._spelt: dict[int, str] = {}

    def company(self, number: int) -> Row:
        """Return a client with an owner, requisites and ways to reach it."""
        office = 1000 + number // 100_000 % OFFICES
        made = self._at(number)
        return {
            "id": str(number),
            "name": f"ООО «Широкая {number}»",
            "kind": "company",
            "inn": company_inn(str(office), number % 100_000),
            "kpp": f"{office}01001",
            "phones": f"8 (495) {number // 10_000 % 1000:03d}-{number // 100 % 100:02d}-{number % 100:02d}",
            "emails": f"info@wide{number}.example",
            "status": "active",
            "owner": seller(number),
            "created_at": made,
            "updated_at": made,
        }

    def event(self, number: int, companies: int) -> Row:
        """Return a completed contact with a company."""
        at, kind = self._at(number * 7), KINDS[number % len(KINDS)]
        called = {"duration_s": "60", "successful": "1"} if kind == "call" else {}
        return {
            "id": str(number),
            "client": str((number - 1) % companies + 1),
            "employee": seller(number),
            "kind": kind,
            "direction": "out",
            "status": "completed",
            "completed_at": at,
            "logged_at": at,
            "subject": f"Касание {number}",
            **called,
        }

    def deal(self, number: int, companies: int) -> Row:
        """Return an open deal of a company."""
        return {
            "id": str(number),
            "client": str((number - 1) % companies + 1),
            "owner": seller(number),
            "title": f"Сделка {number}",
            "pipeline": "Продажи",
            "stage": "Новая",
            "stage_kind": "open",
            "amount": f"{number % 1000}.50",
            "currency": "RUB",
            "created_at": self._at(number * 3),
        }

    def _at(self, number: int) -> str:
        minute = number * 7919 % MINUTES + 1
        if minute not in self._spelt:
            self._spelt[minute] = (self._as_of - timedelta(minutes=minute)).isoformat()
        return self._spelt[minute]
