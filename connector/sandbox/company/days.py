"""The firm's time: its working days and hours around the moment it is seen at, and how times are written."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from random import Random

from connector import clock

OPENS = timedelta(hours=9)
CLOSES = timedelta(hours=18)
HISTORY = timedelta(days=4 * 366)
AHEAD = timedelta(days=90)
TWO_YEARS = timedelta(days=730)

HOLIDAYS = frozenset([(1, day) for day in range(1, 9)] + [(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)])
"""Days off by article 112 of the Labour Code of Russia (month, day); yearly transfers do not matter here."""


def is_working(day: date) -> bool:
    """Tell whether the firm works on that day."""
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


class Days:
    """Four years before `as_of` and three months after, in the zone; moments are aware UTC datetimes."""

    def __init__(self, as_of: datetime, zone: str) -> None:
        self._local = clock.zone(zone)
        self.as_of = clock.aware(as_of, self._local).replace(microsecond=0)
        self.today = self.day(self.as_of)
        span = range((self.today - HISTORY).toordinal(), (self.today + AHEAD).toordinal())
        days = [date.fromordinal(ordinal) for ordinal in span]
        self._working = [self.midnight(day) for day in days if is_working(day)]
        self._free = [self.midnight(day) for day in days if not is_working(day)]

    def ago(self, days: float) -> datetime:
        """Return the moment so many days before `as_of`."""
        return self.as_of - timedelta(days=days)

    def day(self, moment: datetime) -> date:
        """Return the calendar day of the moment in the zone."""
        return clock.local_day(moment, self._local)

    def midnight(self, day: date) -> datetime:
        """Return the first moment of the day in the zone."""
        return datetime(day.year, day.month, day.day, tzinfo=self._local).astimezone(UTC)

    def stamp(self, moment: datetime) -> str:
        """Write the moment as ISO 8601 with the zone's offset."""
        return moment.astimezone(self._local).isoformat()

    def working(self, rng: Random, first: datetime, last: datetime) -> datetime:
        """Draw a moment from first to last in working hours, or any moment where there is no such hour."""
        return drawn(rng, self._working, first, last) or anytime(rng, first, last)

    def off_work(self, rng: Random, first: datetime, last: datetime) -> datetime:
        """Draw a moment of a day off from first to last, or a working one where no day off is among them."""
        return drawn(rng, self._free, first, last) or self.working(rng, first, last)


def drawn(rng: Random, midnights: list[datetime], first: datetime, last: datetime) -> datetime | None:
    """Draw a moment in the opening hours of one of the days; None after three outside first..last."""
    low, high = bisect_right(midnights, first - CLOSES), bisect_right(midnights, last - OPENS)
    for _ in range(3 if low < high else 0):
        seconds = int(rng.random() * (CLOSES - OPENS).seconds)
        moment = midnights[low + int(rng.random() * (high - low))] + OPENS + timedelta(seconds=seconds)
        if first <= moment <= last:
            return moment
    return None


def anytime(rng: Random, first: datetime, last: datetime) -> datetime:
    """Draw any whole second from first to last; first when last is not later."""
    seconds = max(0, int((last - first).total_seconds()))
    return first + timedelta(seconds=int(rng.random() * (seconds + 1)))
