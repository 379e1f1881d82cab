"""What an employee's accounts in several CRMs say together, and who may be another one's second account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from connector.rules.facts import Facts

_FIRST_KNOWN = ("role", "head", "department", "capacity", "accepts_more", "ramp_until", "hired")
_LISTS = ("industries", "regions")


def told_once(accounts: pl.DataFrame, sources: Sequence[str]) -> pl.DataFrame:
    """Let all accounts of a person say the same: what the most trusted one that knows says.

    `accounts` has the columns of `Facts.employees`. A person works as long as one of the accounts does:
    sources that disagree dismiss nobody.
    """
    rank = pl.col("source").replace_strict({name: n for n, name in enumerate(sources)}, return_dtype=pl.Int64)
    known = (pl.col(name).drop_nulls().first().over("employee").alias(name) for name in _FIRST_KNOWN)
    filled = (pl.when(pl.col(name).list.len() > 0).then(name).alias(name) for name in _LISTS)
    lists = (pl.col(name).drop_nulls().first().over("employee").alias(name) for name in _LISTS)
    working = pl.col("left").is_null().any().over("employee")
    left = pl.when(~working).then(pl.col("left").max().over("employee"))
    ordered = accounts.with_columns(filled).sort(rank, "external_id")
    return ordered.with_columns(*known, *lists, left=left).select(accounts.columns)


def strangers(facts: Facts, *, with_events: bool) -> pl.DataFrame:
    """Return who at a client may be the same as somebody else there: client, employee (clarification 43).

    Two persons who work with one client, without a source in which both have accounts, may be one whom
    nothing matched; unless the firm's own file names both. `with_events` looks at those who held contacts,
    too.
    """
    seen = [facts.cards.select("client", pl.col("owner").alias("employee"))]
    if with_events:
        seen.append(facts.events.select("client", pl.col("employee").cast(pl.String)))
    shared = pl.concat(seen).join(facts.shared, on="client", how="semi").drop_nulls().unique()
    known = [f"{source}:{account}" for source, account in facts.people.named]
    placed = shared.join(_places(facts, shared), on="employee").with_columns(
        named=pl.col("employee").is_in(known)
    )
    both = placed.join(placed, on="client", suffix="_other").filter(
        pl.col("employee") != pl.col("employee_other")
    )
    apart = pl.col("sources").list.set_intersection("sources_other").list.len() == 0
    found = both.filter(apart & ~(pl.col("named") & pl.col("named_other")))
    return found.select("client", "employee").unique()


def _places(facts: Facts, shared: pl.DataFrame) -> pl.DataFrame:
    """Return in which sources each has accounts; an unknown id is of the source before its colon."""
    accounts = facts.employees.group_by("employee").agg(sources=pl.col("source").unique())
    unknown = shared.select("employee").unique().join(accounts, on="employee", how="anti")
    source = pl.col("employee").str.splitn(":", 2).struct.field("field_0")
    return pl.concat([accounts, unknown.with_columns(sources=pl.concat_list(source))])
