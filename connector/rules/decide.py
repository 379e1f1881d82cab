"""Asks every policy's rule about its months and puts all decisions into one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from connector import clock
from connector.rules.decision import SCHEMA, Decisions, ordered
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.period import Month
from connector.rules.policy import Policy
from connector.rules.registry import RULES
from connector.rules.rule import PicksMonths
from connector.rules.terms import AbcParams, ContactNormParams, Parameters, Terms

ACCEPTED = "visibility_accepted"


def required_frames(policies: Sequence[Policy]) -> frozenset[str]:
    """Return the names of the store's frames that the policies' rules look at."""
    return frozenset().union(*(RULES[policy.rule].frames for policy in policies))


def terms_of(policies: Sequence[Policy]) -> Terms:
    """Return the terms in force: of the first policy, by id, for `abc` and `contact_norm`, else defaults."""
    abc, contact = AbcParams(), ContactNormParams()
    for policy in sorted(policies, key=lambda policy: policy.id, reverse=True):
        if isinstance(policy.params, AbcParams):
            abc = policy.params
        if isinstance(policy.params, ContactNormParams):
            contact = policy.params
    return Terms(abc, contact)


def terms_in(policies: Sequence[Policy], month: Month) -> Terms:
    """Return the terms in force in the month; a policy that is not yet in force suspends its rule."""
    others: dict[str, Parameters | None] = {policy.rule: None for policy in policies}
    judging = [policy for policy in policies if policy.judges(month)]
    for policy in sorted(judging, key=lambda policy: policy.id, reverse=True):
        others[policy.rule] = policy.params
    return replace(terms_of(judging), others=others)


def judged_months(policy: Policy, moment: Moment) -> list[Month]:
    """Return the months that the policy answers for (clarification 2) since it took effect."""
    rule, running = RULES[policy.rule], moment.running
    if isinstance(rule, PicksMonths):
        months = rule.months(policy.params, moment)
    else:
        months = [running.plus(-1), running] if rule.closed_too else [running]
    return [month for month in months if policy.judges(month)]


def decide(facts: Facts, policies: Sequence[Policy], as_of: datetime) -> Decisions:
    """Return every decision of the policies at the aware moment `as_of`: the same facts, the same bytes.

    PolicyError where a policy's parameters do not fit the firm.
    """
    company, as_of = facts.company, as_of.astimezone(UTC)
    now = Moment(
        as_of,
        company.zone,
        Month.of(clock.local_day(as_of, company.zone)),
        company.calendar,
        terms_of=lambda month: terms_in(policies, month),
    )
    frames = [pl.DataFrame(schema={"policy": pl.String, "rule": pl.String, **SCHEMA})]
    for policy in policies:
        months = judged_months(policy, now)
        frames += [_of_policy(facts, policy, now.judging(month)) for month in months]
    return Decisions(as_of, ordered(_with_acceptance(facts, pl.concat(frames))))


def _with_acceptance(facts: Facts, frame: pl.DataFrame) -> pl.DataFrame:
    """Say on each decision where the admin accepted that not all is seen (clarification 40).

    It is said of clients with a record in such a source, and of whatever is no client.
    """
    accepted = facts.company.accepted
    if not accepted:
        return frame
    exposed = facts.records.filter(pl.col("source").is_in(list(accepted)))["client"].unique()
    concerned = pl.col("client").is_null() | pl.col("client").is_in(exposed.implode())
    flags = pl.concat_list("flags", pl.lit(ACCEPTED)).list.sort()
    return frame.with_columns(flags=pl.when(concerned).then(flags).otherwise("flags"))


def _of_policy(facts: Facts, policy: Policy, moment: Moment) -> pl.DataFrame:
    decided = RULES[policy.rule].decide(facts, policy.params, moment)
    return decided.select(pl.lit(policy.id).alias("policy"), pl.lit(policy.rule).alias("rule"), *SCHEMA)
