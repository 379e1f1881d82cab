"""On which days an employee is at work: a working day, employed, not absent."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from connector.rules.calendar import Calendar
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.period import DAY

FIRST_PULL = timedelta(days=1)
"""How long a first pull may take; what it brought was there before."""


def absent_days(facts: Facts, first: date, last: date) -> pl.DataFrame:
    """Return who is away on which day from first to last: employee, deputy (or null), day."""
    away = facts.absences.filter((pl.col("from_date") <= last) & (pl.col("to_date") >= first))
    start, end = pl.max_horizontal("from_date", pl.lit(first)), pl.min_horizontal("to_date", pl.lit(last))
    spans = away.select("employee", "deputy", pl.date_ranges(start, end).alias("day"))
    return spans.explode("day", empty_as_null=False).unique()


def late_absences(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return absences in the judged month that were entered only after it, or after `as_of`.

    Columns: employee, from_date, to_date. Where nobody wrote down when, the pull that first saw it
    tells; what the first pull of its source brought is known since it happened (clarification 41).
    """
    end = min(moment.period.end(moment.zone), moment.as_of)
    entered = pl.col("entered") > min(moment.period.last, moment.today)
    seen = (pl.col("seen_at") > end) & (pl.col("seen_at") > pl.col("begun") + FIRST_PULL)
    late = pl.when(pl.col("entered").is_not_null()).then(entered).otherwise(seen)
    within = (pl.col("from_date") <= moment.period.last) & (pl.col("to_date") >= moment.period.first)
    rows = facts.absence_entries.filter(within & late.fill_null(value=False))
    return rows.select("employee", "from_date", "to_date").unique()


def employment(facts: Facts) -> pl.DataFrame:
    """Return everybody who is an employee or owns a client: employee, role, hired, left, unmapped.

    An id that no employee has counts as employed, `unmapped` (clarification 6).
    """
    owners = facts.ownership.select("employee").unique()
    accounts = facts.employees.select("employee", "role", "hired", "left", unmapped=pl.lit(value=False))
    people = accounts.unique("employee", keep="any") if facts.people.moved else accounts
    return people.join(owners, on="employee", how="full", coalesce=True).with_columns(
        pl.col("unmapped").fill_null(value=True)
    )


def employed_on(day: pl.Expr) -> pl.Expr:
    """Return whether the `hired` and `left` of a row let the employee work on the day."""
    hired = (pl.col("hired") <= day).fill_null(value=True)
    return hired & (pl.col("left") >= day).fill_null(value=True)


def workdays(facts: Facts, calendar: Calendar, first: date, last: date) -> pl.DataFrame:
    """Return who is at work when, for every day from the eve of first to last: employee, day, free, worked.

    `free` is Boolean (false on the eve), `worked` the number of free days from first up to the day.
    """
    people = employment(facts).select("employee", "hired", "left")
    every = calendar.frame(first - DAY, last)
    away = absent_days(facts, first, last).select("employee", "day", away=pl.lit(value=True)).unique()
    free = (
        pl.col("working") & pl.col("away").is_null() & employed_on(pl.col("day")) & (pl.col("day") >= first)
    )
    return (
        people.join(every, how="cross")
        .join(away, on=["employee", "day"], how="left")
        .sort("employee", "day")
        .select("employee", "day", free=free)
        .with_columns(worked=pl.col("free").cast(pl.Int64).cum_sum().over("employee"))
    )


def with_free_days(spans: pl.DataFrame, days: pl.DataFrame, until: pl.Expr, name: str) -> pl.DataFrame:
    """Add the column `name`: how many free days the span's employee has from `first` up to the day `until`.

    `days` is `workdays` over at least those days; none where `until` lies before `first`.
    """
    worked = days.select("employee", "day", "worked")
    before = worked.rename({"day": "_eve", "worked": "_before"})
    reached = worked.rename({"day": "_until", "worked": name})
    return (
        spans.with_columns(_eve=pl.col("first") - pl.duration(days=1), _until=until)
        .join(before, on=["employee", "_eve"], how="left")
        .join(reached, on=["employee", "_until"], how="left")
        .with_columns((pl.col(name) - pl.col("_before")).clip(0).fill_null(0))
        .drop("_eve", "_until", "_before")
    )
