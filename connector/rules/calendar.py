"""Working days: the Russian production calendar with moved days, and the firm's own days off laid over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import holidays
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connector.errors import ConfigError
from connector.rules.period import DAY
from connector.tomlfile import complain, read_toml

_CHUNK = 64


@lru_cache(maxsize=64)
def _official(year: int) -> frozenset[date]:
    """Return the year's working days by the government's calendar, working Saturdays included."""
    russia = holidays.country_holidays("RU", years=year)
    return frozenset(day for day in days(date(year, 1, 1), date(year, 12, 31)) if russia.is_working_day(day))


def days(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: 247 in 2026 (decree 1466 of 24.09.2025), unless the firm says otherwise.

    `holidays` are the firm's extra days off, `workdays` its extra working days (a workday wins), `short_days`
    end an hour earlier. The library knows future years only as provisionally decreed.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    short_days: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Tell whether the firm works on the day."""
        return day in self.workdays or (day not in self.holidays and day in _official(day.year))

    def working_days(self, first: date, last: date) -> list[date]:
        """Return the working days from the first to the last day, both included, in order."""
        return [day for day in days(first, last) if self.is_working(day)]

    def nth_after(self, day: date, count: int) -> date:
        """Return the count-th working day after the day, which itself never counts."""
        return self._following(day, count)[count - 1]

    def nth_after_each(self, starts: pl.Series, counts: pl.Series) -> pl.Series:
        """Return for each start the count-th working day after it; no nulls in either, counts from 1."""
        first, last, most = starts.min(), starts.max(), counts.max()
        if not isinstance(first, date) or not isinstance(last, date) or not isinstance(most, int):
            return pl.Series(dtype=pl.Date)
        worked = pl.Series(self.working_days(first, last) + self._following(last, most), dtype=pl.Date)
        place = worked.search_sorted(starts, side="right").cast(pl.Int64) + counts - 1
        return worked.gather(place)

    def frame(self, first: date, last: date) -> pl.DataFrame:
        """Return every day from the first to the last: `day` Date, `working` Boolean."""
        every = list(days(first, last))
        working = [self.is_working(day) for day in every]
        return pl.DataFrame(
            {"day": every, "working": working}, schema={"day": pl.Date, "working": pl.Boolean}
        )

    def _following(self, day: date, count: int) -> list[date]:
        found: list[date] = []
        while len(found) < count:
            found += self.working_days(day + DAY, day + _CHUNK * DAY)
            day += _CHUNK * DAY
        return found[:count]


class CalendarFile(BaseModel):
    """The firm's `calendar.toml`: three lists of dates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holidays: tuple[date, ...] = Field((), description="days off beside the official ones")
    workdays: tuple[date, ...] = Field((), description="working days beside the official ones")
    short_days: tuple[date, ...] = Field((), description="working days that end an hour earlier")


def read_calendar(path: Path | None) -> Calendar:
    """Return the official calendar with the file's days over it; ConfigError names each mistake's place."""
    if path is None:
        return Calendar()
    file = read_toml(path)
    try:
        found = CalendarFile.model_validate(file.data)
    except ValidationError as error:
        raise ConfigError("\n".join(complain(file, error, CalendarFile)), hint=f"mend {path}") from None
    return Calendar(frozenset(found.holidays), frozenset(found.workdays), frozenset(found.short_days))
