"""Rule `reassign`: to whom each client goes that needs a new owner, at least cost (features D2, D3)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from connector.rules.choosing import NO_RECEIVER, Choice, choose
from connector.rules.dealing import Kind, Mover, Seat
from connector.rules.decision import decision_frame, flag_list
from connector.rules.facts import Facts
from connector.rules.handover import handover_actions
from connector.rules.moment import Moment
from connector.rules.movers import judged_month, movers
from connector.rules.reassign_terms import Prices, ReassignParams
from connector.rules.receivers import receivers
from connector.rules.staff import first_of, people, with_head
from connector.rules.wording import Bilingual

TO_HEAD = "a key client whose owner left goes to the head"

_TEXT, _WHOLE = pl.String(), pl.Int64()
CHOSEN = pl.Schema(
    {
        "client": _WHOLE,
        "decision": _TEXT,
        "reason": _TEXT,
        "to": _TEXT,
        "cost": _WHOLE,
        "alternatives": pl.List(pl.Struct({"to": _TEXT, "cost": _WHOLE})),
    }
)


class Reassign:
    """One line a client that needs a new owner: one withdrawn now, or left by a manager who is gone."""

    name = "reassign"
    params = ReassignParams
    frames = frozenset({"clients", "employees", "events", "ownership", "absences", "sales", "deals", "tasks"})
    closed_too = False
    receives = True
    title = Bilingual(ru="Передача клиентов новым ответственным", en="Clients given to new owners")

    def decide(self, facts: Facts, params: ReassignParams, moment: Moment) -> pl.DataFrame:
        """Return `reassign`, `no_receiver` or `deferred` with to, cost and the next best `alternatives`.

        The employee is the owner so far; a client nobody may receive stays with it, and the head is asked.
        """
        judged = judged_month(moment)
        rows = movers(facts, params, moment, judged)
        there = receivers(facts, params, moment, judged)
        rows = rows.join(chosen(facts, rows, there, params, moment), on="client")
        rows = rows.join(handover_actions(facts, rows, moment, note=params.note), on="client", how="left")
        flags = {
            "owner_conflict": pl.col("conflict"),
            "owner_left": pl.col("cause") == "owner_left",
            "ownership_assumed": pl.col("assumed"),
        }
        return decision_frame(
            rows.with_columns(flag_list(flags)),
            moment,
            decision=pl.col("decision"),
            reason=pl.col("reason"),
            numbers=("to", "cost", "alternatives"),
        )


def chosen(
    facts: Facts, rows: pl.DataFrame, there: pl.DataFrame, params: ReassignParams, moment: Moment
) -> pl.DataFrame:
    """Return the choice for each row of `movers` among the rows of `receivers`: CHOSEN."""
    prices = PriceList(there, params.cost)
    lonely = rows.filter((pl.col("cause") == "owner_left") & pl.col("key"))
    usual = rows.join(lonely, on="client", how="anti")
    seats = [
        Seat(name, load, capacity, params.max_in)
        for name, load, capacity in there.filter(pl.col("refused").is_null())
        .select("employee", "load", "month_capacity")
        .iter_rows()
    ]
    classes = [
        (weight, _as_movers(group))
        for (_, weight), group in sorted(usual.group_by("abc", "weight"), key=lambda pair: pair[0])
    ]
    kinds = {mover.kind for _, group in classes for mover in group}
    costs = {kind: {seat.id: prices.of(kind, seat.id) for seat in seats} for kind in kinds}
    choices = choose(classes, costs, seats) | _to_heads(facts, lonely, prices, moment)
    return _frame(rows, choices)


def _to_heads(facts: Facts, rows: pl.DataFrame, prices: PriceList, moment: Moment) -> dict[str, Choice]:
    """Give key clients whose owner left to the head of direction, else to a key account manager."""
    account_manager = first_of(people(facts, moment), ("kam", "skam"))
    found = {}
    for row in with_head(facts, rows, moment).iter_rows(named=True):
        to = row["decider"] or account_manager
        if to is None:
            found[row["id"]] = Choice("no_receiver", NO_RECEIVER)
        else:
            found[row["id"]] = Choice("reassign", TO_HEAD, to, prices.of(kind_of(row), to))
    return found


def _as_movers(rows: pl.DataFrame) -> list[Mover]:
    return [Mover(row["id"], kind_of(row), frozenset(row["forbidden"])) for row in rows.iter_rows(named=True)]


def kind_of(row: Mapping[str, object]) -> Kind:
    """Return what of a row of `movers` its cost depends on."""
    return str(row["industry"] or ""), str(row["region"] or "")


class PriceList:
    """The cost of each receiver for each kind of client (clarification 27)."""

    def __init__(self, there: pl.DataFrame, prices: Prices) -> None:
        self._prices = prices
        self._known = {
            row["employee"]: (
                frozenset(row["industries"] or ()),
                frozenset(row["regions"] or ()),
                row["load_cost"],
            )
            for row in there.iter_rows(named=True)
        }

    def of(self, kind: Kind, receiver: str) -> int:
        """Return the cost; what is not known of either costs nothing."""
        industry, region = kind
        industries, regions, cost = self._known[receiver]
        strange = self._prices.industry if industry and industries and industry not in industries else 0
        far = self._prices.region if region and regions and region not in regions else 0
        return int(cost) + strange + far


def _frame(rows: pl.DataFrame, choices: dict[str, Choice]) -> pl.DataFrame:
    found = []
    for client, name in rows.select("client", "id").iter_rows():
        choice = choices[name]
        others = [{"to": other, "cost": cost} for other, cost in choice.alternatives]
        found.append((client, choice.decision, choice.reason, choice.to, choice.cost, others))
    return pl.DataFrame(found, schema=CHOSEN, orient="row")
