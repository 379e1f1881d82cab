"""Who may receive clients, who may not and why, and what each would cost (features D2, clarification 27)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from connector.rules.availability import absent_days
from connector.rules.facts import Facts
from connector.rules.layers import NOTHING
from connector.rules.load import capacities, loads
from connector.rules.moment import Moment
from connector.rules.norms import norm_rows
from connector.rules.reassign_terms import ReassignParams
from connector.rules.where.columns import Today

REFUSALS = ("role", "compliance", "accepts_more", "absent", "full", "condition")
"""Why an employee at work receives nobody, in the order in which it is asked."""


def receivers(facts: Facts, params: ReassignParams, moment: Moment, judged: Moment) -> pl.DataFrame:
    """Return everybody at work on as_of's day: employee, industries, regions, load, month_capacity, refused.

    `refused` is the first of REFUSALS that holds, null for a receiver; `load_cost` is the cost of the load
    before the run. `judged` is the month whose compliance counts.
    """
    rows = (
        capacities(facts, moment)
        .join(loads(facts, moment).select("employee", "load"), on="employee", how="left")
        .join(compliance(facts, judged), on="employee", how="left")
        .join(_away(facts, params, moment), on="employee", how="left")
        .with_columns(pl.col("load").fill_null(0))
    )
    conditions = {
        "role": ~pl.col("role").is_in(list(params.roles)),
        "compliance": pl.col("compliance") < params.min_compliance,
        "accepts_more": ~pl.col("accepts_more"),
        "absent": pl.col("away").is_not_null(),
        "full": pl.col("load") >= pl.col("month_capacity"),
        "condition": ~_allowed(moment),
    }
    refused = pl.coalesce(pl.when(conditions[name]).then(pl.lit(name)) for name in REFUSALS)
    # Who owed nothing kept all of it: the condition must not shut out whoever is new (clarification 17)
    kept = pl.col("compliance").fill_null(1.0)
    seen = rows.with_columns(active_from="hired", _said="compliance", compliance=kept)
    told = seen.with_columns(refused=refused, load_cost=_load_cost(params))
    return told.with_columns(compliance="_said").drop("_said", "active_from").sort("employee")


def _allowed(moment: Moment) -> pl.Expr:
    """Return whether the policy's own condition on receivers surely holds; what is not known does not."""
    condition = moment.terms.layers.get("reassign", NOTHING).receiver
    if condition is None:
        return pl.lit(value=True)
    return condition.holds(Today(moment.today, moment.calendar)).fill_null(value=False)


def compliance(facts: Facts, judged: Moment) -> pl.DataFrame:
    """Return each employee's share of owed contacts that were held in the month: employee, compliance.

    Somebody who owed nothing has no row, and may receive clients (clarification 17).
    """
    owed = norm_rows(facts, judged.terms.contact, judged).filter(pl.col("required") > 0)
    held = pl.min_horizontal("done", "required").sum() / pl.col("required").sum()
    return owed.group_by("employee").agg(compliance=held)


def _load_cost(params: ReassignParams) -> pl.Expr:
    """Return the price of the load, rounded half up in whole numbers; a full one for no capacity at all."""
    price, capacity = params.cost.load, pl.col("month_capacity")
    rounded = (2 * price * pl.col("load") + capacity) // (2 * capacity.clip(1))
    return pl.when(capacity > 0).then(rounded).otherwise(price)


def _away(facts: Facts, params: ReassignParams, moment: Moment) -> pl.DataFrame:
    """Return who is away on each of the next working days, one more than is allowed: employee, away."""
    eve = moment.today - timedelta(days=1)
    last = moment.calendar.nth_after(eve, params.max_absence_days + 1)
    days = moment.calendar.working_days(moment.today, last)
    gone = absent_days(facts, moment.today, last).filter(pl.col("day").is_in(days))
    counted = gone.group_by("employee").agg(missed=pl.col("day").n_unique())
    return counted.filter(pl.col("missed") == len(days)).select("employee", away=pl.lit(value=True))
