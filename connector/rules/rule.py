"""What a rule is: a name, parameters, the frames it reads, and a pure function from facts to decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

import polars as pl

from connector.rules.decision_table import Result
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.period import Month
from connector.rules.terms import Parameters
from connector.rules.wording import Bilingual
from connector.store.frame_schemas import FRAMES

P = TypeVar("P", bound=Parameters)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Rule(Protocol[P]):
    """Decides about one month at one moment; no clock, no input or output, no randomness.

    `frames` names the store's frames that `decide` may look at. `closed_too` tells that the rule answers for
    the closed month before the running one as well (clarification 2).

    A rule may have more: `spares`, the decision by which a punitive rule lets a client alone; `results`, what
    a decision table may set, by column; `receives`, that it asks the policy's condition on
    receivers; `sentences`, texts for people by decision or reason, with the names of its numbers in braces.
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


def results_of(rule: Rule[Any]) -> Mapping[str, Result]:
    """Return what a decision table may set for the rule."""
    found: Mapping[str, Result] = getattr(rule, "results", {})
    return found


def spares_of(rule: Rule[Any]) -> str:
    """Return the decision by which the rule lets a client alone, "" if it is not punitive."""
    return str(getattr(rule, "spares", ""))


def takes_receivers(rule: Rule[Any] | type[Rule[Any]]) -> bool:
    """Tell whether the rule gives clients to people, of whom a policy may say more (`[receiver]`)."""
    return bool(getattr(rule, "receives", False))


def sentences_of(rule: Rule[Any]) -> Mapping[str, Bilingual]:
    """Return the rule's own texts for people, by decision or reason."""
    found: Mapping[str, Bilingual] = getattr(rule, "sentences", {})
    return found


def misfit(kind: type[Any]) -> str:
    """Return why a class of somebody else's is no rule, "" if it is one."""
    missing = [name for name in ("name", "params", "frames", "closed_too", "title", "decide")
               if not hasattr(kind, name)]  # fmt: skip
    if missing:
        return f"the rule has no {', '.join(missing)}"
    if not _NAME.fullmatch(kind.name):
        return f"a rule's name is small letters, digits and _, not {kind.name!r}"
    if not (isinstance(kind.params, type) and issubclass(kind.params, Parameters)):
        return "params must be a class made of connector.Parameters"
    if unknown := sorted(set(kind.frames) - set(FRAMES)):
        return f"there is no frame {', '.join(unknown)}; known: {', '.join(FRAMES)}"
    if not isinstance(kind.title, Bilingual):
        return "title must be a connector.Bilingual"
    return ""
