"""`connector link`: a person says that two records are one client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from connector.commands.app import App, common, who
from connector.commands.job import working
from connector.company.folder import read_company
from connector.identity.word import Word


@click.command()
@click.argument("record")
@click.argument("other")
@common
def command(app: App, record: str, other: str) -> None:
    """Make RECORD and OTHER one client; each is named by source:id. `connector unlink` takes it back.

    From then on rules judge them as one. What was written to a CRM already stays as it is.

    Example: connector link onec:0001 portal:77
    """
    with word_of(app, "link") as word:
        one, two = word.named(record), word.named(other)
        word.join(one, two)
        members = [str(ref) for ref in word.client(one)]
    app.emit({"client": members})
    app.say(f"One client now: {', '.join(members)}.")


@contextmanager
def word_of(app: App, command: str) -> Iterator[Word]:
    """Open the store, hold its lock, and let the person who runs this say something of its clients."""
    settings = app.settings()
    firm = read_company(settings.company_folder, settings.zone)
    with app.store(settings) as store, working(app, store, command):
        yield Word(store, settings.store_url, settings.priority, firm, who())
