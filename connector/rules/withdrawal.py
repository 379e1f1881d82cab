"""Which breaches cost a manager the client: the evaluated month, the guards, the worst first."""

from __future__ import annotations

from functools import partial

import polars as pl

from connector.rules.clients import exists, is_open, owners
from connector.rules.facts import Facts
from connector.rules.guards import guarded
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.period import Month
from connector.rules.ranking import classes
from connector.rules.tailoring import withheld
from connector.rules.withdrawal_terms import WithdrawParams


def evaluated_month(params: WithdrawParams, moment: Moment) -> Month:
    """Return the latest month whose grace is over before as_of's day (clarification 23)."""
    month = moment.running.plus(-1)
    while not _grace_is_over(month, params.grace_days, moment):
        month = month.plus(-1)
    return month


def _grace_is_over(month: Month, grace: int, moment: Moment) -> bool:
    last = moment.calendar.nth_after(month.last, grace) if grace else month.last
    return last < moment.today


def withdrawal_rows(facts: Facts, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Return the breaches of the month `moment.period` with what became of each.

    Columns: those of `norm_rows` and of `guards.guarded`; `guard` may also be `missing_data` or
    `deferred_max_out`; null means that the client is withdrawn. Rows whose client has another owner by
    as_of are left out.
    """
    key = ("withdraw", params.model_dump_json(), moment.key())
    return facts.once(key, partial(_withdrawal_rows, facts, params, moment))


def _withdrawal_rows(facts: Facts, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    rows = guarded(facts, _often(facts, params, moment), params, moment)
    mine = (pl.col("owner_now") == pl.col("employee")).fill_null(value=True)
    rows = withheld(facts, rows.filter(mine), moment)
    return _with_quota(facts, rows, params, moment)


def breaches(facts: Facts, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Return the month's rows of `norm_rows` that owed contacts and miss enough of them."""
    owed = (pl.col("required") > 0) & (pl.col("missing") >= params.min_missing)
    return norm_rows(facts, moment.terms.contact, moment).filter(owed)


def _often(facts: Facts, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Return the month's breaches of those who breached in enough months; `assumed` if any of them is."""
    now = breaches(facts, params, moment)
    pair = ["client", "employee"]
    months = [now.select(*pair, "assumed")]
    for back in range(1, params.window):
        earlier = moment.judging(moment.period.plus(-back))
        months.append(breaches(facts, params, earlier).select(*pair, "assumed"))
    counted = pl.concat(months).group_by(pair).agg(pl.col("assumed").any(), times=pl.len())
    often = counted.filter(pl.col("times") >= params.breaches).drop("times")
    return now.drop("assumed").join(often, on=pair)


def _with_quota(facts: Facts, rows: pl.DataFrame, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Keep what goes beyond a manager's share of this run: the worst go first (clarification 26)."""
    value = classes(facts, moment.terms.abc, moment).select("client", "value")
    rows = (
        rows.join(_quotas(facts, params, moment), on="employee", how="left")
        .join(value, on="client", how="left")
        .join(facts.clients.select("client", "id"), on="client")
        .with_columns(pl.col("value").fill_null(0), _share=pl.col("missing") / pl.col("required"))
        .sort("_share", "abc", "value", "id", descending=[True, False, True, False])
    )
    place = pl.col("guard").is_null().cum_sum().over("employee")
    beyond = pl.col("guard").is_null() & (place > pl.col("max_out"))
    guard = pl.when(beyond).then(pl.lit("deferred_max_out")).otherwise("guard")
    return rows.with_columns(guard=guard).drop("_share", "value")


def _quotas(facts: Facts, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Return how many clients a run may take from each owner: employee, max_out."""
    held = owners(facts, moment).filter(is_open(moment.today) & exists(moment.as_of))
    share = (pl.len().cast(pl.Int64) * params.max_out_percent // 100).clip(1)
    return held.group_by("employee").agg(max_out=share)
