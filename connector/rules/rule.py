"""What a rule is: a name, parameters, the frames it reads, and a pure function from facts to decisions."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, runtime_checkable

import polars as pl

from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.period import Month
from connector.rules.terms import Parameters
from connector.rules.wording import Bilingual

P = TypeVar("P", bound=Parameters)


class Rule(Protocol[P]):
    """Decides about one month at one moment; no clock, no input or output, no randomness.

    `frames` names the store's frames that `decide` may look at. `closed_too` tells that the rule answers for
    the closed month before the running one as well (clarification 2).
    """

    name: str
    params: type[P]
    frames: frozenset[str]
    closed_too: bool
    title: Bilingual

    def decide(self, facts: Facts, params: P, moment: Moment) -> pl.DataFrame:
        """Return decisions about `moment.period` in the columns of `decision.SCHEMA`, in any order."""
        ...


@runtime_checkable
class PicksMonths(Protocol):
    """A rule that says itself which months it answers for, instead of `closed_too`."""

    def months(self, params: Any, moment: Moment) -> list[Month]:
        """Return the months to judge at the moment, whose period is the running month."""
        ...
