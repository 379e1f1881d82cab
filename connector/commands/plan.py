"""`connector plan`: what would be written to the CRMs, to whom, and why."""

from __future__ import annotations

from pathlib import Path

import click

from connector.commands.app import AS_OF, App, common, moment
from connector.commands.job import judge, make_plan
from connector.errors import ExitCode
from connector.plan.model import write_plan
from connector.plan.show import show_plan


@click.command()
@AS_OF
@click.option(
    "-o", "--output-file", "target", type=click.Path(path_type=Path), help="Write the plan as a file too."
)
@click.option("--most", type=int, help="Show at most this many lines an employee.")
@common
def command(app: App, as_of: str | None, target: Path | None, most: int | None) -> int:
    """Build a plan from the decisions and keep it in the store; ends with 2 when something may be sent.

    Example: connector plan --as-of 2026-10-01 -o october.json
    """
    settings = app.settings()
    when = moment(as_of, settings.zone)
    with app.store(settings) as store:
        plan = make_plan(settings, store, judge(settings, when))
        names = store.directory.employee_names()
    if target is not None:
        write_plan(plan, target)
    app.emit({"fingerprint": plan.fingerprint, **plan.model_dump(mode="json")})
    for line in show_plan(plan, names, most) if app.human else ():
        app.say(line)
    return ExitCode.CHANGES_PENDING if plan.sendable else ExitCode.FINE
