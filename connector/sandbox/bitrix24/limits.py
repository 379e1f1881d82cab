"""The portal's two limits: requests per source address, and working time per method."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

MINUTE = 60
BASKETS = 10
OPERATING_LIMIT = 480.0
"""Seconds of work a method may do in ten one-minute baskets; the next call after that is refused."""


@dataclass(frozen=True)
class Tariff:
    """How many requests the bucket holds, and how many a second drain away."""

    size: int
    drain: float


TARIFFS = {"standard": Tariff(50, 2), "enterprise": Tariff(250, 5)}
"""The documented values of the commercial plans and of Enterprise."""


class Bucket:
    """A leaky bucket for each source address; refused requests fill it too if `count_refused`."""

    def __init__(self, tariff: Tariff | None, *, count_refused: bool) -> None:
        self._tariff = tariff
        self._count_refused = count_refused
        self._levels: dict[str, tuple[float, float]] = {}

    def admits(self, source: str, now: float) -> bool:
        """Count a request at `now` (seconds) and tell whether it may pass."""
        if self._tariff is None:
            return True
        level, at = self._levels.get(source, (0.0, now))
        level = max(0.0, level - (now - at) * self._tariff.drain)
        passes = level + 1 <= self._tariff.size
        self._levels[source] = (level + (passes or self._count_refused), now)
        return passes


class Operating:
    """Working time by key (a method, or `batch`) in one-minute baskets of the last ten minutes."""

    def __init__(self, *, limited: bool) -> None:
        self._limited = limited
        self._baskets: dict[str, dict[int, float]] = defaultdict(dict)

    def blocked(self, key: str, now: float) -> bool:
        """Tell whether the next call under this key is refused."""
        return self._limited and self.total(key, now) > OPERATING_LIMIT

    def charge(self, key: str, seconds: float, now: float) -> None:
        """Put working time into the present basket."""
        baskets, minute = self._baskets[key], int(now // MINUTE)
        baskets[minute] = baskets.get(minute, 0.0) + seconds

    def total(self, key: str, now: float) -> float:
        """Return the working time of the last ten baskets."""
        oldest = int(now // MINUTE) - BASKETS + 1
        return sum(seconds for minute, seconds in self._baskets[key].items() if minute >= oldest)

    def reset_at(self, key: str, now: float) -> int:
        """Return when the oldest basket in use falls out (unix time); ten minutes from now if none is."""
        oldest = int(now // MINUTE) - BASKETS + 1
        used = [minute for minute in self._baskets[key] if minute >= oldest]
        return (min(used) + BASKETS) * MINUTE if used else int(now) + BASKETS * MINUTE
