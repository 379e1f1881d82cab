"""Looks at what a rule of somebody else's gives before anybody leans on it."""

from __future__ import annotations

import json

import polars as pl

from connector.rules.brief import written

FILLED = ("subject", "period", "decision", "reason", "numbers", "evidence", "flags", "actions")
"""Columns of a decision that are never null."""


def check_sound(decisions: pl.DataFrame) -> None:
    """Raise ValueError unless the decisions can be printed, stored and planned by."""
    for name in FILLED:
        if decisions[name].has_nulls():
            raise ValueError(f"a decision has no {name}")
    _check_json(decisions.select(written("numbers")).to_series(), dict)
    _check_json(decisions.select(written("actions")).to_series(), list)


def _check_json(texts: pl.Series, kind: type) -> None:
    for text in texts.unique():
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"{texts.name} of a decision are no JSON: {error}") from None
        if not isinstance(found, kind):
            raise ValueError(f"{texts.name} of a decision must be a JSON {kind.__name__}")  # noqa: TRY004 - told as one line like the others
