"""Which clients there are at a moment, and who owns them."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from connector.rules.availability import employment
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.ownership import owned_on


def owners(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return every client with its owner on as_of's day, if any.

    Columns: those of `facts.clients` (but its owner), employee, assumed, conflict, role, hired, left,
    unmapped.
    """
    held = owned_on(facts.ownership, moment.today)
    return (
        facts.clients.drop("owner")
        .join(held, on="client", how="left")
        .join(employment(facts), on="employee", how="left")
    )


def is_open(day: date) -> pl.Expr:
    """Return whether a client is open on the day; it is closed from the day of `closed_at` on."""
    return pl.col("closed_from").is_null() | (pl.col("closed_from") > day)


def exists(moment: datetime) -> pl.Expr:
    """Return whether a client was created by the moment; an unknown date counts as yes."""
    return (pl.col("created_at") <= moment).fill_null(value=True)


def owner_flags() -> dict[str, pl.Expr]:
    """Return the flags that speak of the owner on as_of's day."""
    return {
        "owner_conflict": pl.col("conflict"),
        "ownership_assumed": pl.col("assumed"),
        "unmapped_employee": pl.col("unmapped"),
    }
