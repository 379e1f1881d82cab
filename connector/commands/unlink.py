"""`connector unlink`: a person says that a record is a client of its own."""

from __future__ import annotations

import click

from connector.commands.app import App, common
from connector.commands.link import word_of


@click.command()
@click.argument("record")
@click.argument("other", required=False)
@common
def command(app: App, record: str, other: str | None) -> None:
    """Take RECORD (source:id) out of its client; with OTHER say only that these two are not one.

    A link that a person made is forgotten; one by evidence is forbidden from then on. `connector link` takes
    it back.

    Example: connector unlink portal:77
    """
    with word_of(app, "unlink") as word:
        one = word.named(record)
        parted = word.part(one, word.named(other) if other is not None else None)
        left = [str(ref) for ref in word.client(one)]
    app.emit({"parted": [str(ref) for ref in parted], "client": left})
    if parted:
        app.say(f"{one} is no longer one client with {', '.join(map(str, parted))}.")
    else:
        app.say(f"{one} was linked with nothing.")
