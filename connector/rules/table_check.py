"""Finds what is odd about a decision table by trying every combination of values that could matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from math import prod
from typing import Any

import polars as pl

from connector.rules.calendar import Calendar
from connector.rules.decision_table import DecisionTable, Row
from connector.rules.place import Place
from connector.rules.policy_mistakes import Mistake
from connector.rules.where.columns import Today
from connector.rules.where.fields import CLIENT_FIELDS, OWN, FieldSpec
from connector.rules.where.nodes import IsNull, Literal, inner

MOST = 20_000
"""Combinations that are tried; a table that has more is left unchecked, which is said."""
OTHER = "…"
"""Stands for any text that the table does not name."""

_TYPES: dict[str, Any] = {
    "text": pl.String, "number": pl.Float64, "day": pl.Date, "truth": pl.Boolean, "texts": pl.List(pl.String),
}  # fmt: skip
_NOBODYS_DAY = Today(date(2026, 1, 1), Calendar())
"""Cells use no function of days, so that any day will do."""


def oddities(table: DecisionTable, place: Place) -> list[Mistake]:
    """Return warnings: rows that never decide, rows that overlap, a combination that no row covers."""
    values = {field: _values(table, field) for field in table.fields}
    if prod(map(len, values.values())) > MOST:
        return [Mistake(place, "table", "table_unchecked", {"most": MOST})]
    frame = _combinations(values)
    holds = frame.select(
        row.holds(_NOBODYS_DAY).fill_null(value=False).alias(str(at)) for at, row in enumerate(table.rows)
    )
    hidden = _hidden(holds)
    unreachable = [_about(table.rows[at], "table_unreachable", said=table.rows[at].said()) for at in hidden]
    overlaps = _overlaps(table, holds, frame, hidden)
    return [*unreachable, *overlaps, *_gap(table, holds, frame, place)]


def _values(table: DecisionTable, field: str) -> list[Any]:
    """Return one value of the field for each way in which the rows could treat it."""
    nodes = [node for row in table.rows for name, _, node in row.conditions if name == field]
    named = {part.value for node in nodes for part in inner(node) if isinstance(part, Literal)}
    empty = [None] if any(isinstance(part, IsNull) for node in nodes for part in inner(node)) else []
    return [*_around(sorted(named, key=str), CLIENT_FIELDS.get(field, OWN)), *empty]


def _around(named: list[Any], spec: FieldSpec) -> list[Any]:
    if spec.kind == "truth":
        return [True, False]
    if spec.kind in ("number", "day"):
        return sorted(_marks(sorted(named), timedelta(days=1) if spec.kind == "day" else 1.0))
    if spec.kind == "texts":
        return [[], *([name] for name in named), named]
    return list(spec.choices) or [*named, OTHER]


def _marks(named: list[Any], step: Any) -> set[Any]:
    """Return the values, one below and above each, and one between neighbours."""
    marks = {mark for value in named for mark in (value - step, value, value + step)}
    return marks | {low + (high - low) / 2 for low, high in pairwise(named)}


def _combinations(values: dict[str, list[Any]]) -> pl.DataFrame:
    frame = pl.DataFrame({"_": [0]})
    for field, each in values.items():
        kind = _TYPES[CLIENT_FIELDS.get(field, OWN).kind]
        frame = frame.join(pl.DataFrame({field: pl.Series(each, dtype=kind)}), how="cross")
    return frame


def _hidden(holds: pl.DataFrame) -> list[int]:
    """Return the rows that never decide, as rows above take every case."""
    earlier = pl.Series([False]).new_from_index(0, holds.height)
    found = []
    for at, now in enumerate(holds.iter_columns()):
        if not (now & ~earlier).any():
            found.append(at)
        earlier = earlier | now
    return found


def _overlaps(
    table: DecisionTable, holds: pl.DataFrame, frame: pl.DataFrame, hidden: list[int]
) -> Iterator[Mistake]:
    """Yield each row that shares a case with an earlier one of another result; neither holds the other."""
    for late, row in enumerate(table.rows):
        for early, first in enumerate(table.rows[:late]):
            one, two = holds[str(early)], holds[str(late)]
            apart = late not in hidden and (one & ~two).any() and (two & ~one).any()
            if apart and (one & two).any() and first.results != row.results:
                case = _case(frame.filter(one & two))
                yield _about(row, "table_overlap", first=early + 1, second=late + 1, case=case)


def _gap(table: DecisionTable, holds: pl.DataFrame, frame: pl.DataFrame, place: Place) -> Iterator[Mistake]:
    known = ~pl.any_horizontal([pl.lit(value=False), *(pl.col(field).is_null() for field in table.fields)])
    bare = frame.with_columns(_covered=holds.select(pl.any_horizontal(pl.all())).to_series())
    open_cases = bare.filter(known & ~pl.col("_covered"))
    if not open_cases.is_empty():
        yield Mistake(place, "table", "table_gap", {"case": _case(open_cases), "count": open_cases.height})


def _case(frame: pl.DataFrame) -> str:
    """Return the first combination in words."""
    first = frame.drop("_", "_covered", strict=False).row(0, named=True)
    return ", ".join(f"{field} = {_word(value)}" for field, value in first.items())


def _word(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value) or "∅"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _about(row: Row, code: str, **about: Any) -> Mistake:
    return Mistake(row.place, "table", code, about)
