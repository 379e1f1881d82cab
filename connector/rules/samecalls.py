"""One event that two CRMs saw counts once (features 0, clarification 11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl

APART = timedelta(minutes=5)
"""Two entries in different CRMs whose starts lie no further apart are one event."""

_ALIKE = ("client", "employee", "kind", "status", "failed")
_KEPT = ("event", "source", "at", "rank")


def once(events: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    """Return the events without the second entries of what another CRM has too; the first one stays.

    `events` has client, employee, kind, status, successful, completed_at, planned_at, logged_at, known_at,
    duration_s, event, source and rank; `linked` the clients with records in several sources. Two entries of
    one CRM are two events. What stays is known since the earlier entry and lasted as long as the longer one
    says.
    """
    start = pl.coalesce("completed_at", "planned_at").alias("at")
    failed = pl.col("successful").eq(pl.lit(value=False)).fill_null(value=False).alias("failed")
    seen = events.join(linked, on="client", how="semi").with_columns(start, failed)
    near = _near(seen.filter(pl.col("employee").is_not_null() & pl.col("at").is_not_null()))
    rows = near.sort(*_ALIKE, "at", "rank", "event").select(*_ALIKE, *_KEPT).iter_rows()
    pairs = pl.DataFrame(list(_pairs(rows)), schema={"event": pl.String, "again": pl.String}, orient="row")
    if pairs.is_empty():
        return events
    again = seen.select(pl.col("event").alias("again"), "logged_at", "known_at", "duration_s")
    second = (
        pairs.join(again, on="again")
        .drop("again")
        .group_by("event")
        .agg(
            pl.col("logged_at", "known_at").min().name.suffix("_again"),
            pl.col("duration_s").max().alias("_longer"),
        )
    )
    kept = events.join(pairs.select(event="again"), on="event", how="anti")
    return (
        kept.join(second, on="event", how="left")
        .with_columns(
            pl.min_horizontal("logged_at", "logged_at_again").alias("logged_at"),
            pl.min_horizontal("known_at", "known_at_again").alias("known_at"),
            pl.max_horizontal("duration_s", "_longer").alias("duration_s"),
        )
        .select(events.columns)
    )


def _near(events: pl.DataFrame) -> pl.DataFrame:
    """Keep the events that have another one, of the same people and kind, close before or after."""
    ordered = events.sort(*_ALIKE, "at")
    before = (pl.col("at") - pl.col("at").shift().over(_ALIKE)) <= APART
    after = (pl.col("at").shift(-1).over(_ALIKE) - pl.col("at")) <= APART
    return ordered.filter(before.fill_null(value=False) | after.fill_null(value=False))


def _pairs(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    """Yield each first entry with one that repeats it; an event has at most one entry of each source."""
    alike: tuple[Any, ...] = ()
    begun: list[tuple[str, datetime, set[str]]] = []
    for row in rows:
        *key, event, source, at, _ = row
        if tuple(key) != alike:
            alike, begun = tuple(key), []
        begun = [each for each in begun if at - each[1] <= APART]
        first = next((each for each in begun if source not in each[2]), None)
        if first is None:
            begun.append((event, at, {source}))
        else:
            first[2].add(source)
            yield first[0], event
