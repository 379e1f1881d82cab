"""Decisions: rows of a frame, JSON lines for the world, objects for those who act on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from connector.rules.actions import NO_ACTIONS
from connector.rules.brief import written
from connector.rules.jsontext import json_objects
from connector.rules.moment import Moment

LINE = (
    *("policy", "rule", "subject", "employee", "period", "decision", "reason"),
    *("numbers", "evidence", "flags", "actions"),
)
"""The keys of a line, in order (model §3)."""

SCHEMA: dict[str, Any] = {
    "client": pl.Int64,
    "client_name": pl.String,
    "subject": pl.String,
    "employee": pl.String,
    "period": pl.String,
    "decision": pl.String,
    "reason": pl.String,
    "numbers": pl.String,
    "evidence": pl.List(pl.String),
    "flags": pl.List(pl.String),
    "actions": pl.String,
}
"""What every rule returns: `client` is the store's number, null where the subject is no client; `numbers` and
`actions` are short JSON text, see `brief`."""

SHORT = frozenset({"numbers", "actions"})

WORD = pl.Categorical(pl.Categories("word", "connector.decisions", physical=pl.UInt16))
REASON = pl.Categorical(pl.Categories("reason", "connector.decisions"))
TOLD: dict[str, Any] = {
    "policy": WORD,
    "rule": WORD,
    **SCHEMA,
    "period": WORD,
    "decision": WORD,
    "reason": REASON,
}
"""What becomes of them once a policy's name is on them: what millions of rows say in a few words is a number
in each. Who joins on these columns with text casts them to text first."""

EMPTY: dict[str, Any] = {"evidence": [], "flags": [], "actions": NO_ACTIONS}
"""What stands for nothing in columns that are never null."""

ORDER = ("policy", "subject", "employee", "period")
_CHUNK = 50_000
_BITS = 12
"""Flags whose choices are listed together."""


def flag_list(flags: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the column `flags`: the names whose condition holds, by name; a null condition does not hold."""
    names = sorted(flags)
    parts = [_flags_of(flags, names[at : at + _BITS]) for at in range(0, max(1, len(names)), _BITS)]
    return (parts[0] if len(parts) == 1 else pl.concat_list(parts)).alias("flags")


def _flags_of(flags: Mapping[str, pl.Expr], names: Sequence[str]) -> pl.Expr:
    # Which of them hold is one number, and there are few: a list made for each row would be very slow.
    bits = (flags[name].fill_null(value=False).cast(pl.UInt32) * (1 << bit) for bit, name in enumerate(names))
    held = pl.sum_horizontal(pl.repeat(0, pl.len(), dtype=pl.UInt32), *bits)
    return pl.lit(_combinations(names)).gather(held)


def _combinations(names: Sequence[str]) -> pl.Series:
    """Return every choice of the names, at the place whose bits say which are chosen."""
    chosen = [
        [name for bit, name in enumerate(names) if number >> bit & 1] for number in range(1 << len(names))
    ]
    return pl.Series(chosen, dtype=pl.List(pl.String))


def decision_frame(
    rows: pl.DataFrame, moment: Moment, *, decision: pl.Expr, reason: pl.Expr, numbers: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Return the rows as decisions in SCHEMA; columns of it that the rows lack are empty.

    `numbers` names the columns that become the decision's numbers, in that order.
    """
    texts = json_objects({name: rows[name] for name in numbers}, short=True) if numbers else pl.lit("{}")
    period = pl.lit(str(moment.period))
    rows = rows.with_columns(decision=decision, reason=reason, numbers=texts, period=period)
    return rows.select(_column(name, present=name in rows.columns) for name in SCHEMA)


def _column(name: str, *, present: bool) -> pl.Expr:
    column = (pl.col(name) if present else pl.lit(None)).cast(SCHEMA[name]).alias(name)
    return column.fill_null(pl.lit(EMPTY[name], dtype=SCHEMA[name])) if name in EMPTY else column


@dataclass(frozen=True)
class Decision:
    """One decision with its reasons; `client_number` is the store's own and is never printed."""

    policy: str
    rule: str
    subject: str
    employee: str | None
    period: str
    decision: str
    reason: str
    numbers: Mapping[str, Any]
    evidence: list[str]
    flags: list[str]
    actions: list[dict[str, Any]]
    client_number: int | None
    client_name: str | None


@dataclass(frozen=True)
class Decisions:
    """All decisions of a moment, in the order of clarification 9; `frame` is in TOLD."""

    as_of: datetime
    frame: pl.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Decision]:
        return _objects(self.frame)

    def acting(self) -> Iterator[Decision]:
        """Yield the decisions that ask for something to be written."""
        return _objects(self.frame.filter(pl.col("actions") != NO_ACTIONS))

    def lines(self) -> Iterator[str]:
        """Yield one JSON object a decision, without a line end: the same decisions, the same bytes."""
        for part in self.frame.iter_slices(_CHUNK):
            yield from json_lines(part)


def json_lines(frame: pl.DataFrame) -> pl.Series:
    """Return the decisions as JSON text, keys as in LINE."""
    frame = frame.with_columns(map(written, SHORT))
    return json_objects({name: frame[name] for name in LINE}, raw=SHORT)


def ordered(frame: pl.DataFrame, places: pl.DataFrame | None = None) -> pl.DataFrame:
    """Sort by policy, subject, employee and period, null as the empty string, then by the line's own text.

    The texts are made only where two decisions would have the same place. `places` (client, place) says where
    each client's subject stands among all; it may be given where every decision is about a client, and spares
    the comparing of texts.
    """
    names = ORDER if frame["policy"].n_unique() > 1 else ORDER[1:]
    keys = [pl.col(name).fill_null("").alias(name) for name in names]
    if places is None:
        found = frame.sort(keys)
    else:
        where = frame.select("client").join(places, on="client", how="left", maintain_order="left")
        found = frame.hstack(where.select("place")).sort("place", *keys[names.index("subject") + 1 :])
        found = found.drop("place")
    twins = found.select(pl.all_horizontal(key == key.shift() for key in keys).any()).item()
    if not twins:
        return found
    return frame.with_columns(json_lines(frame).alias("_line")).sort(*keys, "_line").drop("_line")


def _objects(frame: pl.DataFrame) -> Iterator[Decision]:
    for part in frame.iter_slices(_CHUNK):
        for row in part.with_columns(map(written, SHORT)).iter_rows(named=True):
            told = {name: json.loads(row.pop(name)) for name in SHORT}
            yield Decision(client_number=row.pop("client"), **row, **told)
