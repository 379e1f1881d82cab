"""The frames as they were at an earlier moment: what came later is taken away, what was not known too.

Attributes without a history (class, industry, region, tags, key mark, absences, pins) stay today's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from connector import clock
from connector.rules.moment import SKEW

WITHOUT_HISTORY = ("abc", "absences", "industry", "key_account", "pins", "region", "tags")
"""What a look back takes as it is today."""

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Hindsight:
    """Which moment is looked back to, and how: `known` leaves out what had not reached anybody yet.

    An event is known since the vendor says it was entered, else since a pull first saw it. What the first
    complete pull of its source brought (`first_pulls`: its end by source) is known since it happened
    (clarification 41).
    """

    at: datetime
    zone: ZoneInfo
    known: bool
    first_pulls: Mapping[str, datetime]

    def frames(self, frames: Frames) -> dict[str, pl.DataFrame]:
        """Return the frames as they were; `at` itself is the last instant that counts."""
        ways: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
            "events": self._events,
            "deals": self._deals,
            "ownership": self._ownership,
            "tasks": self._tasks,
            "sales": lambda frame: frame.filter(_not_later("date", self.day)),
            "answers": lambda frame: frame.filter(_not_later("at", self._until)),
            "field_changes": lambda frame: frame.filter(_not_later("at", self._until)),
            "stage_history": lambda frame: frame.filter(_not_later("entered_at", self._until)),
        }
        return {name: ways[name](frame) if name in ways else frame for name, frame in frames.items()}

    @property
    def day(self) -> date:
        """The company's calendar day of the moment."""
        return clock.local_day(self.at, self.zone)

    @property
    def _until(self) -> datetime:
        return self.at.astimezone(UTC)

    def assumed(self, events: pl.DataFrame) -> int:
        """Count the events of which nobody wrote down when they were entered: taken for known at once."""
        first = (pl.col("seen_at") <= self._first()).fill_null(value=False)
        return len(events.filter(pl.col("logged_at").is_null() & first))

    def _first(self) -> pl.Expr:
        kind = pl.Datetime("us", "UTC")
        return pl.col("source").replace_strict(dict(self.first_pulls), default=None, return_dtype=kind)

    def _events(self, frame: pl.DataFrame) -> pl.DataFrame:
        happened = pl.coalesce("completed_at", "planned_at")
        seen = pl.when(pl.col("seen_at") <= self._first()).then(happened).otherwise("seen_at")
        known = pl.coalesce("logged_at", seen, happened)
        if self.known:
            frame = frame.filter(_not_later(known, self._until))
        later = (pl.col("completed_at") > self._until + SKEW).fill_null(value=False)
        # What is held later was only planned then, or not there at all
        frame = frame.filter(~later | pl.col("planned_at").is_not_null())
        return frame.with_columns(
            status=pl.when(later).then(pl.lit("planned")).otherwise("status"),
            completed_at=pl.when(later).then(None).otherwise("completed_at"),
        )

    def _deals(self, frame: pl.DataFrame) -> pl.DataFrame:
        closed = (pl.col("closed_at") <= self._until).fill_null(value=True)
        return frame.filter(_not_later("created_at", self._until)).with_columns(
            stage_kind=pl.when(closed).then("stage_kind").otherwise(pl.lit("open")),
            closed_at=pl.when(closed).then("closed_at"),
        )

    def _ownership(self, frame: pl.DataFrame) -> pl.DataFrame:
        ended = (pl.col("valid_to") < self.day).fill_null(value=False)
        until = pl.when(ended).then("valid_to").alias("valid_to")
        return frame.filter(_not_later("valid_from", self.day)).with_columns(until)

    def _tasks(self, frame: pl.DataFrame) -> pl.DataFrame:
        closed = (pl.col("closed_at") <= self._until).fill_null(value=True)
        return frame.filter(_not_later("created_at", self._until)).with_columns(
            status=pl.when(closed).then("status").otherwise(pl.lit("open")),
            closed_at=pl.when(closed).then("closed_at"),
        )


def _not_later(column: str | pl.Expr, moment: date | datetime) -> pl.Expr:
    """Return whether the column is not after the moment; what has no time was always there."""
    when = pl.col(column) if isinstance(column, str) else column
    return (when <= moment).fill_null(value=True)
