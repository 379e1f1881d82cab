"""Says how much of each source is linked with the others: by count of clients and by turnover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from connector.identity.linking import Grouping

TURNOVER = pl.Schema({"source": pl.String(), "external_id": pl.String(), "amount": pl.Int64()})


def shares(found: Grouping, turnover: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Return the numbers of each source and of doubt, by name.

    `turnover` is source, client's id, amount in minor units. A source has `clients`, `linked` (of them with
    a record in another source), and, where it sells, `turnover`, `linked_turnover` and the fractions
    `share` and `turnover_share`. `doubtful` counts the records of which it is not settled whose they are.
    """
    across = pl.col("source").n_unique().over("client") > 1
    sold = pl.DataFrame(list(turnover), schema=TURNOVER, orient="row")
    rows = found.records.with_columns(linked=across).join(sold, on=["source", "external_id"], how="left")
    amount = pl.col("amount").clip(0).fill_null(0)
    counted = rows.group_by("source").agg(
        clients=pl.len().cast(pl.Int64),
        linked=pl.col("linked").sum().cast(pl.Int64),
        turnover=amount.sum(),
        linked_turnover=amount.filter(pl.col("linked")).sum(),
    )
    return {
        "doubtful": found.records["doubt"].drop_nulls().len(),
        "sources": {row["source"]: _with_shares(row) for row in counted.sort("source").iter_rows(named=True)},
    }


def _with_shares(row: dict[str, Any]) -> dict[str, Any]:
    """Return a source's numbers with the fractions; null where there is nothing to divide by."""
    names = ("clients", "linked", "turnover", "linked_turnover")
    return {
        **{name: row[name] for name in names},
        "share": row["linked"] / row["clients"],
        "turnover_share": row["linked_turnover"] / row["turnover"] if row["turnover"] else None,
    }
