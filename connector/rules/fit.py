"""How well a client fits the criteria of key accounts: a share between what is known and what is possible."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from pydantic import Field, model_validator

from connector.rules.contacts import local_day
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.terms import Parameters

MUST_HAVE = "price_expectations"


class Criterion(Parameters):
    """One question about a client that people answer yes, partly, no or unknown."""

    name: str = Field(min_length=1)
    weight: int = Field(1, ge=1)
    must_have: bool = False

    @model_validator(mode="before")
    @classmethod
    def _plain_name(cls, said: object) -> object:
        return {"name": said} if isinstance(said, str) else said


DEFAULT_CRITERIA = tuple(
    Criterion(name=name, must_have=name == MUST_HAVE)
    for name in (
        *("missed_terms_risk", MUST_HAVE, "unique_machinery", "risk_budget", "supplier_reputation"),
        *("rhythm_sensitivity", "large_assets", "complex_order"),
    )
)
"""The text's own eight (features H1), all of one weight (clarification 37)."""


def usual_criteria(answered: Iterable[str]) -> tuple[Criterion, ...]:
    """Return the criteria of a firm that listed none: the eight, or its own names where it answers by others.

    Names of its own are filled up to eight with questions that nobody answered, all of one weight.
    """
    names = set(answered) | {MUST_HAVE}
    usual = {criterion.name for criterion in DEFAULT_CRITERIA}
    if names <= usual:
        return DEFAULT_CRITERIA
    spare = sorted(usual - names)[: max(0, len(usual) - len(names))]
    return tuple(Criterion(name=name, must_have=name == MUST_HAVE) for name in sorted({*names, *spare}))


def fits(facts: Facts, criteria: tuple[Criterion, ...], moment: Moment, stale_days: int) -> pl.DataFrame:
    """Return what is known of each client that has an answer or the key flag, and is open.

    Columns: client, low and high (points of twice the sum of weights, in whole numbers), total (that sum),
    answered, unknown (names of criteria without an answer), failed (must-haves answered no), undecided (a
    must-have is unknown), stale (an answer is older than `stale_days`). The latest answer up to as_of counts.
    """
    asked = pl.DataFrame(
        [(place, one.name, one.weight, one.must_have) for place, one in enumerate(criteria)],
        schema={"place": pl.Int64, "criterion": pl.String, "weight": pl.Int64, "must": pl.Boolean},
        orient="row",
    )
    known = _latest(facts, moment)
    flagged = facts.clients.filter("key").select("client")
    considered = pl.concat([known.select("client"), flagged]).unique()
    rows = considered.join(asked, how="cross").join(known, on=["client", "criterion"], how="left")
    old = (moment.as_of - pl.col("at")).dt.total_days() > stale_days
    points = pl.col("answer").replace_strict(
        {"yes": 2, "partly": 1, "no": 0}, default=None, return_dtype=pl.Int64
    )
    silent = points.is_null()
    return (
        rows.sort("client", "place")
        .group_by("client", maintain_order=True)
        .agg(
            (pl.col("weight") * points.fill_null(0)).sum().alias("low"),
            (pl.col("weight") * points.fill_null(2)).sum().alias("high"),
            (2 * pl.col("weight")).sum().alias("total"),
            (~silent).sum().cast(pl.Int64).alias("answered"),
            pl.col("criterion").filter(silent).alias("unknown"),
            pl.col("criterion").filter(pl.col("must") & (points == 0)).alias("failed"),
            (pl.col("must") & silent).any().alias("undecided"),
            (old & ~silent).fill_null(value=False).any().alias("stale"),
        )
    )


def _latest(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the latest answer to each question by as_of: client, criterion, answer, at."""
    given = facts.answers.filter((pl.col("at") <= moment.as_of).fill_null(value=True))
    ordered = given.sort("client", "criterion", "at", "answer", nulls_last=False)
    return ordered.unique(["client", "criterion"], keep="last", maintain_order=True)


def flagged_since(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return since when a client has the key flag, where its changes are known: client, since (a day)."""
    changes = facts.field_changes.filter((pl.col("field") == "key_account") & (pl.col("at") <= moment.as_of))
    on = pl.col("new").str.to_lowercase().is_in(["1", "true", "да", "y", "yes"])
    last = changes.sort("client", "at").unique("client", keep="last", maintain_order=True).filter(on)
    return last.select("client", local_day("at", facts).alias("since"))
