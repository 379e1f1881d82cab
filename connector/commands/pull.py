"""`connector pull`: reads what is new from every source and says in numbers what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from connector.commands.app import App, common
from connector.commands.job import pull_all, working
from connector.errors import ExitCode
from connector.sync.pull import StreamOutcome, failed
from connector.sync.sources import open_sources


@click.command()
@click.option("--full", is_flag=True, help="Read everything anew, not only what changed.")
@click.option("--source", "only", help="Read this source alone.")
@common
def command(app: App, full: bool, only: str | None) -> int:
    """Read every source into the store; ends with 3 when a stream could not be read to its end.

    Example: connector pull --source portal
    """
    settings = app.settings(need_secrets=True)
    with (
        app.store(settings) as store,
        open_sources(settings, only) as sources,
        working(store, "pull") as work,
    ):
        outcomes = pull_all(app, settings, store, sources, full=full)
        work.streams(outcomes)
    app.emit_all([{**asdict(outcome), "ok": outcome.ok} for outcome in outcomes])
    for line in report(outcomes):
        app.say(line)
    return exit_code(outcomes)


def exit_code(outcomes: Sequence[StreamOutcome]) -> ExitCode:
    """Return fine, partial when some streams failed, failed when all did."""
    bad = len(list(failed(outcomes)))
    if not bad:
        return ExitCode.FINE
    return ExitCode.FAILED if bad == len(outcomes) else ExitCode.PARTIAL


def report(outcomes: Sequence[StreamOutcome]) -> list[str]:
    """Return a table of the streams in rows, and a line for each that failed."""
    head = (
        f"{'source':<14} {'stream':<14} {'mode':<8}"
        f" {'read':>8} {'new':>8} {'changed':>8} {'deleted':>8} {'bad':>6}"
    )
    lines = [head]
    for one in outcomes:
        numbers = f"{one.read:>8} {one.new:>8} {one.changed:>8} {one.deleted:>8} {one.quarantined:>6}"
        lines.append(
            f"{one.source:<14} {one.stream:<14} {one.mode:<8} {numbers}{'' if one.ok else '  FAILED'}"
        )
    lines += [f"{one.source} {one.stream}: {one.error}" for one in outcomes if not one.ok]
    return lines
