"""The records of all sources as identity looks at them: what may link them, the most trusted first."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from connector import identifiers
from connector.identity.names import normal_name

CARDS = "identities"
"""The store's frame with what of a card may tell whose it is."""


def prepared(cards: pl.DataFrame, priority: Sequence[str]) -> pl.DataFrame:
    """Return the records in order of trust, then id, each with its place in that order as `row`.

    An INN counts only with right check digits (`inn`, else null), a KPP only beside one. Beside the frame's
    columns: row, normal (the name's normal form), bad_phones (some are no numbers), person.
    """
    ranked = [*priority, *sorted(set(cards["source"].unique().to_list()) - set(priority))]
    order = {name: rank for rank, name in enumerate(ranked)}
    inn = pl.when(pl.col("inn").is_in(_right_inns(cards["inn"]))).then("inn")
    return (
        cards.with_columns(pl.col("source").replace_strict(order, return_dtype=pl.Int64).alias("rank"))
        .sort("rank", "external_id")
        .with_row_index("row")
        .with_columns(
            pl.col("row").cast(pl.Int64),
            inn,
            kpp=pl.when(inn.is_not_null() & (pl.col("kpp") != "")).then("kpp"),
            normal=normal_name(pl.col("name")),
            bad_phones=pl.col("flags").list.contains("invalid:phones").fill_null(value=False),
            person=pl.col("kind").eq("person").fill_null(value=False),
        )
    )


def _right_inns(inns: pl.Series) -> pl.Series:
    """Return the numbers whose check digits are right, in their normal form."""
    every = inns.drop_nulls().unique().to_list()
    return pl.Series([inn for inn in every if identifiers.inn(inn) == inn], dtype=pl.String).implode()
