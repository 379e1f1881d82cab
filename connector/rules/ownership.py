"""Who owned a client on which day: by history if there is any, else by the card; one owner a day."""

from __future__ import annotations

from datetime import date

import polars as pl

EARLIEST = date(1, 1, 1)
LATEST = date(9999, 12, 30)
"""Stand for no first and no last day; one day can be added to either."""

PRECEDENCE = ("client", "from", "rank", "named", "first", "employee", "assumed")
"""Of several owners on a day the first in this order wins: whom the most trusted source names, there whom the
card names, then who came last."""

SPANS = ("client", "employee", "first", "last", "assumed", "conflict")


def resolve(rows: pl.DataFrame, clients: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
    """Return spans of days that never overlap for a client: the columns in SPANS, both days inclusive.

    `rows` has client, target (the record), rank, employee, valid_from, valid_to, known; `clients` has client,
    owner, created_on; `cards` client, target, rank, owner, created_on. A client with rows is owned by them
    alone, one without by the card's owner since the day of creation (clarification 7). On a day with several
    owners the card's owner wins if among them, else the later start, else the lower id; the span is marked
    `conflict` (clarification 8, for any day). Where several records are one client each speaks for itself: on
    each day the most trusted one that names an owner wins, and another one that names somebody else is a
    conflict (scenario SC07). A card beside another's history speaks only for the days since its last change.
    """
    several = cards.filter(pl.col("client").is_duplicated())
    one = [frame.join(several, on="client", how="anti") for frame in (rows, clients)]
    return pl.concat([_of_one_record(*one), _of_several(rows, several, clients)])


def _of_several(rows: pl.DataFrame, cards: pl.DataFrame, clients: pl.DataFrame) -> pl.DataFrame:
    own = rows.join(cards, on="client", how="semi")
    silent = cards.join(own, on="target", how="anti").join(_last_change(own), on="client", how="left")
    now = _by_card(silent.with_columns(pl.max_horizontal("created_on", "changed").alias("created_on")))
    return _one_a_day(pl.concat([_history(own), now]), clients).select(SPANS)


def _last_change(rows: pl.DataFrame) -> pl.DataFrame:
    """Return since when the owner that a history names last has the client: client, changed.

    A card without a history knows the owner of today; of the days before the last change it knows nothing.
    """
    spans = _history(rows).hstack(rows.filter(pl.col("employee").is_not_null()).select("target"))
    ordered = spans.sort("client", "target", "first", "last")
    other = (pl.col("employee") != pl.col("employee").shift().over("client", "target")).fill_null(value=True)
    begun = ordered.filter(other).group_by("client", "target").agg(changed=pl.col("first").max())
    return begun.group_by("client").agg(pl.col("changed").max())


def _of_one_record(rows: pl.DataFrame, clients: pl.DataFrame) -> pl.DataFrame:
    history = _history(rows)
    by_card = _by_card(
        clients.join(rows, on="client", how="anti").with_columns(rank=pl.lit(0, dtype=pl.Int64))
    )
    crowded = history.filter(pl.col("client").is_duplicated())
    lone = history.filter(~pl.col("client").is_duplicated())
    overlapping = _overlapping(crowded)
    apart = crowded.join(overlapping, on="client", how="anti")
    contested = _one_a_day(crowded.join(overlapping, on="client", how="semi"), clients)
    calm = pl.concat([by_card, lone, apart]).with_columns(conflict=pl.lit(value=False))
    return pl.concat([calm.select(SPANS), contested.select(SPANS)])


def owned_on(ownership: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return who owns each client on the day: client, employee, assumed, conflict; one row a client."""
    held = ownership.filter((pl.col("first") <= day) & (pl.col("last") >= day))
    return held.select("client", "employee", "assumed", "conflict")


def owned_within(ownership: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Return the spans that touch the days from first to last, cut to them."""
    held = ownership.filter((pl.col("first") <= last) & (pl.col("last") >= first))
    return held.with_columns(
        pl.max_horizontal("first", pl.lit(first)), pl.min_horizontal("last", pl.lit(last))
    )


def _history(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("employee").is_not_null()).select(
        "client",
        "employee",
        pl.col("valid_from").fill_null(EARLIEST).alias("first"),
        pl.col("valid_to").fill_null(LATEST).alias("last"),
        pl.col("known").eq("assumed").fill_null(value=False).alias("assumed"),
        "rank",
    )


def _by_card(clients: pl.DataFrame) -> pl.DataFrame:
    return clients.filter(pl.col("owner").is_not_null()).select(
        "client",
        pl.col("owner").alias("employee"),
        pl.col("created_on").fill_null(EARLIEST).alias("first"),
        pl.lit(LATEST).alias("last"),
        pl.lit(value=False).alias("assumed"),
        "rank",
    )


def _overlapping(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the clients of which two spans share a day."""
    ordered = spans.sort("client", "first", "last")
    reached = pl.col("last").cast(pl.Int32).cum_max().shift().over("client")
    return ordered.filter(pl.col("first").cast(pl.Int32) <= reached).select("client").unique()


def _one_a_day(spans: pl.DataFrame, clients: pl.DataFrame) -> pl.DataFrame:
    """Cut the spans wherever one begins or ends, and leave one owner in each piece."""
    pieces = _pieces(spans).join(spans, on="client")
    pieces = pieces.filter((pl.col("first") <= pl.col("from")) & (pl.col("last") >= pl.col("to")))
    owners = clients.select("client", "owner")
    return (
        pieces.join(owners, on="client", how="left")
        .with_columns(
            named=pl.col("employee").eq(pl.col("owner")).fill_null(value=False),
            conflict=pl.col("employee").n_unique().over("client", "from") > 1,
        )
        .sort(PRECEDENCE, descending=[name in ("named", "first") for name in PRECEDENCE])
        .unique(subset=["client", "from"], keep="first", maintain_order=True)
        .with_columns(first=pl.col("from"), last=pl.col("to"))
    )


def _pieces(spans: pl.DataFrame) -> pl.DataFrame:
    """Return the stretches of days over which a client's spans stay the same: client, from, to."""
    day = pl.duration(days=1)
    cuts = pl.concat(
        [
            spans.select("client", pl.col("first").alias("from")),
            spans.select("client", (pl.col("last") + day).alias("from")),
        ]
    )
    cuts = cuts.unique().sort("client", "from")
    until = pl.col("from").shift(-1).over("client") - day
    return cuts.with_columns(to=until).filter(pl.col("to").is_not_null())
