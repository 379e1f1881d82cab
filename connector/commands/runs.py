"""`connector runs`: what was run when, and how it ended."""

from __future__ import annotations

from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from connector.commands.app import App, common
from connector.store.runs import Run, StreamRun

SHORT = 8


@click.command()
@click.argument("run", required=False)
@click.option("--limit", default=20, show_default=True, help="How many, the newest first.")
@common
def command(app: App, run: str | None, limit: int) -> None:
    """List past runs; with RUN (the first characters of an id) show its streams and numbers.

    Example: connector runs --limit 5
    """
    settings = app.settings()
    with app.store(settings) as store:
        chosen = [store.runs.find(run)] if run else store.runs.latest(limit)
        streams = store.runs.streams(chosen[0].id) if run else []
    app.emit_all([asdict(one) for one in (streams or chosen)])
    for one in chosen:
        app.say(_line(one, settings.zone))
    for stream in streams:
        app.say(_stream_line(stream))


def _stream_line(stream: StreamRun) -> str:
    parts = [
        f"  {stream.source} {stream.stream}: {stream.status}, read {stream.read}, new {stream.new}",
        f"changed {stream.changed}, deleted {stream.deleted}, bad {stream.quarantined}",
    ]
    parts += [f"refused {stream.refused}"] if stream.refused else []
    parts += [f"seen: {stream.visibility}"] if stream.visibility != "unknown" else []
    return ", ".join(parts) + (f" — {stream.error}" if stream.error else "")


def _line(run: Run, zone: ZoneInfo) -> str:
    started = run.started_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    took = f"{(run.ended_at - run.started_at).total_seconds():.1f} s" if run.ended_at else ""
    note = f" — {run.note}" if run.note else ""
    return f"{run.id[:SHORT]}  {started}  {run.command:<7} {run.outcome or 'running':<8} {took}{note}"
