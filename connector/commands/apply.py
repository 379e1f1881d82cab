"""`connector apply PLAN`: sends what a person approved: each change once, or not at all."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from connector import clock
from connector.changes import AnyChange
from connector.commands.app import App, common, who
from connector.commands.job import send, working
from connector.errors import ConfigError, ExitCode
from connector.plan.model import Plan, read_plan
from connector.plan.show import FINGERPRINT_LENGTH, show_plan
from connector.store.database import Store
from connector.sync.push import Sent, problems, summary
from connector.sync.sources import open_sources

NOTHING_MAY = "Nothing was sent: this plan holds nothing that may be sent."


@click.command()
@click.argument("plan")
@click.option("--yes", is_flag=True, help="Approve everything the plan shows except dry_run; for scripts.")
@click.option(
    "--most", type=int, default=5, show_default=True, help="Show at most this many lines an employee."
)
@click.option(
    "--beyond-limits", is_flag=True, help="Send it even where the brakes of [limits] would hold a kind."
)
@common
def command(app: App, plan: str, yes: bool, most: int, beyond_limits: bool) -> int:
    """Send PLAN (a file, or the first 8 characters of a fingerprint) after asking; twice does no more.

    Example: connector apply 3fa94c1e --yes
    """
    settings = app.settings(need_secrets=True)
    with app.store(settings) as store:
        chosen = load_plan(store, plan)
        for line in show_plan(chosen, store.directory.employee_names(), most, advise=False):
            app.say(line)
        approved = approve(app, store, chosen, yes)
        with open_sources(settings) as sources, working(app, store, "apply") as work:
            keys = frozenset(change.key for change in approved)
            sent = send(app, settings, store, sources, chosen, keys, beyond_limits=beyond_limits)
            work.sent(sent)
    app.emit(
        {"plan": chosen.fingerprint, "outcome": summary(sent), "changes": [line_of(each) for each in sent]}
    )
    for line in report(sent) if chosen.sendable or sent else [NOTHING_MAY]:
        app.say(line)
    return ExitCode.PARTIAL if problems(sent) else ExitCode.FINE


def load_plan(store: Store, name: str) -> Plan:
    """Return the plan from a file, or from the store by its fingerprint."""
    path = Path(name)
    if path.suffix or path.is_file():
        plan = read_plan(path.read_bytes(), name)
        store.plans.save(plan.fingerprint, plan.as_of, plan.document().decode())
        return plan
    if len(name) < FINGERPRINT_LENGTH:
        raise ConfigError(
            f"{name!r} is too short to name a plan",
            hint=f"give a file, or the first {FINGERPRINT_LENGTH} characters of the fingerprint",
        )
    saved = store.plans.find(name)
    return read_plan(saved.document.encode(), f"plan {name}")


def approve(app: App, store: Store, plan: Plan, yes: bool) -> Sequence[AnyChange]:
    """Ask once, unless told `--yes`, and keep who approved what; ConfigError where nobody can be asked."""
    sendable = plan.sendable
    if not sendable:
        return ()
    _check_day(plan)
    if not yes:
        if not (app.human and sys.stdin.isatty()):
            raise ConfigError(
                "nobody is there to approve the plan", hint="add --yes if you approve all of it"
            )
        click.confirm(f"Send {len(sendable)} changes?", abort=True)
    store.plans.approve(plan.fingerprint, [change.key for change in sendable], by=who())
    return sendable


def _check_day(plan: Plan) -> None:
    """Refuse a plan whose day has not come."""
    today = clock.local_day(clock.now(), ZoneInfo(plan.zone))
    if plan.not_before is not None and today < plan.not_before:
        raise ConfigError(
            f"the plan is for {plan.not_before.isoformat()} and later",
            hint="apply it on that day, or make one with an earlier --from",
        )


def line_of(sent: Sent) -> dict[str, str | None]:
    """Return one outcome for machines."""
    return {
        "key": sent.change.key,
        "state": sent.state,
        "note": sent.note,
        "external_id": sent.external_id,
        "subject": sent.change.subject,
    }


def report(sent: Sequence[Sent]) -> list[str]:
    """Return the numbers, why any were skipped, and a line for each change that a person should look at."""
    if not sent:
        return ["Nothing to send: all of it is done."]
    counts = ", ".join(f"{state} {count}" for state, count in summary(sent).items())
    lines = [f"Sent: {counts}."]
    skipped = Counter(each.note for each in sent if each.state == "skipped")
    lines += [f"  skipped {count}: {note}" for note, count in sorted(skipped.items())]
    lines += [
        f"  {each.note}"
        if each.stopped
        else f"  {each.state}: {each.change.client_name or each.change.subject} — {each.note}"
        for each in problems(sent)
    ]
    return lines
