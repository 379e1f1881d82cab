"""The rules worked out slowly, day by day, from their documents: what the columns must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor

from .firm import MOSCOW, Firm

DAY = timedelta(days=1)
HOLIDAYS = {date(2026, 11, 4)}
"""Days off that are no weekend between August and November 2026."""


@dataclass
class Owned:
    employee: str
    first: date
    last: date | None


@dataclass
class Away:
    employee: str
    first: date
    last: date
    deputy: str | None


@dataclass
class Held:
    """An event: completed at a Moscow time by somebody."""

    employee: str
    kind: str
    at: datetime
    successful: bool | None = None


@dataclass
class Case:
    """One client and everything that concerns it, in plain Python."""

    abc: str = "A"
    owner: str | None = "M1"
    created: date = date(2026, 1, 15)
    closed: date | None = None
    left: dict[str, date] = field(default_factory=dict)
    owned: list[Owned] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    def add_to(self, firm: Firm, name: str) -> None:
        """Say the same in rows, about a client of that name and employees of its own."""
        for employee in ("M1", "M2", "M3"):
            left = self.left.get(employee)
            firm.employee(f"{name}{employee}", active_to=left.isoformat() if left else None)
        owner = self.owner and name + self.owner
        closed = self.closed.isoformat() if self.closed else None
        firm.client(name, self.abc, owner, since=self.created.isoformat(), closed_at=closed)
        for own in self.owned:
            last = own.last.isoformat() if own.last else None
            firm.owned(name, name + own.employee, own.first.isoformat(), last)
        for gone in self.away:
            deputy = gone.deputy and name + gone.deputy
            firm.absent(name + gone.employee, gone.first.isoformat(), gone.last.isoformat(), deputy)
        for event in self.held:
            by, at = name + event.employee, event.at.isoformat()
            firm.event(name, by, event.kind, at, successful=event.successful)

    def owner_on(self, day: date) -> str | None:
        """Clarifications 7 and 8."""
        if not self.owned:
            return self.owner if self.owner and day >= self.created else None
        valid = [own for own in self.owned if own.first <= day and (own.last is None or day <= own.last)]
        if self.owner in {own.employee for own in valid}:
            return self.owner
        if not valid:
            return None
        newest = max(own.first for own in valid)
        return min(own.employee for own in valid if own.first == newest)

    def exists(self, as_of: datetime) -> bool:
        return moscow(self.created, 0) <= as_of

    def is_open(self, day: date) -> bool:
        return self.closed is None or day < self.closed

    def at_work(self, employee: str, day: date) -> bool:
        employed = employee not in self.left or day <= self.left[employee]
        absent = any(gone.employee == employee and gone.first <= day <= gone.last for gone in self.away)
        return works(day) and employed and not absent

    def contacts(self, as_of: datetime) -> Iterator[Held]:
        for event in self.held:
            believed = event.at <= as_of + timedelta(minutes=5)
            if event.kind in ("call", "meeting") and event.successful is not False and believed:
                yield event

    def stands_in(self, event: Held, owner: str) -> bool:
        day = event.at.date()
        return any(
            gone.employee == owner and gone.deputy == event.employee and gone.first <= day <= gone.last
            for gone in self.away
        )


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def month_days(day: date) -> list[date]:
    first = day.replace(day=1)
    return [first + n * DAY for n in range(31) if (first + n * DAY).month == first.month]


NORM = {"A": 4, "B": 2, "C": 1}


def norm_rows(case: Case, month: Sequence[date], as_of: datetime) -> dict[str, tuple[str, dict[str, int]]]:
    """Return decision and numbers by employee (clarifications 12 to 15)."""
    whole = sum(works(day) for day in month)
    held = [event for event in case.contacts(as_of) if event.at.date() in month]
    norm, today = NORM[case.abc], as_of.date()
    rows: dict[str, tuple[str, dict[str, int]]] = {}
    if not case.exists(as_of):
        return rows
    for owner in sorted({own for day in month if (own := case.owner_on(day)) and case.is_open(day)}):
        eligible = [
            day
            for day in month
            if case.owner_on(day) == owner and case.is_open(day) and case.at_work(owner, day)
        ]
        credited = {
            event.at.date()
            for event in held
            if case.owner_on(event.at.date()) == owner
            and (event.employee == owner or case.stands_in(event, owner))
        }
        share = Fraction(norm * len(eligible), whole)
        owed = 1 if norm in (1, 2) and Fraction(3, 4) <= share < 1 else floor(share)
        done, missing = len(credited), max(0, owed - len(credited))
        elapsed = sum(day < today for day in eligible)
        if owed == 0:
            decision = "exempt"
        elif done >= owed:
            decision = "met"
        elif month[-1] < today:
            decision = "breached"
        elif missing > len(eligible) - elapsed:
            decision = "unreachable"
        elif done < floor(Fraction(norm * elapsed, whole)):
            decision = "behind"
        else:
            decision = "on_track"
        rows[owner] = (
            decision,
            {
                "required": owed,
                "plan_required": -floor(-share),
                "done": done,
                "missing": missing,
                "coverage": len({event.at.date() for event in held}),
                "eligible_days": len(eligible),
                "period_days": whole,
            },
        )
    return rows


def next_due(case: Case, as_of: datetime) -> date | None:
    """Return the day of the next contact (clarification 21) where one is to be planned."""
    held, today = list(case.contacts(as_of)), as_of.date()
    owner = case.owner_on(today)
    if not held or not case.exists(as_of) or not case.is_open(today):
        return None
    if owner is None:
        return None
    due = max(event.at for event in held).date()
    for _ in range({"A": 5, "B": 10, "C": 20}[case.abc]):
        due = next(day for day in (due + n * DAY for n in range(1, 30)) if works(day))
    due = first_at_work(case, owner, max(due, today))
    latest = [due]
    for month in (month_days(today), *following(today, due)):
        numbers = norm_rows(case, month, as_of).get(owner, ("", {"plan_required": 0, "done": 0}))[1]
        need = numbers["plan_required"] - numbers["done"]
        there = [day for day in month if case.at_work(owner, day)]
        if need > 0 and there:
            latest.append(there[-min(need, len(there))])
    return first_at_work(case, owner, max(min(latest), today))


def following(today: date, due: date) -> Iterator[list[date]]:
    """Yield the days of each later month up to that of the due day."""
    month = month_days(today)
    while (month := month_days(month[-1] + DAY))[0] <= due:
        yield month


def first_at_work(case: Case, employee: str, day: date) -> date:
    ahead = (day + n * DAY for n in range(120))
    return next((each for each in ahead if case.at_work(employee, each)), day)


def classes(values: dict[str, int]) -> dict[str, str]:
    """Return the class of each client by what it bought (algorithms §1, clarification 18)."""
    total = sum(max(0, value) for value in values.values())
    found = {}
    for client, value in values.items():
        before = sum(other for other in values.values() if other > max(0, value))
        share = Fraction(before, total) if total else Fraction(1)
        small = value <= 0 or share >= Fraction(95, 100)
        found[client] = "C" if small else "A" if share < Fraction(80, 100) else "B"
    return found


def moscow(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MOSCOW)
