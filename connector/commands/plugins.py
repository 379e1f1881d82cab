"""`connector plugins`: every connector and rule that may be named, and what is wrong with broken ones."""

from __future__ import annotations

from dataclasses import asdict

import click

from connector.commands.app import App, common
from connector.config import CONFIG_NAME, load_registry
from connector.registry import Registry
from connector.rules.rulebook import Rulebook


@click.command()
@common
def command(app: App) -> None:
    """List the connectors, and the rules of plugins, where each comes from, and why one does not load.

    Example: connector plugins
    """
    registry = load_registry(app.folder) if (app.folder / CONFIG_NAME).exists() else Registry()
    Rulebook(registry).names()
    plugins = registry.everything()
    app.emit_all([asdict(plugin) for plugin in plugins])
    for plugin in plugins:
        state = f"broken: {plugin.error}" if plugin.error else plugin.title
        app.say(f"{plugin.name:<12} {plugin.kind:<10} {plugin.origin:<28} {state}")
