"""`connector backup`: a safe copy of the store, made while others work on it."""

from __future__ import annotations

from pathlib import Path

import click

from connector.commands.app import App, common
from connector.errors import ConfigError
from connector.store.backup import back_up


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@common
def command(app: App, file: Path) -> None:
    """Copy the store as it is at this moment into FILE, a new one, and check that the copy is whole.

    A file copy made by other means may lack what stands in `connector.db-wal`, or be torn.

    Example: connector backup backups/2026-10-01.db
    """
    store = app.settings().store_path
    if store is None:
        raise ConfigError("this store is no file", hint="use the backup of its database server")
    size = back_up(store, file.absolute())
    app.emit({"file": str(file.absolute()), "bytes": size, "integrity": "ok"})
    app.say(f"{file}: {size / 1e6:.1f} MB, whole (integrity_check: ok).")
    for line in restoring(store, file):
        app.say(line)


def restoring(store: Path, file: Path) -> list[str]:
    """Return how to put the copy in the store's place."""
    return [
        "To restore:",
        "  1. stop the schedule and whatever runs",
        f"  2. delete {store.name}-wal and {store.name}-shm beside {store}, then copy {file} over {store}",
        "     (leave the rest of the folder as it is: the file beside the store tells that this is a copy)",
        "  3. connector pull, then connector changes adopt: takes over what was sent since the copy",
    ]
