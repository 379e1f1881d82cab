"""By when the next contact is due: some working days on, the owner at work, in time for the month's norm."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from connector.rules.availability import workdays
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.period import Month

LOOKAHEAD = timedelta(days=400)
"""How far ahead the end of an absence is looked for."""


def due_days(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.Series:
    """Return the day on which the next contact of each row is due (clarification 21).

    `rows` has client, employee (the owner), day (of the last contact) and interval (working days, from 1).
    The due day is never before as_of's, and a day on which the owner is at work wherever there is one within
    LOOKAHEAD.
    """
    if rows.is_empty():
        return pl.Series(dtype=pl.Date)
    rows = rows.select("client", "employee", "day", "interval")
    wanted = moment.calendar.nth_after_each(rows["day"], rows["interval"])
    rows = rows.with_columns(wanted=pl.max_horizontal(wanted, pl.lit(moment.today))).with_row_index("_row")
    days = workdays(facts, moment.calendar, moment.running.first, _horizon(facts, rows, moment))
    rows = _when_there(rows, days, "wanted", "due")
    last = rows["due"].max()
    assert isinstance(last, date)
    for month in _months(moment, last):
        rows = _in_time(facts, rows, days, month, moment)
    rows = rows.with_columns(pl.max_horizontal("due", pl.lit(moment.today)))
    return _when_there(rows, days, "due", "due").sort("_row")["due"]


def _horizon(facts: Facts, rows: pl.DataFrame, moment: Moment) -> date:
    """Return the last day that may matter: the end of the month after the last wish and the last absence."""
    ends = [rows["wanted"].max(), facts.absences["to_date"].max(), moment.today]
    latest = max(end for end in ends if isinstance(end, date))
    return Month.of(min(latest, moment.today + LOOKAHEAD)).plus(1).last


def _months(moment: Moment, last: date) -> list[Month]:
    ahead = (last.year - moment.running.year) * 12 + last.month - moment.running.number
    return [moment.running.plus(step) for step in range(ahead + 1)]


def _when_there(rows: pl.DataFrame, days: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """Move the day in `column` forward to the owner's next free day; it stays where there is none."""
    free = (
        pl.when("free")
        .then("day")
        .fill_null(strategy="backward")
        .over("employee", order_by="day")
        .alias("_free")
    )
    nearest = days.select("employee", pl.col("day").alias("_wish"), free)
    moved = rows.with_columns(_wish=pl.col(column)).join(nearest, on=["employee", "_wish"], how="left")
    return moved.with_columns(pl.coalesce("_free", "_wish").alias(name)).drop("_free", "_wish")


def _in_time(
    facts: Facts, rows: pl.DataFrame, days: pl.DataFrame, month: Month, moment: Moment
) -> pl.DataFrame:
    """Pull the due day back to the need-th last free day of the month, so that the norm can be met."""
    norms = norm_rows(facts, moment.terms.contact, moment.over(month))
    need = (pl.col("plan_required") - pl.col("done")).alias("_need")
    needs = norms.select("client", "employee", need).filter(pl.col("_need") > 0)
    free = days.filter(pl.col("free") & pl.col("day").is_between(month.first, month.last))
    # The free days of a person, the last one first; a need beyond them means the first of them.
    lasts = (
        free.sort("employee", "day", descending=[False, True])
        .group_by("employee")
        .agg(pl.col("day").alias("_days"))
    )
    latest = pl.col("_days").list.get(pl.min_horizontal(pl.col("_need"), pl.col("_days").list.len()) - 1)
    capped = rows.join(needs, on=["client", "employee"], how="left").join(lasts, on="employee", how="left")
    bound = pl.col("_need").is_not_null() & (pl.col("due") >= month.first)
    due = pl.when(bound).then(pl.min_horizontal("due", latest)).otherwise("due")
    return capped.with_columns(due=due).drop("_need", "_days")
