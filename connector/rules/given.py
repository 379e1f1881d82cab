"""Classes that clients were given from outside, as they were in the judged month (features E)."""

from __future__ import annotations

import polars as pl

from connector.rules.facts import Facts
from connector.rules.moment import Moment

CLASSES = ["A", "B", "C"]
CYRILLIC = {"А": "A", "В": "B", "С": "C"}
RECORD = ["source", "external_id"]


def given_classes(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the class that each client was given, as it was when the month began: client, abc (or null).

    A change later than that is undone as far as a log of changes tells of it; without one it is today's. Of
    several records the first by the firm's priority that had a class says it.
    """
    if facts.class_changes.is_empty():
        return facts.clients.select("client", "abc")
    cards = _at_start(facts, moment).sort("client", "rank", "external_id")
    return cards.group_by("client", maintain_order=True).agg(pl.col("abc").drop_nulls().first())


def classes_in_month(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return every class that any record of a client had in the month up to `as_of`: client, abc."""
    end = min(moment.period.end(moment.zone), moment.as_of)
    began = moment.period.start(moment.zone)
    changed = _changes(facts).filter((pl.col("at") >= began) & (pl.col("at") < end))
    parts = [_at_start(facts, moment).select("client", "abc"), changed.select("client", abc="new")]
    return pl.concat(parts).filter(pl.col("abc").is_not_null()).unique()


def _at_start(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the records with their class as it was when the month began: the columns of `facts.given`."""
    later = _changes(facts).filter(pl.col("at") >= moment.period.start(moment.zone))
    first = later.sort("at").unique(RECORD, keep="first", maintain_order=True)
    first = first.select(*RECORD, "old", changed=pl.lit(value=True))
    before = pl.when("changed").then("old").otherwise("abc").alias("abc")
    return facts.given.join(first, on=RECORD, how="left").with_columns(before).drop("old", "changed")


def _changes(facts: Facts) -> pl.DataFrame:
    return facts.class_changes.with_columns(_class("old"), _class("new"))


def _class(column: str) -> pl.Expr:
    said = pl.col(column).str.strip_chars().str.to_uppercase().replace(CYRILLIC)
    return pl.when(said.is_in(CLASSES)).then(said).alias(column)
