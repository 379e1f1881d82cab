"""Who answers for an employee who is away: the deputy, else the head (clarification 45)."""

from __future__ import annotations

import polars as pl

from connector.rules.availability import absent_days, employment
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.staff import people, with_head


def answering(facts: Facts, rows: pl.DataFrame, column: str, moment: Moment) -> pl.DataFrame:
    """Put somebody else into the column where whoever it names is absent on as_of's day, or has left.

    The deputy of the absence, if at work; else whoever decides for the employee; else nobody else is put.
    The order of rows stays.
    """
    gone = _gone(facts, moment)
    if gone.is_empty():
        return rows
    instead = with_head(facts, gone, moment).select(
        pl.col("employee").alias(column), _instead=pl.coalesce("deputy", "decider")
    )
    found = rows.join(instead, on=column, how="left", maintain_order="left")
    return found.with_columns(pl.coalesce("_instead", column).alias(column)).drop("_instead")


def _gone(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return who is not there on as_of's day, and the deputy who is: employee, deputy."""
    away = absent_days(facts, moment.today, moment.today)
    there = people(facts, moment).select(pl.col("employee").alias("deputy"))
    there = there.join(away.select(pl.col("employee").alias("deputy")), on="deputy", how="anti")
    named = away.join(there, on="deputy", how="semi").group_by("employee").agg(pl.col("deputy").min())
    left = employment(facts).filter(pl.col("left") < moment.today)
    absent = pl.concat([away.select("employee"), left.select("employee")]).unique()
    return absent.join(named, on="employee", how="left")
