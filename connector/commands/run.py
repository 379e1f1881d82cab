"""`connector run`: the whole job once, for a schedule: pull, judge, plan, and send what may be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import click

from connector import clock
from connector.commands.app import AS_OF, App, common, moment
from connector.commands.apply import approve
from connector.commands.apply import report as sent_report
from connector.commands.job import Judged, judge, make_plan, pull_all, send, working
from connector.commands.linked import share_lines
from connector.commands.pull import exit_code, failures, tell
from connector.config import Settings
from connector.errors import ExitCode, LockedError
from connector.plan.model import Plan
from connector.plan.show import show_plan
from connector.plugins.base import Source
from connector.rules.decide import judged_periods, moment_of
from connector.rules.keeping import kept, vanished
from connector.store.database import Store
from connector.sync.push import Sent, problems, summary
from connector.sync.sources import open_sources


@click.command()
@AS_OF
@click.option(
    "--yes", is_flag=True, help="Send all but dry_run; without it only policies of mode auto are sent."
)
@click.option(
    "--detailed-exit", is_flag=True, help="End with 3 when partial and 5 when locked; else only 0 or 1."
)
@common
def command(app: App, as_of: str | None, yes: bool, detailed_exit: bool) -> int:
    """Pull, decide, plan and send in one go; ends with 0 when it did its work, else with 1.

    When nothing at all can be read, nothing is judged or sent.

    Windows Task Scheduler shows 2, 3 and 5 as errors of its own, so they come only with --detailed-exit.
    Example: connector run --yes
    """
    settings = app.settings(need_secrets=True)
    try:
        with app.store(settings) as store:
            code = _run(app, settings, store, as_of, yes)
    except LockedError as error:
        app.note(f"connector: {error}")
        return ExitCode.LOCKED if detailed_exit else ExitCode.FINE
    if detailed_exit:
        return code
    return ExitCode.FAILED if code is ExitCode.FAILED else ExitCode.FINE


def _run(app: App, settings: Settings, store: Store, as_of: str | None, yes: bool) -> ExitCode:
    report: dict[str, Any] = {"started_at": clock.now().isoformat(), "plan": None, "outcome": {}}
    sent: list[Sent] = []
    broken: Sequence[str] = ()
    with open_sources(settings) as sources, working(app, store, "run") as work:
        outcomes = pull_all(app, settings, store, sources)
        work.streams(outcomes)
        tell(app, outcomes)
        report["linked"] = store.identities.made().numbers.get("sources", {})
        for line in share_lines(report["linked"]):
            app.say(line)
        code = exit_code(outcomes)
        if code is not ExitCode.FAILED:
            judged = judge(settings, moment(as_of, settings.zone))
            broken = judged.failed
            work.left_out(broken)
            plan = _plan(app, settings, store, judged, yes)
            sent = _send(app, settings, store, sources, plan, yes)
            work.sent(sent)
            report |= {"plan": plan.fingerprint, "outcome": summary(sent)}
    report["failed"] = [*failures(outcomes), *broken]
    app.emit(report)
    settings.registry.run_finished(report)
    return ExitCode.PARTIAL if (broken or problems(sent)) and code is ExitCode.FINE else code


def _plan(app: App, settings: Settings, store: Store, judged: Judged, yes: bool) -> Plan:
    """Keep the decisions, and show the plan that follows from them."""
    _keep(settings, store, judged)
    plan = make_plan(settings, store, judged)
    for line in show_plan(plan, store.directory.employee_names(), 3, advise=not yes) if app.human else ():
        app.say(line)
    return plan


def _keep(settings: Settings, store: Store, judged: Judged) -> None:
    """Keep the decisions whose answer changed, and which are made no more."""
    decisions = judged.decisions
    asked = judged_periods(judged.policies, moment_of(judged.facts, judged.policies, decisions.as_of))
    stored = store.decisions.last(decisions.as_of, {period for _, period in asked})
    gone = vanished(decisions, stored, frozenset(asked))
    store.decisions.save(chain(kept(decisions, settings.zone), gone), decisions.as_of)


def _send(
    app: App, settings: Settings, store: Store, sources: Mapping[str, Source[Any]], plan: Plan, yes: bool
) -> list[Sent]:
    """Send what may go without asking, or all of it when told so."""
    approved = approve(app, store, plan, yes) if yes else plan.automatic
    sent = send(app, settings, store, sources, plan, frozenset(change.key for change in approved))
    for line in sent_report(sent) if approved or sent else ():
        app.say(line)
    return sent
