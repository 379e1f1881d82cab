"""`connector record`: rows of a live account for a plugin's tests, without people's data and secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from connector.commands.app import App, common
from connector.plugins.base import Cursor, Source, Stream
from connector.sync.parsing import parse_rows
from connector.sync.sources import open_sources
from connector.testing.scrubbing import Anonymous


@click.command()
@click.argument("source")
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False), default="recorded.json",
    show_default=True, help="File to write; one that stands is written over.",
)  # fmt: skip
@click.option("--rows", default=20, show_default=True, type=click.IntRange(1), help="Rows of each stream.")
@click.option(
    "--keep", multiple=True, metavar="FIELD",
    help="Field to leave as it is: codes that the plugin compares, as state or currency.code.",
)  # fmt: skip
@common
def command(app: App, source: str, target: Path, rows: int, keep: tuple[str, ...]) -> None:
    """Read the first rows of each stream of SOURCE and write them down for the tests of its plugin.

    Names, texts, phones, addresses and long numbers are replaced, equal ones by equal ones; look through the
    file before you publish it. Nothing is stored, and nothing is written to the CRM.

    Example: connector record crm -o recorded.json
    """
    settings = app.settings(need_secrets=True)
    anonymous = Anonymous(keep)
    with open_sources(settings, source) as opened:
        plugin = opened[source]
        streams = {stream.name: _recorded(stream, rows, anonymous) for stream in plugin.streams()}
        for line in _unreadable(plugin, streams):
            app.note(f"connector: {line}")
    document = {"plugin": plugin.name, "streams": streams}
    target.write_text(app.scrubber.scrub(_text(document)), encoding="utf-8", newline="\n")
    app.emit({"written": str(target), "rows": {name: len(found) for name, found in streams.items()}})
    for name, found in streams.items():
        app.say(f"{name:<16} {len(found):>4} rows")
    app.say(f"wrote {target}: look through it before you publish it")


def _recorded(stream: Stream, most: int, anonymous: Anonymous) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in stream.read(Cursor()):
        found += [anonymous.row(row) for row in page.rows[: most - len(found)]]
        if len(found) >= most:
            break
    return found


def _unreadable(plugin: Source[Any], streams: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """Say which rows a plugin cannot read: it could not before, or too much of them was replaced."""
    lines = []
    for stream in plugin.streams():
        _, rejected = parse_rows(stream, streams[stream.name])
        lines += [f"{stream.name} {each.external_id}: {each.field} {each.reason}" for each in rejected]
    return lines


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n"
