"""Plays policies back over past months: what each would have decided, and who would have lost clients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

import polars as pl

from connector import clock
from connector.rules.decide import decide, moment_of
from connector.rules.facts import Company, Facts
from connector.rules.fairness import Fairness, fairness, moves_of, withdrawn_of
from connector.rules.hindsight import Frames, Hindsight
from connector.rules.period import DAY, Month
from connector.rules.policy import Policy
from connector.rules.withdrawal_terms import WithdrawParams

LOSING = ("withdraw", "reassign")
TERMS = ("abc", "contact_norm", "withdraw")
"""Rules whose policies set terms for others, and so are always judged with them."""


@dataclass(frozen=True)
class Replayed:
    """One month by one set of policies: the moment of judging, and the decisions about that month."""

    month: Month
    as_of: datetime
    decisions: pl.DataFrame
    figures: Fairness


def replay(
    frames: Frames,
    company: Company,
    policies: Sequence[Policy],
    months: Sequence[Month],
    rules: Sequence[str],
    look: Hindsight,
) -> Iterator[Replayed]:
    """Yield what the policies would have decided of each month when its time had come.

    Of the rules named and those by which clients are lost. `look` says how to look back; its moment is set
    for each month. Warnings count as given: had the product been there, it would have sent them.
    """
    wanted = {*rules, *LOSING}
    chosen = [_as_if_warned(policy) for policy in policies if policy.rule in {*wanted, *TERMS}]
    for month in months:
        as_of = judged_at(month, policies, company)
        facts = Facts(replace(look, at=as_of).frames(frames), company)
        found = decide(facts, chosen, as_of).frame.filter(pl.col("rule").is_in(list(wanted)))
        found = found.filter(_about(month, chosen))
        moment = moment_of(facts, chosen, as_of)
        figures = fairness(facts, moment, moves_of(found), withdrawn_of(found))
        yield Replayed(month, as_of, found, figures)


def judged_at(month: Month, policies: Sequence[Policy], company: Company) -> datetime:
    """Return when the month is judged: the first midnight after its grace, UTC."""
    grace = max((each.params.grace_days for each in policies if isinstance(each.params, WithdrawParams)),
                default=0)  # fmt: skip
    last = company.calendar.nth_after(month.last, grace) if grace else month.last
    return clock.aware(datetime.combine(last + DAY, time()), company.zone)


def months_between(first: Month, last: Month) -> list[Month]:
    """Return the months from the first to the last, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = first.plus(1)
    return found


def lost(decisions: pl.DataFrame) -> list[dict[str, str | None]]:
    """Return who would have lost which client, and to whom it would have gone (None: to nobody)."""
    taken = decisions.filter(rule="withdraw", decision="withdraw").select(
        "client", "subject", "client_name", "employee", "reason"
    )
    rows = taken.join(moves_of(decisions), on="client", how="left").sort("employee", "subject")
    return rows.drop("client").to_dicts()


def _as_if_warned(policy: Policy) -> Policy:
    if not isinstance(policy.params, WithdrawParams):
        return policy
    return replace(policy, params=policy.params.model_copy(update={"warned_days": 0}))


def _about(month: Month, policies: Sequence[Policy]) -> pl.Expr:
    """Return whether a decision is about the month: rules that judge closed months also judge others."""
    dated = {policy.rule for policy in policies if policy.judge.closed_too} | {"withdraw"}
    return ~pl.col("rule").is_in(list(dated)) | (pl.col("period") == str(month))
