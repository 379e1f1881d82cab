"""`connector status`: how fresh each source is, what waits, and who works on the store now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from connector import clock
from connector.commands.app import App, common
from connector.commands.linked import lines as links
from connector.commands.linked import linked
from connector.config import Settings
from connector.store.cursors import Standing
from connector.store.database import Store
from connector.store.halts import Halt

WAITING = ("approved", "queued", "held", "sending", "unknown", "conflict", "failed")


@click.command()
@common
def command(app: App) -> None:
    """Show the last complete read of every stream, what of it is not seen, and changes that wait.

    Example: connector status --format json
    """
    settings = app.settings()
    with app.store(settings) as store:
        document = status(settings, store) | {"linked": linked(settings, store)}
    app.emit(document)
    for line in _lines(document):
        app.say(line)


def status(settings: Settings, store: Store) -> dict[str, Any]:
    """Return the state of the store."""
    holder = store.lock.holder()
    return {
        "streams": list(_streams(store)),
        "changes": {
            state: count for state, count in store.directory.change_counts().items() if state in WAITING
        },
        "paused": _said(store.halts.standing("pause")),
        "doubt": _said(store.halts.standing("doubt")),
        "working": None
        if holder is None
        else {"command": holder.command, "pid": holder.pid, "since": holder.since},
    }


def _said(halt: Halt | None) -> dict[str, Any] | None:
    return None if halt is None else {**asdict(halt), "said": str(halt)}


def _streams(store: Store) -> Iterator[dict[str, Any]]:
    """Yield how each stream stands, and what the last run that read it could not see or believe."""
    last, standings = store.runs.last_reads(), store.cursors.all()
    for source, stream in sorted(standings.keys() | last.keys()):
        standing = standings.get((source, stream), Standing())
        read = last.get((source, stream))
        yield {
            "source": source,
            "stream": stream,
            "finished_at": standing.finished_at,
            "hours_old": _hours(standing.finished_at),
            "full_at": standing.full_at,
            "unfinished": standing.position is not None,
            "quarantined": store.quarantine.count(source, stream),
            "visibility": read.visibility if read else "unknown",
            "error": read.error if read else "",
        }


def _hours(moment: Any) -> float | None:
    return None if moment is None else round((clock.now() - moment).total_seconds() / 3600, 1)


def _lines(document: dict[str, Any]) -> list[str]:
    lines = []
    for one in document["streams"]:
        age = "never read to its end" if one["hours_old"] is None else f"read {one['hours_old']} h ago"
        going = ", a read is unfinished" if one["unfinished"] else ""
        bad = f", {one['quarantined']} rows in quarantine" if one["quarantined"] else ""
        lines.append(f"{one['source']:<14} {one['stream']:<14} {age}{going}{bad}")
        if one["visibility"].startswith("partial"):
            lines.append(f"{'':<29} seen only in part: {one['visibility']}")
        if one["error"]:
            lines.append(f"{'':<29} last run: {one['error']}")
    lines += links(document["linked"])
    lines += [f"changes {state}: {count}" for state, count in document["changes"].items()]
    if document["paused"]:
        lines.append(f"nothing is sent: {document['paused']['said']} — see `connector resume`")
    if document["doubt"]:
        lines.append(f"the store is {document['doubt']['said']} — see `connector changes adopt`")
    if document["working"]:
        lines.append(f"working now: {document['working']['command']} (pid {document['working']['pid']})")
    return lines or ["Nothing was pulled yet: run `connector pull`."]
