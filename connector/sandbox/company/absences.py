"""Vacations and sick leaves: two slots a year per person, and some last month for certain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from connector.sandbox.company.days import Days
from connector.sandbox.company.draws import portion
from connector.sandbox.company.hiring import Employee
from connector.sandbox.company.staff import Staff
from connector.sandbox.company.tables import Row

SLOT = 26 * 7
SLOTS = 5
"""Half-years back from two months after `as_of`; absences of two slots never meet."""

DEPUTY_SHARE = 0.75


@dataclass(frozen=True)
class Absence:
    """An employee's days away, both inclusive, and who stands in."""

    employee: Employee
    first: date
    last: date
    deputy: Employee | None


class Away:
    """Looks up who is away when, and who stands in."""

    def __init__(self, days: Days, absences: list[Absence]) -> None:
        self._spans: dict[str, list[tuple[datetime, datetime, Employee | None]]] = {}
        for one in absences:
            span = (days.midnight(one.first), days.midnight(one.last + timedelta(days=1)), one.deputy)
            self._spans.setdefault(one.employee.id, []).append(span)

    def stand_in(self, employee: Employee, moment: datetime) -> Employee | None:
        """Return who acts for the employee at that moment: the employee, a deputy while away, or nobody."""
        for first, end, deputy in self._spans.get(employee.id, ()):
            if first <= moment < end:
                return deputy
        return employee


def make_absences(rng: Random, days: Days, staff: Staff) -> list[Absence]:
    """Draw everybody's absences, by first day; a fifth of the sellers, two at least, were away last month."""
    sure = {one.id for one in portion(rng, staff.sellers, 0.2, at_least=2)}
    drawn: list[Absence] = []
    for employee in staff.everybody:
        spans = [span for span in leaves(rng, days) if within(days, employee, *span)]
        if employee.id in sure:
            spans = with_last_month(rng, days, spans)
        drawn += [Absence(employee, *span, deputy(rng, days, staff, employee, span[0])) for span in spans]
    return sorted(drawn, key=lambda one: one.first)


def leaves(rng: Random, days: Days) -> list[tuple[date, date]]:
    """Return first and last days of a vacation per slot, and of a sick leave in some."""
    spans = []
    for slot in range(SLOTS):
        opens = days.today + timedelta(days=60 - SLOT * (slot + 1))
        first = opens + timedelta(days=rng.randrange(0, SLOT - 35))
        last = first + timedelta(days=rng.choice((6, 13, 13)))
        spans.append((first, last))
        if slot and rng.random() < 0.35:
            ill = last + timedelta(days=rng.randrange(3, 14))
            spans.append((ill, ill + timedelta(days=rng.randrange(2, 7))))
    return spans


def with_last_month(rng: Random, days: Days, spans: list[tuple[date, date]]) -> list[tuple[date, date]]:
    """Return the absences with one in the month before that of `as_of`, added where there was none."""
    last_day = days.today.replace(day=1) - timedelta(days=1)
    first_day = last_day.replace(day=1)
    if any(first <= last_day and last >= first_day for first, last in spans):
        return spans
    first = first_day + timedelta(days=rng.randrange(0, 14))
    return [*spans, (first, first + timedelta(days=rng.choice((4, 6, 13))))]


def within(days: Days, employee: Employee, first: date, last: date) -> bool:
    """Tell whether the employee worked here on both days."""
    return all(employee.employed(days.midnight(day)) for day in (first, last))


def deputy(rng: Random, days: Days, staff: Staff, employee: Employee, first: date) -> Employee | None:
    """Name another seller, employed by that day, as deputy in most absences of sellers."""
    other = rng.choice(staff.sellers)
    known = employee.role == "seller" and other is not employee and other.employed(days.midnight(first))
    return other if known and rng.random() < DEPUTY_SHARE else None


def absence_row(absence: Absence) -> Row:
    """Return the absence as a row of the bundle."""
    return {
        "employee": absence.employee.id,
        "from_date": absence.first.isoformat(),
        "to_date": absence.last.isoformat(),
        "deputy": absence.deputy.id if absence.deputy else "",
    }
