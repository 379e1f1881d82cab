"""What two judgements of one moment say differently, decision by decision."""

from __future__ import annotations

from typing import Any

import polars as pl

from connector.rules.brief import written

NAME = ["policy", "subject", "employee", "period"]
ANSWER = ["decision", "reason", "to"]
DIFFERENCE = (*NAME, "client_name", *(f"{name}_{when}" for when in ("before", "after") for name in ANSWER))


def answers(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each policy, subject, employee and period: NAME, ANSWER, client_name.

    Of several decisions of one name (the contacts of a daily plan) the answers are joined.
    """
    texts = pl.col(*NAME, "client_name", "decision", "reason").cast(pl.String)
    rows = decisions.select(texts, to=written("numbers").str.json_path_match("$.to"))
    joined = (pl.col(name).drop_nulls().unique().sort().str.join("; ") for name in ("decision", "reason"))
    return rows.group_by(NAME).agg(*joined, pl.col("to").first(), pl.col("client_name").first())


def differences(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `answers` that differ, sorted by name: DIFFERENCE; null where one side has none."""
    both = before.join(after, on=NAME, how="full", coalesce=True, nulls_equal=True, suffix="_after").rename(
        {name: f"{name}_before" for name in ANSWER}
    )
    same = pl.all_horizontal(pl.col(f"{name}_before").eq_missing(pl.col(f"{name}_after")) for name in ANSWER)
    named = pl.coalesce("client_name", "client_name_after").alias("client_name")
    found = both.filter(~same).with_columns(named).select(DIFFERENCE)
    return found.sort(*(pl.col(name).fill_null("") for name in NAME))


def counts(decisions: pl.DataFrame) -> dict[tuple[str, str, str], int]:
    """Count the decisions by policy, period and answer."""
    grouped = decisions.group_by("policy", "period", "decision").agg(pl.len())
    return {(policy, period, answer): count for policy, period, answer, count in grouped.iter_rows()}


def documents(found: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the differences for machines: name, then `before` and `after` (None where there was none)."""
    return [
        {name: row[name] for name in (*NAME, "client_name")}
        | {when: _side(row, when) for when in ("before", "after")}
        for row in found.iter_rows(named=True)
    ]


def _side(row: dict[str, Any], when: str) -> dict[str, Any] | None:
    if row[f"decision_{when}"] is None:
        return None
    told = {name: row[f"{name}_{when}"] for name in ANSWER}
    return told if told["to"] is not None else {name: told[name] for name in ("decision", "reason")}
