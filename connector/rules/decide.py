"""Asks every policy's rule about its months and puts all decisions into one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from connector import clock
from connector.rules.acting import with_actions
from connector.rules.decision import TOLD, Decisions, ordered
from connector.rules.facts import Facts
from connector.rules.layers import NOTHING, Layers
from connector.rules.moment import Moment
from connector.rules.period import Month
from connector.rules.places import check_sources
from connector.rules.policy import Policy
from connector.rules.registry import RULES
from connector.rules.rule import PicksMonths, spares_of
from connector.rules.soundness import check_sound
from connector.rules.tailoring import scoped
from connector.rules.terms import AbcParams, ContactNormParams, Parameters, Terms

ACCEPTED = "visibility_accepted"


def required_frames(policies: Sequence[Policy]) -> frozenset[str]:
    """Return the names of the store's frames that the policies' rules look at."""
    return frozenset().union(*(policy.frames for policy in policies))


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
    layers: dict[str, Layers] = {}
    for policy in sorted(judging, key=lambda policy: policy.id, reverse=True):
        others[policy.rule] = policy.params
        layers[policy.rule] = policy.layers
    told = {rule: each for rule, each in layers.items() if each}
    return replace(terms_of(judging), others=others, layers=told)


def judged_months(policy: Policy, moment: Moment) -> list[Month]:
    """Return the months that the policy answers for (clarification 2) since it took effect."""
    rule, running = policy.judge, moment.running
    if isinstance(rule, PicksMonths):
        months = rule.months(policy.params, moment)
    else:
        months = [running.plus(-1), running] if rule.closed_too else [running]
    return [month for month in months if policy.judges(month)]


def judged_periods(policies: Sequence[Policy], now: Moment) -> list[tuple[str, str]]:
    """Return each policy's id with each month that it answers for at the moment."""
    return [(policy.id, str(month)) for policy in policies for month in judged_months(policy, now)]


def decide(facts: Facts, policies: Sequence[Policy], as_of: datetime) -> Decisions:
    """Return every decision of the policies at the aware moment `as_of`: the same facts, the same bytes.

    PolicyError where a policy's parameters do not fit the firm.
    """
    now = moment_of(facts, policies, as_of)
    return _joined(now, {policy.id: _of_policy(facts, policy, now) for policy in policies})


def decide_soundly(
    facts: Facts, policies: Sequence[Policy], as_of: datetime
) -> tuple[Decisions, dict[str, str]]:
    """Return the decisions as `decide` does, and what went wrong, by policy, with rules of plugins.

    A policy whose rule fails, or gives no decisions in the columns of SCHEMA, decides nothing; the others
    are not hindered. An error of a rule of ours is raised.
    """
    now = moment_of(facts, policies, as_of)
    frames, broken = {}, {}
    for policy in policies:
        if policy.rule in RULES:
            frames[policy.id] = _of_policy(facts, policy, now)
            continue
        try:
            decided = _of_policy(facts, policy, now)
            check_sound(decided)
        except (Exception, SystemExit, pl.exceptions.PanicException) as error:
            broken[policy.id] = f"policy {policy.id}: its rule {policy.rule} failed: {_said(error)}"
        else:
            frames[policy.id] = decided
    return _joined(now, frames), broken


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"


def moment_of(facts: Facts, policies: Sequence[Policy], as_of: datetime) -> Moment:
    """Return the moment over the running month, by the terms of the policies in force in each month."""
    company, as_of = facts.company, as_of.astimezone(UTC)
    running = Month.of(clock.local_day(as_of, company.zone))
    now = Moment(
        as_of, company.zone, running, company.calendar, terms_of=lambda month: terms_in(policies, month)
    )
    return now.judging(running)


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


def _joined(now: Moment, frames: Mapping[str, pl.DataFrame]) -> Decisions:
    """Return the decisions of all policies, each policy's in order already."""
    return Decisions(
        now.as_of, pl.concat([_NONE.to_frame(), *(frame for _, frame in sorted(frames.items()))])
    )


_NONE = pl.Schema(TOLD)


def _of_policy(facts: Facts, policy: Policy, now: Moment) -> pl.DataFrame:
    months = [_of_month(facts, policy, now.judging(month)) for month in judged_months(policy, now)]
    decided = _with_acceptance(facts, pl.concat([_NONE.to_frame(), *months]))
    about_clients = policy.rule in RULES and not decided["client"].has_nulls()
    return ordered(decided, facts.places if about_clients else None)


def _of_month(facts: Facts, policy: Policy, moment: Moment) -> pl.DataFrame:
    check_sources(policy.id, policy.write_to, facts)
    moment = replace(_by_own_layers(policy, moment), write_to=policy.write_to)
    decided = policy.judge.decide(facts, policy.params, moment)
    decided = scoped(facts, decided, moment, policy.rule, spares_of(policy.judge))
    decided = with_actions(facts, decided, moment, policy)
    named = {"policy": pl.lit(policy.id), "rule": pl.lit(policy.rule)}
    return decided.select(named.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in TOLD.items())


def _by_own_layers(policy: Policy, moment: Moment) -> Moment:
    """Return the moment with the policy's own condition and table, where another policy has the rule too."""
    if moment.terms.layers.get(policy.rule, NOTHING) == policy.layers:
        return moment
    terms_of = moment.terms_of

    def own(terms: Terms) -> Terms:
        others = {rule: each for rule, each in terms.layers.items() if rule != policy.rule}
        return replace(terms, layers=others | ({policy.rule: policy.layers} if policy.layers else {}))

    ours = None if terms_of is None else lambda month: own(terms_of(month))
    return replace(moment, terms=own(moment.terms), terms_of=ours)
