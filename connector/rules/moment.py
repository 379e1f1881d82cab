"""The moment of a decision: `as_of`, whose day it is, which month is judged, and by which terms."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connector import clock
from connector.rules.calendar import Calendar
from connector.rules.period import Month
from connector.rules.terms import Terms

SKEW = timedelta(minutes=5)
"""How far a vendor's clock may run ahead of ours before its stamps are not believed (clarification 10)."""


@dataclass(frozen=True)
class Moment:
    """When and over which month a rule is asked; `as_of` is in UTC, days and months are those of `zone`."""

    as_of: datetime
    zone: ZoneInfo
    period: Month
    calendar: Calendar = field(default_factory=Calendar)
    terms: Terms = field(default_factory=Terms)
    terms_of: Callable[[Month], Terms] | None = field(default=None, compare=False)
    """The terms that were in force in another month; None: those of `terms`."""
    write_to: tuple[str, ...] = ()
    """The sources, the first choice first, into which what is asked for may be written; empty: any."""

    @property
    def today(self) -> date:
        """The local day of `as_of`; it is still ahead, whatever the hour (clarification 10)."""
        return clock.local_day(self.as_of, self.zone)

    @property
    def running(self) -> Month:
        """The month that `as_of` lies in."""
        return Month.of(self.today)

    @property
    def closed(self) -> bool:
        """Whether the judged month is over."""
        return self.period < self.running

    @property
    def latest(self) -> datetime:
        """The last instant of an event that is believed: later ones are ignored."""
        return self.as_of + SKEW

    def over(self, period: Month) -> Moment:
        """Return the same moment, asked about another month."""
        return replace(self, period=period)

    def judging(self, period: Month) -> Moment:
        """Return the same moment, asked about another month by the terms that were in force in it."""
        terms = self.terms if self.terms_of is None else self.terms_of(period)
        return replace(self, period=period, terms=terms)

    def key(self) -> Hashable:
        """Return what tells this moment from others, for remembering what was computed for it."""
        layers = tuple(sorted((rule, each.said()) for rule, each in self.terms.layers.items()))
        terms = (self.terms.abc.model_dump_json(), self.terms.contact.model_dump_json(), layers)
        return (self.as_of, self.period, terms)
