"""How clients came to their owners: unbroken holdings and moves from one owner to another."""

from __future__ import annotations

from datetime import date

import polars as pl

from connector.rules.ownership import LATEST

HOLDING = ("client", "employee", "first", "last")


def holdings(ownership: pl.DataFrame, until: date) -> pl.DataFrame:
    """Return unbroken stretches of one owner that began by `until`: client, employee, first, last, previous.

    `ownership` is `Facts.ownership`. `previous` is the owner of the stretch before, be there a gap or not;
    null for the first. Sorted by client and first day.
    """
    spans = ownership.filter(pl.col("first") <= until).sort("client", "first").select(HOLDING)
    before = pl.when(_same("client")).then(pl.all().exclude("client").shift()).name.prefix("_")
    joined = (pl.col("_employee") == pl.col("employee")) & (pl.col("first") <= _next_day("_last"))
    number = (~joined.fill_null(value=False)).cum_sum().alias("_holding")
    found = (
        spans.with_columns(before)
        .with_columns(number)
        .group_by("_holding", maintain_order=True)
        .agg(pl.col("client", "employee", "first").first(), pl.col("last").last())
    )
    previous = pl.when(_same("client")).then(pl.col("employee").shift()).alias("previous")
    return found.select(*HOLDING, previous)


def moves(held: pl.DataFrame) -> pl.DataFrame:
    """Return each change of owner: client, employee (the new owner), previous, day (the new one's first).

    A first assignment, or the same owner again after a gap, is no move (clarification 25).
    """
    moved = held.filter(pl.col("previous") != pl.col("employee"))
    return moved.select("client", "employee", "previous", pl.col("first").alias("day"))


def _same(column: str) -> pl.Expr:
    """Return whether the row before says the same, in sorted rows."""
    return pl.col(column) == pl.col(column).shift()


def _next_day(column: str) -> pl.Expr:
    """Return the day after; the last day there is has none after it that matters."""
    return pl.min_horizontal(pl.col(column), pl.lit(LATEST)) + pl.duration(days=1)
