"""What each client bought in a stretch of time: sales of one source, or won deals where nobody has sales."""

from __future__ import annotations

from datetime import date

import polars as pl

from connector.errors import PolicyError
from connector.rules.contacts import local_day
from connector.rules.facts import Facts
from connector.rules.terms import AbcParams
from connector.tomlfile import did_you_mean

FACT = ("client", "source", "date", "amount", "margin", "currency")


def turnover_facts(facts: Facts) -> pl.DataFrame:
    """Return sales, or won deals if there are none: client, source, date, amount, margin, currency.

    Money is minor units. Won deals stand in only where no source of the firm has a single sale (clarification
    19); their date is the local day of `closed_at`, their margin is not known.
    """
    if facts.any_sales:
        return facts.sales.select(FACT)
    won = facts.deals.filter((pl.col("stage_kind") == "won") & pl.col("closed_at").is_not_null())
    margin = pl.lit(None, dtype=pl.Int64).alias("margin")
    return won.select(
        "client", "source", local_day("closed_at", facts).alias("date"), "amount", margin, "currency"
    )


def turnover_source(facts: Facts, turnover: pl.DataFrame, params: AbcParams) -> str | None:
    """Return the source that the ranking leans on (clarification 42); None where nothing was ever sold."""
    if params.turnover_source is not None:
        if params.turnover_source not in facts.sources:
            advice = did_you_mean(params.turnover_source, facts.sources)
            raise PolicyError(
                f"abc: turnover_source: no source {params.turnover_source!r}{advice}", hint="see [[source]]"
            )
        return params.turnover_source
    selling = set(turnover["source"].unique().to_list())
    return next((source for source in facts.sources if source in selling), None)


def turnover_by_client(turnover: pl.DataFrame, params: AbcParams, first: date, last: date) -> pl.DataFrame:
    """Return each buyer's value from first to last: client, value (Int64), no_rate (Boolean).

    The value is minor units of the policy's currency, rounded half up once, or the number of sales. An amount
    in a currency without a rate is left out and marks the client `no_rate`. No currency means the policy's
    own.
    """
    return _valued(turnover.filter(pl.col("date").is_between(first, last)), params, "client")


def turnover_by_month(turnover: pl.DataFrame, params: AbcParams, first: date, last: date) -> pl.DataFrame:
    """Return the same by month, empty ones left out: client, month (its first day), value, no_rate."""
    month = pl.col("date").dt.truncate("1mo").alias("month")
    within = turnover.filter(pl.col("date").is_between(first, last)).with_columns(month)
    return _valued(within, params, "client", "month")


def _valued(turnover: pl.DataFrame, params: AbcParams, *by: str) -> pl.DataFrame:
    rows = turnover.with_columns(pl.col("currency").fill_null(params.currency))
    known = pl.col("currency").is_in([params.currency, *params.rates])
    return rows.group_by(by).agg(_value(params).alias("value"), no_rate=(~known).any())


def _value(params: AbcParams) -> pl.Expr:
    if params.metric == "orders":
        return (pl.col("amount") > 0).sum().cast(pl.Int64)
    amount = pl.col("amount" if params.metric == "revenue" else "margin")
    home = amount.filter(pl.col("currency") == params.currency).sum()
    foreign = [
        amount.filter(pl.col("currency") == code).sum() * rate for code, rate in sorted(params.rates.items())
    ]
    if not foreign:
        return home
    return home + (pl.sum_horizontal(foreign) + 0.5).floor().cast(pl.Int64)
