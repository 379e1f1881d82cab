"""Which clients there are at a moment, and who owns them."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from connector.rules.availability import employment
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.oneperson import strangers
from connector.rules.ownership import owned_on


def owners(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return every client with its owner on as_of's day, if any.

    Columns: those of `facts.clients` (but its owner), employee, assumed, conflict, role, hired, left,
    unmapped.
    """
    held = owned_on(facts.ownership, moment.today)
    return with_strangers(
        facts.clients.drop("owner")
        .join(held, on="client", how="left")
        .join(employment(facts), on="employee", how="left"),
        facts,
        with_events=False,
    )


def with_strangers(rows: pl.DataFrame, facts: Facts, *, with_events: bool) -> pl.DataFrame:
    """Mark as `unmapped`, too, who may have a second account at the client that nothing matched."""
    if facts.shared.is_empty():
        return rows
    found = strangers(facts, with_events=with_events).with_columns(_strange=pl.lit(value=True))
    marked = rows.join(found, on=["client", "employee"], how="left")
    return marked.with_columns(unmapped=pl.col("unmapped") | pl.col("_strange").fill_null(value=False)).drop(
        "_strange"
    )


def is_open(day: date) -> pl.Expr:
    """Return whether a client is open on the day; it is closed from the day of `closed_at` on."""
    return pl.col("closed_from").is_null() | (pl.col("closed_from") > day)


def exists(moment: datetime) -> pl.Expr:
    """Return whether a client was created by the moment; an unknown date counts as yes."""
    return (pl.col("created_at") <= moment).fill_null(value=True)


def identity_flags() -> dict[str, pl.Expr]:
    """Return the flags that say that who the client is is in doubt."""
    return {"invalid_inn": pl.col("bad_inn"), "possible_duplicate": pl.col("doubtful")}


def owner_flags() -> dict[str, pl.Expr]:
    """Return the flags that speak of the owner on as_of's day, and of who the client is."""
    return identity_flags() | {
        "owner_conflict": pl.col("conflict"),
        "ownership_assumed": pl.col("assumed"),
        "unmapped_employee": pl.col("unmapped"),
    }
