"""How fair the bases and the withdrawals are: each manager before and after, and the firm (features K5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from connector.rules.brief import written
from connector.rules.clients import exists, is_open, owners
from connector.rules.facts import Facts
from connector.rules.load import weights
from connector.rules.moment import Moment
from connector.rules.ranking import classes


@dataclass(frozen=True)
class Base:
    """A manager's base: open clients, the contacts a month they are owed, their turnover, their classes."""

    clients: int
    load: int
    turnover: int
    classes: Mapping[str, int]


NOBODY = Base(0, 0, 0, {"A": 0, "B": 0, "C": 0})


@dataclass(frozen=True)
class Share:
    """One manager: the base before and after the moves, and how many clients came and went.

    `withdrawn` clients are those that the rule takes away now; `expected` is how many that were if everybody
    lost the firm's share of each class: the manager's own mix of classes explains that much.
    """

    employee: str
    before: Base
    after: Base
    came: int
    went: int
    withdrawn: int
    expected: float


@dataclass(frozen=True)
class Fairness:
    """All managers by id; `gini` is that of loads (0 is even), before and after.

    `industry_match` is the share of moved clients whose industry the receiver knows, of those where both are
    known; None where there is none.
    """

    shares: list[Share]
    gini_before: float
    gini_after: float
    industry_match: float | None = None

    def documents(self) -> list[dict[str, Any]]:
        """Return a document for each manager and one for the company, for machines."""
        company = {name: value for name, value in asdict(self).items() if name != "shares"}
        return [{"employee": None, **company}, *(asdict(share) for share in self.shares)]


def moves_of(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return whom the decisions of `reassign` and of orders give to whom: client, to."""
    moved = decisions.filter(pl.col("decision") == "reassign", pl.col("client").is_not_null())
    return moved.select("client", to=written("numbers").str.json_path_match("$.to"))


def withdrawn_of(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return which clients the decisions take away: client."""
    return decisions.filter(rule="withdraw", decision="withdraw").select("client").unique()


def fairness(
    facts: Facts, moment: Moment, moves: pl.DataFrame, withdrawn: pl.DataFrame | None = None
) -> Fairness:
    """Return the figures at the moment, before and after the moves (client, to).

    `withdrawn` (client) are the clients taken away, none if not given.
    """
    rows = _rows(facts, moment, moves, withdrawn)
    before, after = _bases(rows, "employee"), _bases(rows, "after")
    moved = rows.filter(pl.col("to").is_not_null())
    came, went = _counts(moved, "to"), _counts(moved, "employee")
    lost, expected = _counts(rows.filter("lost"), "employee"), _expected(rows)
    shares = [
        Share(
            who,
            before.get(who, NOBODY),
            after.get(who, NOBODY),
            came.get(who, 0),
            went.get(who, 0),
            lost.get(who, 0),
            expected.get(who, 0.0),
        )
        for who in sorted(before.keys() | after.keys())
    ]
    loads = ([share.before.load for share in shares], [share.after.load for share in shares])
    return Fairness(shares, gini(loads[0]), gini(loads[1]), _industry_match(facts, moved))


def _rows(facts: Facts, moment: Moment, moves: pl.DataFrame, withdrawn: pl.DataFrame | None) -> pl.DataFrame:
    """Return the open clients: client, industry, employee, abc, weight, value, to, after, lost."""
    held = owners(facts, moment).filter(is_open(moment.today) & exists(moment.as_of))
    value = classes(facts, moment.terms.abc, moment).select("client", "value")
    taken = moves.select("client").clear() if withdrawn is None else withdrawn.select("client")
    return (
        held.select("client", "industry", "employee")
        .join(weights(facts, moment), on="client")
        .join(value, on="client", how="left")
        .join(moves, on="client", how="left")
        .join(taken.with_columns(lost=pl.lit(value=True)), on="client", how="left")
        .with_columns(
            pl.col("value").fill_null(0),
            pl.col("lost").fill_null(value=False),
            after=pl.coalesce("to", "employee"),
        )
    )


def _expected(rows: pl.DataFrame) -> dict[str, float]:
    """Return how many clients each would lose at the firm's share of each class."""
    owned = rows.filter(pl.col("employee").is_not_null())
    shares = owned.group_by("abc").agg(rate=pl.col("lost").mean())
    sums = owned.join(shares, on="abc").group_by("employee").agg(pl.col("rate").sum())
    return dict(sums.iter_rows())


def _industry_match(facts: Facts, moved: pl.DataFrame) -> float | None:
    known = facts.employees.select(pl.col("employee").alias("to"), "industries").unique("to")
    both = moved.join(known, on="to").filter(
        pl.col("industry").is_not_null() & (pl.col("industries").list.len() > 0)
    )
    if both.is_empty():
        return None
    fits = both.select(pl.col("industries").list.contains(pl.col("industry")).mean())
    return float(fits.item())


def _bases(rows: pl.DataFrame, by: str) -> dict[str, Base]:
    sums = (
        rows.filter(pl.col(by).is_not_null())
        .group_by(by)
        .agg(
            pl.len().alias("clients"),
            pl.col("weight").sum().alias("load"),
            pl.col("value").sum().alias("turnover"),
            *((pl.col("abc") == name).sum().alias(name) for name in "ABC"),
        )
    )
    return {
        row[by]: Base(row["clients"], row["load"], row["turnover"], {name: row[name] for name in "ABC"})
        for row in sums.iter_rows(named=True)
    }


def _counts(rows: pl.DataFrame, by: str) -> dict[str, int]:
    return dict(rows.group_by(by).agg(pl.len()).iter_rows())


def gini(loads: list[int]) -> float:
    """Return the Gini coefficient: 0 where all are equal, towards 1 where one has all; 0 for nothing."""
    total, count = sum(loads), len(loads)
    if not total:
        return 0.0
    ranked = sum(place * load for place, load in enumerate(sorted(loads), 1))
    return (2 * ranked - (count + 1) * total) / (count * total)
