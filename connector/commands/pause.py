"""`connector pause`: nothing is sent to any CRM until a time, or until `connector resume`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from connector import clock
from connector.commands.app import App, common, who
from connector.config import Settings
from connector.errors import ConfigError


@click.command()
@click.argument("reason", default="")
@click.option("--until", metavar="TIME", help="End by itself at this ISO time (no offset: company zone).")
@common
def command(app: App, reason: str, until: str | None) -> None:
    """Send nothing from now on, for a REASON that others will read; pulls, decisions and plans go on.

    A run under way stops before its next request that writes; what it leaves waits. A second pause takes the
    place of the first.

    Example: connector pause --until 2026-10-05T09:00 "the portal is being moved"
    """
    settings = app.settings()
    with app.store(settings) as store:
        end = None if until is None else _end(until, settings)
        store.halts.begin("pause", reason, who(), end)
        pause = store.halts.standing("pause")
    app.emit({"paused": pause and asdict(pause)})
    app.say(f"Sending is {pause}.")
    app.say("Let it go on: connector resume")


def _end(text: str, settings: Settings) -> datetime:
    """Return the time; ConfigError if it is none, or has passed."""
    try:
        end = clock.parse_moment(text, settings.zone)
    except ValueError:
        raise ConfigError(f"--until {text!r} is not a time", hint="write 2026-10-05T09:00") from None
    if end <= clock.now():
        raise ConfigError(f"--until {text!r} has passed", hint="name a time to come")
    return end
