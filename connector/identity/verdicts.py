"""What people said of two records: one client, or two; their word goes before all evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import polars as pl

from connector.model import Ref

Said = Literal["same", "different"]


class Verdict(NamedTuple):
    """Two records, whether they are one client, and where that was said (a file's line, or who and when)."""

    one: Ref
    other: Ref
    said: Said
    place: str


def matched(records: pl.DataFrame, verdicts: Iterable[Verdict]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pairs called the same and the pairs called different: row, other, key (the place).

    A pair that is called both is different. Pairs of which a record is gone say nothing.
    """
    kinds = dict.fromkeys(("a_source", "a_id", "b_source", "b_id", "said", "key"), pl.String())
    said = pl.DataFrame(
        [(*_pair(each), each.said, each.place) for each in verdicts], schema=kinds, orient="row"
    )
    rows = records.select("row", "source", "external_id")
    found = (
        said.join(rows, left_on=["a_source", "a_id"], right_on=["source", "external_id"])
        .join(rows.rename({"row": "other"}), left_on=["b_source", "b_id"], right_on=["source", "external_id"])
        .filter(pl.col("row") != pl.col("other"))
        .with_columns(pl.min_horizontal("row", "other"), other=pl.max_horizontal("row", "other"))
    )
    different = found.filter(pl.col("said") == "different")
    same = found.filter(pl.col("said") == "same").join(different, on=["row", "other"], how="anti")
    one_each = [part.sort("key").unique(["row", "other"], keep="first") for part in (same, different)]
    return one_each[0].select("row", "other", "key"), one_each[1].select("row", "other", "key")


def _pair(verdict: Verdict) -> tuple[str, str, str, str]:
    return (*verdict.one, *verdict.other)
