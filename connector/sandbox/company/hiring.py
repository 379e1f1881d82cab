"""Hires the people of the firm one by one, each with a name, an address and a phone of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from connector.sandbox.company.days import Days
from connector.sandbox.company.draws import Once, maybe
from connector.sandbox.company.names import mailbox, person
from connector.sandbox.company.places import DIRECTIONS, REGIONS
from connector.sandbox.company.requisites import Phones
from connector.sandbox.company.tables import COLUMNS, Row

DOMAIN = "firma.example"
AREAS = ("495", "499", "812", "343")


@dataclass(frozen=True, eq=False)
class Employee:
    """A person employed from `since` until before `until` (local midnights), with the row of the bundle."""

    id: str
    role: str
    direction: str
    since: datetime
    until: datetime | None
    row: Row

    def employed(self, moment: datetime) -> bool:
        """Tell whether the person works here at that moment."""
        return self.since <= moment and (self.until is None or moment < self.until)


class Hiring:
    """Makes employees one after another: ids M1, M2, ... and no name, address or phone twice."""

    def __init__(self, rng: Random, days: Days, phones: Phones) -> None:
        self.hired: list[Employee] = []
        self._rng = rng
        self._days = days
        self._phones = phones
        self._once = Once()

    def hire(
        self,
        role: str,
        department: str,
        hired_ago: tuple[int, int],
        *,
        head: Employee | None = None,
        direction: str = "",
        left_ago: int | None = None,
    ) -> Employee:
        """Add a person hired between so many days ago; `left_ago` is the last working day, if any."""
        first = self._days.today - timedelta(days=self._rng.randrange(*hired_ago))
        last = None if left_ago is None else self._days.today - timedelta(days=left_ago)
        row = self._row(role, department, direction)
        row["head"] = head.id if head else ""
        row["active_from"] = first.isoformat()
        if last:
            row |= {"active": "0", "accepts_more": "0", "active_to": last.isoformat()}
        since = self._days.midnight(first)
        until = None if last is None else self._days.midnight(last + timedelta(days=1))
        employee = Employee(row["id"], role, direction, since, until, row)
        self.hired.append(employee)
        return employee

    def _row(self, role: str, department: str, direction: str) -> Row:
        name = self._once.fresh(lambda: person(self._rng))
        return dict.fromkeys(COLUMNS["employees"], "") | {
            "id": f"M{len(self.hired) + 1}",
            "name": name,
            "email": self._once.numbered(mailbox(name), f"@{DOMAIN}"),
            "phones": self._phones.fixed(self._rng.choice(AREAS)),
            "active": "1",
            "role": role,
            "department": department,
            **(self._selling(direction) if role == "seller" else {}),
        }

    def _selling(self, direction: str) -> Row:
        return {
            "industries": "|".join(DIRECTIONS[direction]),
            "regions": maybe(self._rng, 0.6, REGIONS.draw(self._rng).name),
            "capacity": maybe(self._rng, 0.8, self._rng.choice(("8", "10", "10", "12"))),
            "accepts_more": "1" if self._rng.random() < 0.7 else "0",
        }
