"""Ranks clients by turnover and says which class each has in a month (features C1)."""

from __future__ import annotations

from functools import partial

import polars as pl

from connector.rules.clients import exists, is_open
from connector.rules.facts import Facts
from connector.rules.given import given_classes
from connector.rules.moment import Moment
from connector.rules.period import DAY, Month
from connector.rules.terms import AbcParams
from connector.rules.turnover import turnover_by_client, turnover_facts, turnover_source

MARKS = ("given", "new", "no_data", "no_rate", "no_turnover", "no_turnover_source")
"""Why a class may be other than its rank: all but `given` are flags of the decision."""


def classes(facts: Facts, params: AbcParams, moment: Moment) -> pl.DataFrame:
    """Return the class of each client in the judged month.

    Columns: client, abc, value, share, cumulative_before and MARKS. Clients: those not closed on the month's
    first day and created by `as_of`. Shares are fractions, null where there is nothing to rank by. Computed
    once for the same month and parameters.
    """
    key = ("abc", params.model_dump_json(), moment.period, moment.as_of)
    return facts.once(key, partial(_classes, facts, params, moment))


def _classes(facts: Facts, params: AbcParams, moment: Moment) -> pl.DataFrame:
    turnover = turnover_facts(facts)
    source = turnover_source(facts, turnover, params)
    if source is not None:
        turnover = turnover.filter(pl.col("source") == source)
    rows = _valued(_listed(facts, moment), facts, turnover, source, params, moment.period)
    ranked = _ranked(rows, params)
    for back in range(1, params.demote_after):
        earlier = _ranked(_valued(rows, facts, turnover, source, params, moment.period.plus(-back)), params)
        ranked = _best(ranked, earlier)
    return _settled(ranked, params, moment)


def _listed(facts: Facts, moment: Moment) -> pl.DataFrame:
    listed = facts.clients.filter(is_open(moment.period.first) & exists(moment.as_of))
    given = given_classes(facts, moment).select("client", outside="abc")
    return listed.select("client", "created_at").join(given, on="client", how="left")


def _valued(
    clients: pl.DataFrame,
    facts: Facts,
    turnover: pl.DataFrame,
    source: str | None,
    params: AbcParams,
    period: Month,
) -> pl.DataFrame:
    """Add what each client bought in the window before the period, and if the turnover source knows it."""
    window = period.plus(-params.window_months).first, period.first - DAY
    value = turnover_by_client(turnover, params, *window)
    linked = facts.records.filter(pl.col("source") == source) if source is not None else facts.records
    known = linked.select("client", linked=pl.lit(value=True)).unique()
    return (
        clients.select("client", "outside", "created_at")
        .join(value, on="client", how="left")
        .join(known, on="client", how="left")
        .with_columns(
            pl.col("value").fill_null(0),
            pl.col("no_rate").fill_null(value=False),
            no_turnover_source=pl.col("linked").is_null(),
        )
        .drop("linked")
    )


def _ranked(rows: pl.DataFrame, params: AbcParams) -> pl.DataFrame:
    """Add share, cumulative_before and rank class; equal values are one group and share its first place."""
    worth = pl.when("no_turnover_source").then(0).otherwise(pl.col("value").clip(0)).alias("_worth")
    rows = rows.with_columns(worth)
    groups = rows.group_by("_worth").agg(pl.col("_worth").sum().alias("_sum")).sort("_worth", descending=True)
    before = pl.col("_sum").cum_sum() - pl.col("_sum")
    # A lone divisor would be turned into a factor, which is off in the last digit: 0.7000000000000001.
    total = pl.col("_sum").sum().over(pl.lit(1))
    groups = groups.with_columns(
        abc=pl.when(100 * before < params.a_below * total)
        .then(pl.lit("A"))
        .when(100 * before < params.b_below * total)
        .then(pl.lit("B"))
        .otherwise(pl.lit("C")),
        cumulative_before=pl.when(total > 0).then(before / total),
        share=pl.when(total > 0).then(pl.col("_worth") / total),
        no_data=total == 0,
    )
    return (
        rows.join(groups.drop("_sum"), on="_worth")
        .drop("_worth")
        .with_columns(abc=pl.when(pl.col("value") > 0).then("abc").otherwise(pl.lit("C")))
    )


def _best(now: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Keep the better class of the two computations: a fall shows only once every computation agrees."""
    then = earlier.select("client", pl.col("abc").alias("_then"))
    return now.join(then, on="client").with_columns(abc=pl.min_horizontal("abc", "_then")).drop("_then")


def _settled(rows: pl.DataFrame, params: AbcParams, moment: Moment) -> pl.DataFrame:
    """Lay over the rank what outranks it: a class from outside, no turnover source, no data, a new client."""
    grown = moment.period.plus(-params.new_months).start(moment.zone)
    young = (pl.col("created_at") > grown).fill_null(value=False)
    known = ~pl.col("no_turnover_source")
    given = pl.col("outside").is_not_null()
    plain = ~given & known & ~pl.col("no_data")
    return rows.select(
        "client",
        pl.when(given).then("outside").when(plain & ~young).then("abc").otherwise(pl.lit("C")).alias("abc"),
        *(pl.when(known).then(name).alias(name) for name in ("value", "share", "cumulative_before")),
        given.alias("given"),
        (plain & young).alias("new"),
        (~given & known & pl.col("no_data")).alias("no_data"),
        (plain & pl.col("no_rate")).alias("no_rate"),
        (plain & (pl.col("value") <= 0)).alias("no_turnover"),
        (~given & ~known).alias("no_turnover_source"),
    )
