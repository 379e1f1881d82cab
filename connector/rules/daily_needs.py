"""What the daily plan is made of: who is owed contacts, what is planned already, who works on which day."""

from __future__ import annotations

from datetime import date

import polars as pl

from connector.rules.availability import workdays
from connector.rules.clients import is_open, owners
from connector.rules.contacts import local_day
from connector.rules.facts import Facts
from connector.rules.load import CONTACTS_A_DAY
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.ranking import classes
from connector.rules.tailoring import concerned


def contact_needs(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the clients to contact before the month ends, with owner and what is missing.

    Columns: client, id, subject, client_name, employee, abc, value, missing, overdue, assumed, conflict.
    missing = planned norm - held - what the owner has planned by the month's end (clarification 22).
    """
    working = (pl.col("left") >= moment.today).fill_null(value=True)
    held = owners(facts, moment).filter(is_open(moment.today) & working).drop("abc")
    held = concerned(facts, held, moment, "daily_plan")
    norms = norm_rows(facts, moment.terms.contact, moment)
    norms = norms.select("client", "employee", "abc", "plan_required", "done")
    days = pl.col("day").n_unique().cast(pl.Int64)
    planned = fixed_contacts(facts, moment).group_by("client", "employee").agg(planned=days)
    value = classes(facts, moment.terms.abc, moment).select("client", "value")
    rows = (
        held.join(norms, on=["client", "employee"])
        .join(planned, on=["client", "employee"], how="left")
        .join(_overdue(facts, moment), on="client", how="left")
        .join(value, on="client", how="left")
        .with_columns(pl.col("planned", "value").fill_null(0), pl.col("overdue").fill_null(value=False))
    )
    missing = (pl.col("plan_required") - pl.col("done") - pl.col("planned")).clip(0)
    return rows.with_columns(missing=missing).filter((pl.col("missing") > 0) | pl.col("overdue"))


def fixed_contacts(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the contacts planned from as_of to the month's end: client, employee, day."""
    ahead = (pl.col("planned_at") >= moment.as_of) & (pl.col("day") <= moment.period.last)
    return _planned(facts, moment).filter(ahead).select("client", "employee", "day")


def _overdue(facts: Facts, moment: Moment) -> pl.DataFrame:
    late = _planned(facts, moment).filter(pl.col("planned_at") < moment.as_of)
    return late.select("client", overdue=pl.lit(value=True)).unique()


def _planned(facts: Facts, moment: Moment) -> pl.DataFrame:
    kinds = pl.col("kind").is_in(list(moment.terms.contact.kinds))
    planned = facts.events.filter((pl.col("status") == "planned") & kinds)
    return planned.with_columns(pl.col("employee").cast(pl.String), day=local_day("planned_at", facts))


def days_left(facts: Facts, moment: Moment) -> dict[str, list[date]]:
    """Return the days from as_of's to the month's last on which each employee is at work."""
    days = workdays(facts, moment.calendar, moment.today, moment.period.last).filter("free")
    grouped = days.sort("employee", "day").group_by("employee", maintain_order=True).agg("day")
    return {str(employee): list(free) for employee, free in grouped.iter_rows()}


def day_capacities(facts: Facts, moment: Moment) -> dict[str, int]:
    """Return how many contacts a day each employee manages; half while a new hire is ramping up."""
    whole = pl.col("capacity").fill_null(CONTACTS_A_DAY)
    ramping = (pl.col("ramp_until") >= moment.today).fill_null(value=False)
    capacity = pl.when(ramping).then(whole // 2).otherwise(whole)
    return {str(name): int(count) for name, count in facts.employees.select("employee", capacity).iter_rows()}
