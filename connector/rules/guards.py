"""What keeps a client with its owner although the norm was breached (features D1, clarification 24)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from connector.rules.clients import is_open, owners, with_strangers
from connector.rules.contacts import local_day
from connector.rules.facts import Facts
from connector.rules.history import holdings, moves
from connector.rules.moment import Moment
from connector.rules.ranking import classes
from connector.rules.withdrawal_terms import WithdrawParams

GUARDS = (
    *("client_closed", "no_owner", "owner_conflict", "identity_conflict", "unmapped_employee"),
    *("no_turnover_source", "pinned", "key_lock", "open_deal", "protection", "cooldown", "move_cap"),
    *("few_eligible_days", "not_warned"),
)
"""In the order in which they are asked; the first that holds is the reason. `deferred_max_out` comes last,
after all rows are known. Two beside those of clarification 24 follow from clarifications 42 and 43."""


def guarded(facts: Facts, rows: pl.DataFrame, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Add `guard` (the first that holds, or null), `protected_until`, `cool_until` and `unknown_deal`.

    `rows` has client, employee (who breached) and eligible_days in `moment.period`. `unknown_deal`: a deal
    that was closed nobody knows when holds the client, since doubt never punishes.
    """
    held = holdings(facts.ownership.join(rows, on="client", how="semi"), moment.today)
    rows = rows.join(_standing(facts, moment), on="client", how="left")
    for part in (
        _deals(facts, params, moment),
        _assigned(held, params),
        _moved(held, params, moment),
        _unranked(facts, moment),
        _listed(facts, moment),
    ):
        rows = rows.join(part, on="client", how="left")
    rows = rows.join(_warned(facts, params, moment), on=["client", "employee"], how="left")
    conditions = _conditions(params, moment)
    named = [pl.when(conditions[name]).then(pl.lit(name)) for name in GUARDS]
    return rows.with_columns(guard=pl.coalesce(named))


def _conditions(params: WithdrawParams, moment: Moment) -> dict[str, pl.Expr]:
    """Return each guard's condition; a null one does not hold."""
    return {
        "client_closed": ~is_open(moment.today),
        "no_owner": pl.col("owner_now").is_null(),
        "owner_conflict": pl.col("contested"),
        "identity_conflict": pl.col("doubtful"),
        "unmapped_employee": pl.col("stranger"),
        "no_turnover_source": pl.col("unranked"),
        "pinned": pl.col("pinned") | pl.col("listed").is_not_null(),
        "key_lock": pl.col("key"),
        "open_deal": pl.col("busy") if params.open_deal == "keep" else pl.lit(value=False),
        "protection": pl.col("protected_until") >= moment.period.last,
        "cooldown": pl.col("cool_until") >= moment.today,
        "move_cap": pl.col("moved_times") >= params.max_moves,
        "few_eligible_days": pl.col("eligible_days") < params.min_eligible_days,
        "not_warned": pl.col("warned").is_null() if params.warned_days else pl.lit(value=False),
    }


def _standing(facts: Facts, moment: Moment) -> pl.DataFrame:
    held = with_strangers(owners(facts, moment), facts, with_events=True)
    return held.select(
        *("client", "closed_from", "pinned", "key", "doubtful", "bad_inn"),
        pl.col("employee").alias("owner_now"),
        pl.col("conflict").alias("contested"),
        pl.col("unmapped").alias("stranger"),
    )


def _deals(facts: Facts, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Return the clients with a deal open at as_of or just closed: client, busy, unknown_deal."""
    begun = (pl.col("created_at") <= moment.as_of).fill_null(value=True)
    still = (pl.col("stage_kind") == "open") | (pl.col("closed_at") > moment.as_of).fill_null(value=False)
    since = moment.today - timedelta(days=params.deal_tail_days)
    recent = (local_day("closed_at", facts) >= since).fill_null(value=False)
    unknown = (pl.col("stage_kind") != "open") & pl.col("closed_at").is_null()
    busy = facts.deals.filter(begun & (still | recent | unknown))
    held = busy.group_by("client").agg(unknown_deal=(unknown & ~still & ~recent).all())
    return held.with_columns(busy=pl.lit(value=True))


def _assigned(held: pl.DataFrame, params: WithdrawParams) -> pl.DataFrame:
    """Return until when a new owner is not judged: client, protected_until."""
    until = _plus("first", params.protection_days).last().alias("protected_until")
    return held.group_by("client", maintain_order=True).agg(until)


def _moved(held: pl.DataFrame, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Return the changes of owner: client, cool_until, moved_times (within the window)."""
    since = moment.today - timedelta(days=params.moves_window_days)
    return (
        moves(held)
        .group_by("client")
        .agg(
            _plus("day", params.cooldown_days).max().alias("cool_until"),
            (pl.col("day") >= since).sum().cast(pl.Int64).alias("moved_times"),
        )
    )


def _plus(column: str, days: int) -> pl.Expr:
    return pl.col(column) + pl.duration(days=days)


def _unranked(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the clients that the source of turnover does not know: client, unranked."""
    found = classes(facts, moment.terms.abc, moment).filter("no_turnover_source")
    return found.select("client", unranked=pl.lit(value=True))


def _listed(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return the clients that the firm's own list pins on as_of's day: client, listed."""
    lasting = (pl.col("until") >= moment.today).fill_null(value=True)
    return facts.pins.filter(lasting).select("client", listed=pl.lit(value=True)).unique()


def _warned(facts: Facts, params: WithdrawParams, moment: Moment) -> pl.DataFrame:
    """Return who had an item of ours about which client in time: client, employee, warned."""
    items = facts.our_items
    last = _last_warning(params, moment)
    if last is None:
        return items.clear().select("client", "employee", warned=pl.lit(value=True))
    in_time = local_day("made_at", facts) <= last
    lasting = (local_day("closed_at", facts) >= moment.period.first).fill_null(value=True)
    return items.filter(in_time & lasting).select("client", "employee", warned=pl.lit(value=True)).unique()


def _last_warning(params: WithdrawParams, moment: Moment) -> date | None:
    """Return the last day after which the month still has the working days that a warning must leave."""
    worked = moment.calendar.working_days(moment.period.first, moment.period.last)
    if not 0 < params.warned_days <= len(worked):
        return None
    return worked[-params.warned_days] - timedelta(days=1)
