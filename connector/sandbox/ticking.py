"""The stand-in's own clock: it starts where it is told and then runs on."""

from __future__ import annotations

from datetime import datetime, timedelta

from connector import clock


class Ticking:
    """A clock that shows `as_of` (default: now) when made, runs at normal speed, and can be moved on."""

    def __init__(self, as_of: datetime | None = None) -> None:
        self._base = as_of or clock.now()
        self._started = clock.monotonic()

    def now(self) -> datetime:
        """Return the stand-in's present moment, aware."""
        return self._base + timedelta(seconds=clock.monotonic() - self._started)

    def advance(self, seconds: float) -> None:
        """Move the clock on, so that tests need not wait for limits to pass."""
        self._base += timedelta(seconds=seconds)
