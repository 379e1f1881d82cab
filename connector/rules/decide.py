"""Asks every policy's rule about its months and puts all decisions into one order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from connector import clock
from connector.rules.decision import SCHEMA, Decisions, ordered
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.period import Month
from connector.rules.policy import Policy
from connector.rules.registry import RULES
from connector.rules.terms import AbcParams, ContactNormParams, Terms


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


def judged_months(policy: Policy, running: Month) -> list[Month]:
    """Return the months that the policy answers for (clarification 2) since it took effect."""
    closed = [running.plus(-1)] if RULES[policy.rule].closed_too else []
    return [month for month in (*closed, running) if policy.judges(month)]


def decide(facts: Facts, policies: Sequence[Policy], as_of: datetime) -> Decisions:
    """Return every decision of the policies at the aware moment `as_of`: the same facts, the same bytes.

    PolicyError where a policy's parameters do not fit the firm.
    """
    company, as_of = facts.company, as_of.astimezone(UTC)
    running = Month.of(clock.local_day(as_of, company.zone))
    frames = [pl.DataFrame(schema={"policy": pl.String, "rule": pl.String, **SCHEMA})]
    for policy in policies:
        for month in judged_months(policy, running):
            terms = terms_of([each for each in policies if each.judges(month)])
            moment = Moment(as_of, company.zone, month, company.calendar, terms)
            frames.append(_of_policy(facts, policy, moment))
    return Decisions(as_of, ordered(pl.concat(frames)))


def _of_policy(facts: Facts, policy: Policy, moment: Moment) -> pl.DataFrame:
    decided = RULES[policy.rule].decide(facts, policy.params, moment)
    return decided.select(pl.lit(policy.id).alias("policy"), pl.lit(policy.rule).alias("rule"), *SCHEMA)
