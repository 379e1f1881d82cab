"""Actions of decisions as JSON text, from which the plan makes changes."""

from __future__ import annotations

import polars as pl

from connector.rules.brief import brief_sentence
from connector.rules.facts import Facts
from connector.rules.jsontext import json_objects
from connector.rules.moment import Moment
from connector.rules.places import places

NO_ACTIONS = "[]"


def action_lists(
    rows: pl.DataFrame, keys: tuple[str, ...], raw: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """Return one JSON array a client of the rows' actions, in the rows' order: client, actions.

    `keys` are the columns that become an action's keys, in that order; those in `raw` hold JSON text already.
    The arrays are short (see `brief`).
    """
    texts = json_objects({key: rows[key] for key in keys}, raw, short=True)
    single = pl.DataFrame(
        {"client": rows["client"], "actions": texts}, schema={"client": pl.Int64, "actions": pl.String}
    )
    if single["client"].is_duplicated().any():
        single = single.group_by("client", maintain_order=True).agg(pl.col("actions").str.join(","))
    return single.with_columns(actions=pl.concat_str(pl.lit("["), "actions", pl.lit("]")))


def joined_lists(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return one JSON array a client of all the parts' actions, the first part's first: client, actions."""
    inner = pl.concat(parts).with_columns(pl.col("actions").str.strip_prefix("[").str.strip_suffix("]"))
    joined = inner.group_by("client", maintain_order=True).agg(pl.col("actions").str.join(","))
    return joined.with_columns(actions=pl.concat_str(pl.lit("["), "actions", pl.lit("]")))


def field_actions(facts: Facts, rows: pl.DataFrame, moment: Moment, field: str, column: str) -> pl.DataFrame:
    """Return actions that set the field to the rows' column in each of `places`: client, actions.

    The plan keeps those whose source may be written and whose value is another (contracts §3).
    """
    new = rows.select("client", pl.col(column).alias("new"))
    targets = (
        places(facts, moment)
        .join(new, on="client")
        .with_columns(kind=brief_sentence("set_field"), field=brief_sentence(field))
        .sort("client", "rank", "external_id")
    )
    return action_lists(targets, ("kind", "target", "field", "new"), frozenset({"kind", "field"}))
