"""The switches of a stand-in, the same for every vendor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connector.errors import ConfigError

LIMITS = ("standard", "enterprise", "off")


@dataclass(frozen=True)
class Options:
    """How strict and how slow a stand-in is; `as_of` None starts its clock now.

    `latency_ms` is added to every request; `operating_ms` is the price of one command in working time;
    `count_refused`: refused requests fill the rate limit too. ConfigError for values that make no sense.
    """

    as_of: datetime | None = None
    limits: str = "standard"
    count_refused: bool = False
    latency_ms: int = 0
    operating_ms: int = 0
    faults: Sequence[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.limits not in LIMITS:
            raise ConfigError(f"unknown limits {self.limits!r}", hint=f"one of: {', '.join(LIMITS)}")
        if self.latency_ms < 0 or self.operating_ms < 0:
            raise ConfigError(
                "latency and operating price cannot be negative", hint="give 0 or more milliseconds"
            )
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise ConfigError("as_of has no offset", hint="give an aware time, e.g. 2026-10-01T09:00+03:00")
