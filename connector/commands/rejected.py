"""`connector rejected`: the rows that could not be read, why, and another try."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
import orjson

from connector.commands.app import App, common
from connector.commands.job import group_clients, working
from connector.errors import ConfigError, ExitCode
from connector.store.quarantine import Quarantined
from connector.sync.again import try_again
from connector.sync.sources import open_sources


@click.group()
def command() -> None:
    """List, show and try again the rows that could not be read; each is kept whole until it can be.

    Example: connector rejected list
    """


@command.command("list")
@click.option("--source", help="Of this source alone.")
@click.option("--stream", help="Of this stream alone.")
@common
def list_rows(app: App, source: str | None, stream: str | None) -> None:
    """List the rows with the field and the reason of each.

    Example: connector rejected list --source portal
    """
    settings = app.settings()
    with app.store(settings) as store:
        rows = store.quarantine.rows(source, stream)
    app.emit_all([_document(row) for row in rows])
    for row in rows:
        field = f" {row.field}:" if row.field else ""
        app.say(f"{row.source} {row.stream} {row.external_id}:{field} {row.reason} (came {row.tries} times)")
    app.say(f"{len(rows)} rows in quarantine." if rows else "Nothing is in quarantine.")


@command.command("show")
@click.argument("row")
@common
def show(app: App, row: str) -> None:
    """Show ROW (an id, or stream:id) as the vendor sent it.

    Example: connector rejected show companies:17
    """
    settings = app.settings()
    stream, _, external_id = row.rpartition(":")
    with app.store(settings) as store:
        found = [
            one for one in store.quarantine.rows(stream=stream or None) if one.external_id == external_id
        ]
    if not found:
        raise ConfigError(f"no row {row!r} in quarantine", hint="see `connector rejected list`")
    app.emit_all([_document(one) | {"raw": one.raw} for one in found])
    for one in found:
        app.say(f"{one.source} {one.stream} {one.external_id}: {one.field or 'the row'}: {one.reason}")
        app.say(orjson.dumps(one.raw, default=str, option=orjson.OPT_INDENT_2).decode())


@command.command("retry")
@click.option("--source", "only", help="Of this source alone.")
@common
def retry(app: App, only: str | None) -> int:
    """Read the rows again as they are kept: after a new version, or a change of the settings.

    Ends with 3 when some still cannot be read. Example: connector rejected retry
    """
    settings = app.settings(need_secrets=True)
    with (
        app.store(settings) as store,
        open_sources(settings, only) as sources,
        working(app, store, "rejected") as work,
    ):
        outcomes = [
            one for source in sources.values() for one in try_again(source, store, zone=settings.zone)
        ]
        group_clients(settings, store)
        work.numbers["healed"] = sum(one.healed for one in outcomes)
    app.emit_all([asdict(one) for one in outcomes])
    for one in outcomes:
        app.say(f"{one.source} {one.stream}: {one.healed} of {one.tried} can be read now, {one.left} wait on")
    if not outcomes:
        app.say("Nothing is in quarantine.")
    return ExitCode.PARTIAL if any(one.left for one in outcomes) else ExitCode.FINE


def _document(row: Quarantined) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name != "raw"}
