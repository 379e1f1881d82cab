"""Decision tables: rows of conditions with results; the first row that holds decides (hit policy "first")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from connector.rules.place import Place
from connector.rules.where.columns import Today, compiled
from connector.rules.where.fields import CLIENT_FIELDS
from connector.rules.where.nodes import Binary, Node
from connector.rules.wording import Bilingual


@dataclass(frozen=True)
class Result:
    """What a column of a table may set for a client: a whole number within bounds."""

    least: int
    most: int
    meaning: Bilingual
    titles: tuple[str, ...] = ()
    """Russian titles of the column."""


@dataclass(frozen=True)
class Row:
    """One row: `conditions` one for each field that it asks about."""

    place: Place
    conditions: tuple[tuple[str, str, Node], ...]
    """Field, what is written, and its meaning."""
    results: tuple[tuple[str, int], ...]

    @property
    def node(self) -> Node | None:
        """All conditions joined by `and`; None where the row holds for everybody."""
        joined: Node | None = None
        for _, _, node in self.conditions:
            joined = node if joined is None else Binary(node.at, "and", joined, node)
        return joined

    def holds(self, today: Today) -> pl.Expr:
        """Return whether the row holds: true, false, or null where a field is not known."""
        return pl.lit(value=True) if self.node is None else compiled(self.node, today)

    def said(self) -> str:
        """Return the row in words: its conditions, and what follows."""
        asked = ", ".join(f"{field} = {written}" for field, written, _ in self.conditions) or "*"
        return f"{asked} → " + ", ".join(f"{name} = {value}" for name, value in self.results)


@dataclass(frozen=True)
class DecisionTable:
    """The rows in order."""

    rows: tuple[Row, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it asks about, each once, in order."""
        return tuple(dict.fromkeys(field for row in self.rows for field, _, _ in row.conditions))

    @property
    def frames(self) -> frozenset[str]:
        """The store's frames that its fields are made of."""
        named = (CLIENT_FIELDS[field].frames for field in self.fields if field in CLIENT_FIELDS)
        return frozenset({"clients"}).union(*named)

    def said(self) -> str:
        """Return the whole table in words, a row a line: two tables that say the same decide the same."""
        return "\n".join(row.said() for row in self.rows)

    def judge(self, clients: pl.DataFrame, today: Today) -> pl.DataFrame:
        """Return for each of the clients, in their order, what the table says of it.

        Columns: `row`, the number from 0 of the first row that surely holds, or null; `unsure`, whether an
        earlier one might hold but for a field that is not known; and each result that the table may set,
        null where the deciding row does not set it.
        """
        held = clients.with_columns(row.holds(today).alias(f"_{at}") for at, row in enumerate(self.rows))
        sure = pl.coalesce(*(pl.when(f"_{at}").then(pl.lit(at)) for at in range(len(self.rows))))
        holds = [pl.col(f"_{at}").fill_null(value=True) for at in range(len(self.rows))]
        maybe = pl.coalesce(*(pl.when(each).then(pl.lit(at)) for at, each in enumerate(holds)))
        found = held.select(row=sure, _maybe=maybe)
        return found.select("row", ~pl.col("row").eq_missing(pl.col("_maybe")).alias("unsure"), *self._set())

    def _set(self) -> Iterator[pl.Expr]:
        """Yield each result as the deciding row sets it."""
        for name in dict.fromkeys(name for row in self.rows for name, _ in row.results):
            values = {at: dict(row.results).get(name) for at, row in enumerate(self.rows)}
            yield pl.col("row").replace_strict(values, default=None, return_dtype=pl.Int64).alias(name)
