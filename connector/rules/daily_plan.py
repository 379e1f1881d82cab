"""Rule `daily_plan`: for each manager and day the clients to contact, until the month ends (features C5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Literal

import polars as pl

from connector.rules.daily_needs import contact_needs, day_capacities, days_left, fixed_contacts
from connector.rules.decision import decision_frame, flag_list
from connector.rules.escalation import task_actions
from connector.rules.facts import Facts
from connector.rules.load import CONTACTS_A_DAY
from connector.rules.moment import Moment
from connector.rules.spreading import Need, spread
from connector.rules.terms import Parameters, parameter
from connector.rules.wording import Bilingual

OWED = "contacts are owed this month"
OVERDUE = "a planned contact is overdue"

Line = tuple[int, str, str, date | None, int | None]
"""client, decision, reason, date, position."""


class DailyPlanParams(Parameters):
    """What is put into the CRM of the plan."""

    item: Literal["task", "none"] = parameter(
        "task",
        "what is put into the CRM for the contacts of the next working day: task or none",
        "что ставим в CRM на контакты ближайшего рабочего дня: task (задача) или none (ничего)",
    )


class DailyPlan:
    """A line a planned contact of the running month, and one a client whose contacts do not all fit."""

    name = "daily_plan"
    params = DailyPlanParams
    frames = frozenset({"clients", "employees", "events", "ownership", "absences", "sales", "deals"})
    closed_too = False
    title = Bilingual(ru="План контактов на каждый день", en="Contacts planned for every day")

    def decide(self, facts: Facts, params: DailyPlanParams, moment: Moment) -> pl.DataFrame:
        """Return planned with date and position in the day, over_capacity or norm_unreachable with neither.

        Contacts planned in the CRM are not printed; they take their place in the day. Asks for a task for
        each contact of the next working day; its `period` is that day.
        """
        needs = contact_needs(facts, moment)
        lines = pl.DataFrame(list(_lines(facts, needs, moment)), schema=_SCHEMA, orient="row")
        rows = lines.join(needs, on="client")
        if params.item == "task":
            asked = _asked(facts, rows, moment)
            rows = rows.join(asked, on=["client", "date", "decision"], how="left")
        flags = {"owner_conflict": pl.col("conflict"), "ownership_assumed": pl.col("assumed")}
        return decision_frame(
            rows.with_columns(flag_list(flags)),
            moment,
            decision=pl.col("decision"),
            reason=pl.col("reason"),
            numbers=("date", "position"),
        )


_SCHEMA = {
    "client": pl.Int64(),
    "decision": pl.String(),
    "reason": pl.String(),
    "date": pl.Date(),
    "position": pl.Int64(),
}


def _lines(facts: Facts, needs: pl.DataFrame, moment: Moment) -> Iterator[Line]:
    free, capacities = days_left(facts, moment), day_capacities(facts, moment)
    fixed = _by_day(facts, moment)
    for (name,), rows in needs.group_by("employee"):
        employee = str(name)
        days = free.get(employee, [])
        taken = [fixed.get((employee, day), []) for day in days]
        yield from _of_manager(rows, days, taken, capacities.get(employee, CONTACTS_A_DAY))


def _of_manager(
    rows: pl.DataFrame, days: list[date], taken: list[list[str]], capacity: int
) -> Iterator[Line]:
    found = {row["id"]: row for row in rows.iter_rows(named=True)}
    needs = [
        Need(id_, row["abc"], row["value"], row["missing"], row["overdue"]) for id_, row in found.items()
    ]
    plan = spread(needs, capacity, taken)
    late = {need.client for need in needs if need.overdue}
    for day, clients in zip(days, plan.days, strict=True):
        for position, id_ in enumerate(clients, start=1):
            yield found[id_]["client"], "planned", OVERDUE if id_ in late else OWED, day, position
            late.discard(id_)
    for id_, count in plan.beyond.items():
        yield (
            found[id_]["client"],
            "over_capacity",
            f"contacts beyond the manager's capacity: {count}",
            None,
            None,
        )
    for id_, count in plan.unreachable.items():
        yield (
            found[id_]["client"],
            "norm_unreachable",
            f"contacts for which no days are left: {count}",
            None,
            None,
        )


def _by_day(facts: Facts, moment: Moment) -> dict[tuple[str, date], list[str]]:
    """Return the clients of each manager's planned contacts by day."""
    fixed = fixed_contacts(facts, moment).filter(pl.col("employee").is_not_null())
    named = fixed.join(facts.clients.select("client", "id"), on="client")
    grouped = named.group_by("employee", "day").agg(pl.col("id").sort())
    return {(employee, day): clients for employee, day, clients in grouped.iter_rows()}


def _asked(facts: Facts, rows: pl.DataFrame, moment: Moment) -> pl.DataFrame:
    """Return the tasks for the contacts of the next working day: client, date, decision, actions."""
    day = moment.calendar.nth_after(moment.today - timedelta(days=1), 1)
    due: dict[str, Any] = {"date": pl.lit(day), "decision": pl.lit("planned")}
    wanted = rows.filter(pl.col("date") == day).with_columns(
        to="employee", why=pl.lit("daily_plan"), about="abc", period=pl.lit(day.isoformat())
    )
    return task_actions(facts, wanted, moment, due=day, purpose="contact").with_columns(**due)
