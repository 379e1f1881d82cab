"""`connector resume`: ends a pause."""

from __future__ import annotations

import click

from connector.commands.app import App, common, who


@click.command()
@common
def command(app: App) -> None:
    """Let the sending go on; what waited goes out with the next `run` or `apply`.

    Example: connector resume
    """
    with app.store(app.settings()) as store:
        ended = store.halts.standing("pause")
        store.halts.end("pause", who())
    app.emit({"resumed": ended is not None})
    app.say(f"Sending goes on; it was {ended}." if ended else "Nothing was paused.")
