"""`connector handover EMPLOYEE`: everything of somebody who leaves goes to others, as a plan like all."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from connector import clock
from connector.commands.app import AS_OF, App, common, moment
from connector.commands.ordered import Desk, Ordered, open_desk, order_plan, the_employee, told
from connector.errors import ConfigError
from connector.plan.model import write_plan
from connector.rules.decide import moment_of
from connector.rules.decision import Decisions
from connector.rules.facts import Facts
from connector.rules.fairness import fairness, moves_of
from connector.rules.moment import Moment
from connector.rules.orders import (
    Order,
    clients_of,
    gone,
    handover_decisions,
    month_of_compliance,
    order_decisions,
)
from connector.rules.reassign_terms import ReassignParams
from connector.tables import cells


@click.command()
@click.argument("employee")
@click.option(
    "--from", "since", metavar="DATE", required=True, help="First day without the employee; not sent before."
)
@click.option("--to", "receiver", metavar="EMPLOYEE", help="Who gets all; default: dealt by `reassign`.")
@AS_OF
@click.option(
    "-o", "--output-file", "target", type=click.Path(path_type=Path), help="Write the plan as a file too."
)
@click.option("--most", type=int, help="Show at most this many lines an employee.")
@common
def command(
    app: App,
    employee: str,
    since: str,
    receiver: str | None,
    as_of: str | None,
    target: Path | None,
    most: int | None,
) -> int:
    """Make a plan that gives all clients of EMPLOYEE to others from DATE on, with what hangs on them.

    Without --to they are dealt as those of a dismissed manager by the policy `reassign`; key clients go to
    the head. Nothing is sent before `connector apply`, and not before DATE. Ends with 3 where a client is
    left without a receiver. Example: connector handover "Иванов Пётр" --from 2026-11-02
    """
    settings = app.settings()
    now = moment(as_of, settings.zone)
    desk = open_desk(settings, now)
    who = the_employee(desk, employee)
    to = the_employee(desk, receiver) if receiver is not None else None
    if to == who:
        raise ConfigError(f"{employee!r} cannot take over from himself", hint="name another with --to")
    start = _midnight(since, settings.zone)
    then = moment_of(desk.facts, desk.policies, max(now, start))
    decisions = _by_order(desk, who, to, then) if to else _dealt(desk, who, then)
    decisions = Decisions(desk.moment.as_of, decisions.frame)
    figures = fairness(desk.facts, desk.moment, moves_of(decisions.frame))
    with app.store(settings) as store:
        day = clock.local_day(start, settings.zone)
        plan = order_plan(desk, store, decisions, "handover", day)
        if target is not None:
            write_plan(plan, target)
        left = _left(desk, who, decisions, then)
        return told(app, desk, store, Ordered(plan, figures, left=left), most)


def _midnight(text: str, zone: ZoneInfo) -> datetime:
    """Return the beginning of the day in the zone, as UTC."""
    try:
        day = cells.day(text, zone)
    except ValueError:
        day = None
    if day is None:
        raise ConfigError(f"--from {text!r} is not a date", hint="write 2026-11-02 or 02.11.2026")
    return clock.aware(datetime.combine(day, time()), zone)


def _by_order(desk: Desk, who: str, to: str, then: Moment) -> Decisions:
    orders = [Order(client, to) for client in clients_of(desk.facts, who, then)["client"]]
    return order_decisions(desk.facts, orders, "handover", then)


def _dealt(desk: Desk, who: str, then: Moment) -> Decisions:
    """Deal the clients out as `reassign` would if the employee were gone; the past is judged as it is."""
    people = desk.facts.employees.filter(employee=who).select("source", "external_id").rows()
    facts = Facts(gone(desk.frames, people, then.today), desk.company)
    params = next((each.params for each in desk.policies if isinstance(each.params, ReassignParams)), None)
    judged = month_of_compliance(desk.moment)
    return handover_decisions(facts, who, params or ReassignParams(), then, judged)


def _left(desk: Desk, who: str, decisions: Decisions, then: Moment) -> list[str]:
    """Return a line for each client that stays, and why."""
    told_of = {one.client_number: one for one in decisions}
    lines = []
    for row in clients_of(desk.facts, who, then).iter_rows(named=True):
        one = told_of.get(row["client"])
        if one is None or one.decision != "reassign":
            why = one.reason if one else "no rule deals it out"
            lines.append(f"{row['client_name']} ({row['subject']}) stays: {why}")
    return lines
