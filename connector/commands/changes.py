"""`connector changes`: what was ever to be written to CRMs, how far it got, and what stands there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.commands.app import App, common, who
from connector.commands.changelist import document, filters, full_document, line, story, wanted, write_csv
from connector.commands.job import working
from connector.errors import ConfigError, ExitCode
from connector.sync.adopt import adopt_all
from connector.sync.push import summary
from connector.sync.sources import open_sources


class Listing(click.Group):
    """A group that lists when no part of it is named, and shows the change whose key is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` before bare options, and `show` before a word that names no part."""
        first = args[0] if args else ""
        if first not in self.commands and first not in ctx.help_option_names:
            args = ["list" if not first or first.startswith("-") else "show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Listing)
def command() -> None:
    """List, show, export and adopt the changes that were ever planned; without a part it lists.

    With a KEY, or the marker from a task's text, it shows that change and its story.

    Example: connector changes cpc-3fa94c1e0d5b7a6c8e21
    """


@command.command("list")
@filters
@click.option("--limit", default=50, show_default=True, help="How many, the last touched first; 0: all.")
@common
def list_them(app: App, limit: int, **asked: Any) -> None:
    """List changes, the last touched first, all that fit every option given.

    Example: connector changes --state held --state unknown --policy contact-norm
    """
    with app.store(app.settings()) as store:
        found = store.changes.matching(wanted(store, asked), limit or None)
    app.emit_all([document(each) for each in found])
    for each in found:
        app.say(line(each))
    if not found:
        app.say("No change fits.")


@command.command("show")
@click.argument("key")
@common
def show(app: App, key: str) -> None:
    """Show the change of this KEY or marker: what it writes, why, and every step it took.

    Example: connector changes show 3fa94c1e0d5b7a6c8e21
    """
    settings = app.settings()
    with app.store(settings) as store:
        found = store.changes.get(key)
        if found is None:
            raise ConfigError(f"no change {key!r}", hint="list them with `connector changes`")
        steps = store.changes.log(found.change.key)
    app.emit(full_document(found, steps))
    for said in story(found, steps, settings.zone):
        app.say(said)


@command.command("export")
@click.option("-o", "--output-file", type=click.Path(path_type=Path), required=True, help="The CSV file.")
@filters
@common
def export(app: App, output_file: Path, **asked: Any) -> None:
    """Write all changes that fit into a CSV file that spreadsheets open: UTF-8, semicolons, times in UTC.

    Example: connector changes export -o october.csv --policy contact-norm
    """
    with app.store(app.settings()) as store:
        found = store.changes.matching(wanted(store, asked))
    write_csv(output_file, found)
    app.emit({"file": str(output_file), "changes": len(found)})
    app.say(f"{output_file}: {len(found)} changes.")


@command.command("adopt")
@common
def adopt(app: App) -> int:
    """Look every open, held and unknown change up in the CRMs and take over what stands there.

    For a store that was restored, moved or lost, or after a second installation wrote to the same CRM. It
    writes to no CRM; what was held for the doubt is planned again. Ends with 3 when a source could not be
    asked. Example: connector changes adopt
    """
    settings = app.settings(need_secrets=True)
    with (
        app.store(settings) as store,
        open_sources(settings) as sources,
        working(app, store, "adopt") as work,
    ):
        moved = adopt_all(sources, store, who())
        work.numbers["adopted"] = summary([each for each in moved if not each.stopped])
    failures = [each.note for each in moved if each.stopped]
    app.emit({"adopted": work.numbers["adopted"], "failures": failures})
    counts = ", ".join(f"{state} {count}" for state, count in work.numbers["adopted"].items())
    app.say(f"Taken over: {counts or 'nothing was open'}.")
    for failure in failures:
        app.note(f"connector: {failure}")
    return ExitCode.PARTIAL if failures else ExitCode.FINE
