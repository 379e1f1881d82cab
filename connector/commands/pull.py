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
@click.option("--stream", "streams", multiple=True, help="Read this stream alone; may be repeated.")
@click.option("--accept-missing", is_flag=True, help="Believe deletions however many: lifts the brake once.")
@common
def command(app: App, full: bool, only: str | None, streams: tuple[str, ...], accept_missing: bool) -> int:
    """Read every source into the store; ends with 3 when a stream could not be read to its end.

    An interrupted read goes on from the page where it stopped. Example: connector pull --source portal
    """
    settings = app.settings(need_secrets=True)
    with (
        app.store(settings) as store,
        open_sources(settings, only) as sources,
        working(app, store, "pull") as work,
    ):
        outcomes = pull_all(
            app, settings, store, sources, full=full, only=streams, accept_missing=accept_missing
        )
        work.streams(outcomes)
    app.emit_all([{**asdict(outcome), "ok": outcome.ok} for outcome in outcomes])
    tell(app, outcomes)
    return exit_code(outcomes)


def tell(app: App, outcomes: Sequence[StreamOutcome]) -> None:
    """Print what was read for people, and what failed on stderr for whoever looks there."""
    for line in report(outcomes):
        app.say(line)
    for line in failures(outcomes):
        app.note(f"connector: {line}")


def exit_code(outcomes: Sequence[StreamOutcome]) -> ExitCode:
    """Return fine, partial when some streams failed, failed when all did."""
    bad = len(list(failed(outcomes)))
    if not bad:
        return ExitCode.FINE
    return ExitCode.FAILED if bad == len(outcomes) else ExitCode.PARTIAL


def report(outcomes: Sequence[StreamOutcome]) -> list[str]:
    """Return a table of the streams in rows; nothing of a source that could not be reached."""
    head = (
        f"{'source':<14} {'stream':<14} {'mode':<8}"
        f" {'read':>8} {'new':>8} {'changed':>8} {'deleted':>8} {'bad':>6} {'refused':>8}"
    )
    lines = []
    for one in (one for one in outcomes if one.source not in _unreached(outcomes)):
        numbers = f"{one.read:>8} {one.new:>8} {one.changed:>8} {one.deleted:>8} {one.quarantined:>6}"
        lines.append(
            f"{one.source:<14} {one.stream:<14} {one.mode:<8} {numbers} {one.refused:>8}"
            f"{'' if one.ok else '  FAILED'}"
        )
    return [head, *lines, *_remarks(outcomes)] if lines else []


def _remarks(outcomes: Sequence[StreamOutcome]) -> list[str]:
    """Return a line for each stream whose deletions were not believed, or of which not all can be seen."""
    held = [f"{one.source} {one.stream}: {one.held}" for one in outcomes if one.held]
    partial = [
        f"{one.source} {one.stream}: only partly visible: {one.visibility}"
        for one in outcomes
        if one.visibility.startswith("partial")
    ]
    return held + partial


def failures(outcomes: Sequence[StreamOutcome]) -> list[str]:
    """Return a line for each stream that failed, but one alone for a source that could not be reached."""
    unreached = _unreached(outcomes)
    lines = [f"{source}: {error.removeprefix(f'{source}: ')}" for source, error in unreached.items()]
    lines += [
        f"{one.source} {one.stream}: {one.error.removeprefix(f'{one.source}: ')}"
        for one in failed(outcomes)
        if one.source not in unreached
    ]
    return lines


def _unreached(outcomes: Sequence[StreamOutcome]) -> dict[str, str]:
    """Return the sources all of whose streams failed alike, with the line that says why."""
    errors: dict[str, set[str]] = {}
    for one in outcomes:
        errors.setdefault(one.source, set()).add(one.error)
    return {source: min(said) for source, said in errors.items() if len(said) == 1 and min(said)}
