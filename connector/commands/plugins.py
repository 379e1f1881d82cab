"""`connector plugins`: every connector that plugins.toml may name, and what is wrong with broken ones."""

from __future__ import annotations

from dataclasses import asdict

import click

from connector.commands.app import App, common
from connector.config import CONFIG_NAME, load_registry
from connector.registry import Registry


@click.command()
@common
def command(app: App) -> None:
    """List the connectors, where each comes from, and why a broken one does not load.

    Example: connector plugins
    """
    registry = load_registry(app.folder) if (app.folder / CONFIG_NAME).exists() else Registry()
    plugins = registry.everything()
    app.emit_all([asdict(plugin) for plugin in plugins])
    for plugin in plugins:
        state = f"broken: {plugin.error}" if plugin.error else plugin.title
        app.say(f"{plugin.name:<12} {plugin.origin:<28} {state}")
