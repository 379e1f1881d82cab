"""Moves that a person orders, a list of clients or all of one employee's: as decisions like any rule's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from connector.rules.clients import exists, is_open, owners
from connector.rules.decision import SCHEMA, Decisions, decision_frame, flag_list, ordered
from connector.rules.facts import Facts
from connector.rules.handover import handover_actions
from connector.rules.history import holdings
from connector.rules.load import capacities, loads, weights
from connector.rules.moment import Moment
from connector.rules.movers import judged_month, movers
from connector.rules.reassign import CHOSEN, chosen
from connector.rules.reassign_terms import ReassignParams
from connector.rules.receivers import receivers

BY_ORDER = "by order"


@dataclass(frozen=True)
class Order:
    """One client that a person gives to an employee (a printed id), and why."""

    client: int
    to: str
    why: str = ""


def order_decisions(facts: Facts, orders: Sequence[Order], rule: str, moment: Moment) -> Decisions:
    """Return a decision for each order: to whom the client goes, flagged with what speaks against it.

    Nothing is refused here: the head decides. A client has at most one order.
    """
    nobody: list[object] = []
    told = [(one.client, "reassign", one.why or BY_ORDER, one.to, None, nobody) for one in orders]
    choices = pl.DataFrame(told, schema=CHOSEN, orient="row")
    rows = (
        owners(facts, moment).join(choices, on="client").join(_since(facts, moment), on="client", how="left")
    )
    # A key client goes to whom the head names: nobody else is asked
    asked = handover_actions(facts, rows.with_columns(key=pl.lit(value=False)), moment, by_receiver=True)
    rows = _against(facts, rows.join(asked, on="client", how="left"), moment)
    return _decisions(rows, rule, moment, _flags() | {"over_capacity": pl.col("beyond")})


def handover_decisions(
    facts: Facts, employee: str, params: ReassignParams, moment: Moment, judged: Moment
) -> Decisions:
    """Return where each open client of somebody who leaves goes: as `reassign` deals a dismissed one's.

    `facts` are those in which the employee is gone by `moment` (see `gone`); `judged` is the month whose
    compliance counts. Key clients go to the head.
    """
    alone = replace(judged.terms, others={**judged.terms.others, "withdraw": None})
    judged = replace(judged, terms=alone)
    rows = movers(facts, params, moment, judged).filter(employee=employee)
    there = receivers(facts, params, moment, judged)
    rows = rows.join(chosen(facts, rows, there, params, moment), on="client")
    asked = handover_actions(facts, rows, moment, by_receiver=True, note=params.note)
    rows = rows.join(asked, on="client", how="left")
    return _decisions(rows, "handover", moment, _flags())


def month_of_compliance(moment: Moment) -> Moment:
    """Return the moment over the month by which receivers are measured now."""
    return judged_month(moment)


def gone(
    frames: Mapping[str, pl.DataFrame], accounts: Sequence[tuple[str, str]], day: date
) -> dict[str, pl.DataFrame]:
    """Return the frames in which these accounts (source, id) work no more from the day on."""
    left = pl.DataFrame(accounts, schema={"source": pl.String, "external_id": pl.String}, orient="row")
    last = left.with_columns(_last=pl.lit(day - timedelta(days=1)))
    people = frames["employees"].join(last, on=["source", "external_id"], how="left")
    until = pl.min_horizontal("active_to", "_last").alias("active_to")
    return {**frames, "employees": people.with_columns(until).drop("_last")}


def clients_of(facts: Facts, employee: str, moment: Moment) -> pl.DataFrame:
    """Return the open clients that the employee has: the columns of `clients.owners`."""
    held = owners(facts, moment).filter(is_open(moment.today) & exists(moment.as_of))
    return held.filter(employee=employee).sort("id")


def _since(facts: Facts, moment: Moment) -> pl.DataFrame:
    """Return since when each client's last owner has it: client, since."""
    held = holdings(facts.ownership, moment.today)
    return held.group_by("client", maintain_order=True).agg(since=pl.col("first").last())


def _against(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Add `beyond`: whether the receiver would carry more than the capacity with all that is ordered."""
    new = rows.join(weights(facts, moment).select("client", "weight"), on="client", how="left")
    coming = new.group_by("to").agg(coming=pl.col("weight").sum())
    carried = loads(facts, moment).select(pl.col("employee").alias("to"), "load")
    room = capacities(facts, moment).select(pl.col("employee").alias("to"), "month_capacity")
    both = coming.join(carried, on="to", how="left").join(room, on="to", how="left")
    total = pl.col("coming") + pl.col("load").fill_null(0)
    beyond = (total > pl.col("month_capacity")).fill_null(value=False)
    return rows.join(both.select("to", beyond=beyond), on="to", how="left")


def _flags() -> dict[str, pl.Expr]:
    return {
        "key_account": pl.col("key"),
        "owner_conflict": pl.col("conflict"),
        "pinned": pl.col("pinned"),
    }


def _decisions(rows: pl.DataFrame, rule: str, moment: Moment, flags: dict[str, pl.Expr]) -> Decisions:
    frame = decision_frame(
        rows.with_columns(flag_list(flags)),
        moment,
        decision=pl.col("decision"),
        reason=pl.col("reason"),
        numbers=("to", "cost", "alternatives"),
    )
    named = frame.select(pl.lit(rule).alias("policy"), pl.lit(rule).alias("rule"), *SCHEMA)
    return Decisions(moment.as_of, ordered(named))
