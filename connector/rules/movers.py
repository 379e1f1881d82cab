"""Which clients need a new owner: those withdrawn, and those of managers who left (features D1 and D3)."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from connector.rules.clients import exists, is_open, owners
from connector.rules.facts import Facts
from connector.rules.history import holdings, moves
from connector.rules.load import weights
from connector.rules.moment import Moment
from connector.rules.reassign_terms import ReassignParams
from connector.rules.tailoring import concerned
from connector.rules.withdrawal import evaluated_month, withdrawal_rows
from connector.rules.withdrawal_terms import WithdrawParams

_OPEN = pl.Schema({"client": pl.Int64})


def judged_month(moment: Moment) -> Moment:
    """Return the moment over the month that withdrawal and compliance look at now (clarification 23)."""
    params = moment.terms.of("withdraw", WithdrawParams) or WithdrawParams()
    return moment.judging(evaluated_month(params, moment))


def movers(facts: Facts, params: ReassignParams, moment: Moment, judged: Moment) -> pl.DataFrame:
    """Return the clients that need a new owner, by id.

    Columns: client, id, subject, client_name, industry, region, key, employee (the owner so far), since (its
    first day), cause (`withdrawn` or `owner_left`), abc, weight, forbidden (who may not get it), assumed,
    conflict, evidence.
    """
    held = owners(facts, moment).filter(is_open(moment.today) & exists(moment.as_of)).drop("abc")
    taken = _withdrawn(facts, judged)
    rows = held.join(taken, on="client", how="left").with_columns(cause=_cause(moment))
    leaned = (pl.col("cause") == "withdrawn") & pl.col("leaned")
    rows = rows.with_columns(assumed=pl.col("assumed") | leaned.fill_null(value=False))
    rows = concerned(facts, rows.filter(pl.col("cause").is_not_null()), moment, "reassign")
    spans = holdings(facts.ownership.join(rows, on="client", how="semi"), moment.today)
    since = spans.group_by("client", maintain_order=True).agg(since=pl.col("first").last())
    return (
        rows.join(weights(facts, moment), on="client")
        .join(since, on="client", how="left")
        .join(_former(spans, params, moment), on="client", how="left")
        .with_columns(forbidden=_forbidden())
        .sort("id")
    )


def _withdrawn(facts: Facts, judged: Moment) -> pl.DataFrame:
    """Return what the policy `withdraw` takes away; nothing if it is not yet in force.

    Columns: client, taken, evidence, leaned (the breach leans on days whose owner is only assumed).
    """
    params = judged.terms.of("withdraw", WithdrawParams)
    if params is None:
        return _OPEN.to_frame().with_columns(
            taken=pl.lit(value=True),
            leaned=pl.lit(value=False),
            evidence=pl.lit([], dtype=pl.List(pl.String)),
        )
    rows = withdrawal_rows(facts, params, judged).filter(pl.col("guard").is_null())
    return rows.select("client", "evidence", taken=pl.lit(value=True), leaned="assumed")


def _cause(moment: Moment) -> pl.Expr:
    """Return why the client moves: its owner left, or it was withdrawn; null for those that stay."""
    left = (pl.col("left") < moment.today).fill_null(value=False)
    return pl.when(left).then(pl.lit("owner_left")).when("taken").then(pl.lit("withdrawn"))


def _former(spans: pl.DataFrame, params: ReassignParams, moment: Moment) -> pl.DataFrame:
    """Return who owned a client not long enough ago to get it back: client, former (clarification 25)."""
    since = moment.today - timedelta(days=params.no_return_days)
    recent = moves(spans).filter(pl.col("day") >= since)
    return recent.group_by("client").agg(former=pl.col("previous").unique())


def _forbidden() -> pl.Expr:
    former = pl.col("former").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    return pl.concat_list(former, "employee").list.unique().list.sort()
