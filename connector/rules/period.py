"""A calendar month, the period that contact norms, classes and reports are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector import clock

DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Month:
    """A month of some zone's calendar, `[1st 00:00, next 1st 00:00)`; prints as `2026-09`."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that the day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    def plus(self, months: int) -> Month:
        """Return the month so many months later; earlier for a negative number."""
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self.plus(1).first - DAY

    def start(self, zone: ZoneInfo) -> datetime:
        """Return the instant in UTC at which the month begins in the zone."""
        return clock.aware(datetime.combine(self.first, time()), zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the instant in UTC at which the next month begins in the zone."""
        return self.plus(1).start(zone)
