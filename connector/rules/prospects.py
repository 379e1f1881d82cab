"""What each manager has, owes and would lose: the base and the first forecast of the page about policies."""

from __future__ import annotations

import polars as pl

from connector.rules.clients import exists, is_open, owners
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.norms import client_norms, norm_rows
from connector.rules.withdrawal import withdrawal_rows
from connector.rules.withdrawal_terms import WithdrawParams

CLASSES = ("A", "B", "C")


def managers(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return one row an owner of open clients, by id: employee, clients, A, B, C, owed, done, missed, lost.

    `owed` and `done` are contacts of the running month (done never more than owed a client), `missed` the
    clients whose norm of the month before was not met, `lost` those of them that the withdrawal would take if
    it had been in force and everybody warned.
    """
    month = moment.running
    now, before = moment.judging(month), moment.judging(month.plus(-1))
    rows = _bases(facts, now)
    for part in (_owed(facts, now), _missed(facts, before), _lost(facts, before)):
        rows = rows.join(part, on="employee", how="left")
    return rows.with_columns(pl.col("owed", "done", "missed", "lost").fill_null(0)).sort("employee")


def _bases(facts: Facts, now: Moment) -> pl.DataFrame:
    owned = pl.col("employee").is_not_null()
    held = owners(facts, now).filter(is_open(now.today) & exists(now.as_of) & owned)
    classed = client_norms(facts, now.terms.contact, now).select("client", "abc")
    rows = held.select("client", "employee").join(classed, on="client")
    counts = [(pl.col("abc") == name).sum().cast(pl.Int64).alias(name) for name in CLASSES]
    return rows.group_by("employee").agg(pl.len().cast(pl.Int64).alias("clients"), *counts)


def _owed(facts: Facts, now: Moment) -> pl.DataFrame:
    rows = norm_rows(facts, now.terms.contact, now)
    held = pl.min_horizontal("done", "plan_required").sum()
    return rows.group_by("employee").agg(pl.col("plan_required").sum().alias("owed"), held.alias("done"))


def _missed(facts: Facts, before: Moment) -> pl.DataFrame:
    rows = norm_rows(facts, before.terms.contact, before).filter(pl.col("missing") > 0)
    return rows.group_by("employee").agg(pl.len().cast(pl.Int64).alias("missed"))


def _lost(facts: Facts, before: Moment) -> pl.DataFrame:
    params = before.terms.of("withdraw", WithdrawParams) or WithdrawParams()
    warned = params.model_copy(update={"warned_days": 0})
    rows = withdrawal_rows(facts, warned, before).filter(pl.col("guard").is_null())
    return rows.group_by("employee").agg(pl.len().cast(pl.Int64).alias("lost"))
