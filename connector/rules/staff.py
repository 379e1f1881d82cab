"""Who is there to decide or to take a client, and by which account a source knows them."""

from __future__ import annotations

import polars as pl

from connector.rules.availability import employed_on
from connector.rules.facts import Facts
from connector.rules.moment import Moment

SUPERIORS = ("head", "director", "chief")
"""Who decides for a manager without a head of his own; the first role that anybody has."""


def people(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return one row for each employee at work on as_of's day: the columns of `Facts.employees`."""
    there = facts.employees.filter(employed_on(pl.lit(moment.today)))
    return there.sort("employee", "source", "external_id").unique(
        "employee", keep="first", maintain_order=True
    )


def with_head(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Add `decider`: the head of the row's `employee`, else of the department, else the firm's first one."""
    there = people(facts, moment)
    named = facts.employees.select("employee", pl.col("head").alias("_named"), "department").unique(
        "employee"
    )
    own = there.select(pl.col("employee").alias("_named"), own=pl.col("employee"))
    heads = there.filter((pl.col("role") == "head") & pl.col("department").is_not_null())
    local = heads.group_by("department").agg(local=pl.col("employee").min())
    return (
        rows.join(named, on="employee", how="left")
        .join(own, on="_named", how="left")
        .join(local, on="department", how="left")
        .with_columns(decider=pl.coalesce("own", "local", pl.lit(first_of(there, SUPERIORS))))
        .drop("_named", "department", "own", "local")
    )


def first_of(there: pl.DataFrame, roles: tuple[str, ...]) -> str | None:
    """Return the first employee, by id, who has the first of the roles that anybody has; None without one."""
    for role in roles:
        found = there.filter(pl.col("role") == role)["employee"].min()
        if isinstance(found, str):
            return found
    return None


def with_account(facts: Facts, rows: pl.DataFrame, employee: str, name: str) -> pl.DataFrame:
    """Add the account of the column `employee` in the row's `source` as column `name`; null without one."""
    accounts = facts.employees.select(
        pl.col("employee").alias(employee), "source", pl.col("external_id").alias(name)
    )
    return rows.join(accounts, on=[employee, "source"], how="left")
