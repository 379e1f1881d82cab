"""`connector undo RUN`: puts back what a run wrote, except what people changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import click

from connector import clock
from connector.changes import RecordKind
from connector.commands.app import App, common
from connector.commands.apply import approve, line_of, report
from connector.commands.job import send, working
from connector.config import Settings
from connector.errors import ConfigError, ExitCode
from connector.plan.model import Plan
from connector.plan.show import show_plan
from connector.plan.undo import Record, Undoing, names_of, written_place
from connector.plugins.base import Source
from connector.store.change_rows import StoredChange
from connector.store.database import Store
from connector.sync.push import problems, summary
from connector.sync.sources import open_sources


@click.command()
@click.argument("run")
@click.option("--yes", is_flag=True, help="Approve everything the plan shows; for scripts.")
@click.option(
    "--most", type=int, default=5, show_default=True, help="Show at most this many lines of a kind."
)
@common
def command(app: App, run: str, yes: bool, most: int) -> int:
    """Take back what RUN (the first characters of its id) wrote, as a plan that is shown and sent.

    Owners, fields and flags get their old values, tasks are closed, planned contacts taken off the cards.
    What a person changed since stays, and is listed; notes stay. What was taken back never comes again.

    Example: connector undo 3fa94c1e --yes
    """
    settings = app.settings(need_secrets=True)
    with app.store(settings) as store, open_sources(settings) as sources:
        plan = _plan(settings, store, sources, store.runs.find(run).id)
        names = store.directory.employee_names()
        for line in show_plan(plan, names, most, advise=not yes) if app.human else ():
            app.say(line)
        keys = frozenset(change.key for change in approve(app, store, plan, yes))
        with working(app, store, "undo") as work:
            sent = send(app, settings, store, sources, plan, keys) if keys else []
            work.sent(sent)
    left = [each.model_dump(mode="json") for each in plan.unsent]
    changes = [line_of(each) for each in sent]
    app.emit({"plan": plan.fingerprint, "outcome": summary(sent), "changes": changes, "left": left})
    for line in report(sent) if sent else ["Nothing was taken back."]:
        app.say(line)
    return ExitCode.PARTIAL if problems(sent) or plan.unsent else ExitCode.FINE


def _plan(settings: Settings, store: Store, sources: Mapping[str, Source[Any]], run: str) -> Plan:
    """Look at what the run wrote as it is now, and plan its way back; the plan is kept in the store."""
    written = [each for each in store.changes.of_run(run) if each.state in ("done", "sending", "unknown")]
    missing = {each.change.source for each in written} - set(sources)
    if missing:
        raise ConfigError(
            f"the run wrote to {', '.join(sorted(missing))}, which plugins.toml does not name any more",
            hint="put the [[source]] back to undo what was written there",
        )
    records: dict[Any, Record] = {}
    for name, source in sources.items():
        records |= _records(name, source, [each for each in written if each.change.source == name])
    undoing = Undoing(run, clock.now(), str(settings.zone), settings.project.company.language)
    plan = undoing.plan(written, records)
    store.plans.save(plan.fingerprint, plan.as_of, plan.document().decode())
    return plan


def _records(name: str, source: Source[Any], written: Sequence[StoredChange]) -> dict[Any, Record]:
    """Read what was written, kind by kind, as it is now."""

    def kind_of(stored: StoredChange) -> RecordKind:
        return written_place(stored)[1][0]

    found: dict[Any, Record] = {}
    for kind, group in groupby(sorted(written, key=kind_of), kind_of):
        some = list(group)
        ids = sorted({written_place(each)[1][1] for each in some})
        names = sorted({field for each in some for field in names_of(each)})
        found |= {
            (name, (kind, number)): values
            for number, values in source.current_records(kind, ids, names).items()
        }
    return found
