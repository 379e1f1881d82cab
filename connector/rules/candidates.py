"""Everybody who might have received a client: who got it, who was dearer, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connector.rules.dealing import Seat
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.movers import judged_month, movers
from connector.rules.reassign import PriceList, kind_of
from connector.rules.reassign_terms import ReassignParams
from connector.rules.receivers import receivers

Verdict = Literal["chosen", "possible", "refused"]


@dataclass(frozen=True)
class Candidate:
    """One employee at work: `reason` is a word of the texts `candidate.*`; load and capacity a month.

    `cost` is that of the client for somebody who may have it, else None; compliance is a fraction.
    """

    employee: str
    verdict: Verdict
    reason: str
    cost: int | None
    load: int
    capacity: int
    compliance: float | None


def candidates(
    facts: Facts, params: ReassignParams, moment: Moment, client: int, to: str | None
) -> list[Candidate]:
    """Return the candidates for a client that `reassign` gave to `to` (None: to nobody), the chosen first.

    Empty where the client needs no new owner. Who may not have it comes last.
    """
    judged = judged_month(moment)
    there = receivers(facts, params, moment, judged)
    prices = PriceList(there, params.cost)
    rows = movers(facts, params, moment, judged).filter(client=client).to_dicts()
    found = [one for row in rows for one in _of(row, there.to_dicts(), prices, params, to)]
    order = ("chosen", "possible", "refused")
    return sorted(found, key=lambda one: (order.index(one.verdict), one.cost or 0, one.employee))


def _of(
    row: Mapping[str, Any],
    there: list[dict[str, Any]],
    prices: PriceList,
    params: ReassignParams,
    to: str | None,
) -> Iterator[Candidate]:
    bar = prices.of(kind_of(row), to) if to is not None else None
    for person in there:
        cost = prices.of(kind_of(row), person["employee"])
        verdict, reason = _verdict(row, person, params, to, _compared(cost, bar))
        yield Candidate(
            person["employee"],
            verdict,
            reason,
            None if verdict == "refused" else cost,
            person["load"],
            person["month_capacity"],
            person["compliance"],
        )


def _verdict(
    row: Mapping[str, Any], person: Mapping[str, Any], params: ReassignParams, to: str | None, compared: str
) -> tuple[Verdict, str]:
    name = person["employee"]
    if name == to:
        return "chosen", "chosen"
    if name == row["employee"]:
        return "refused", "owner"
    if person["refused"] is not None:
        return "refused", person["refused"]
    if name in row["forbidden"]:
        return "refused", "no_return"
    if not Seat(name, person["load"], person["month_capacity"], params.max_in).room(row["weight"]):
        return "refused", "no_room"
    return "possible", compared


def _compared(cost: int, bar: int | None) -> str:
    """Say how somebody compares with the chosen one, who is cheaper unless all his places were taken."""
    if bar is None:
        return "places_taken"
    return "dearer" if cost > bar else "as_dear" if cost == bar else "places_taken"
