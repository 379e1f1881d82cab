"""The project's files: plugins.toml with every mistake in it, broken plugins, policies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from connector.commands.app import App
from connector.commands.checks.lines import failures
from connector.config import Settings
from connector.errors import ConnectorError
from connector.plugins.base import Check
from connector.rules.policy import usable_policies
from connector.rules.rulebook import Rulebook


def read_settings(app: App) -> tuple[Settings | None, list[Check]]:
    """Return the settings with their secrets, else None, and the lines about them."""
    try:
        settings = app.settings(need_secrets=True)
    except ConnectorError as error:
        return None, list(failures("plugins.toml", error, vital=True))
    checks = [Check("plugins.toml", "ok", str(settings.file.path), vital=True)]
    if not settings.sources:
        fix = "add one: connector init --source bitrix24"
        checks.append(Check("sources", "failed", "there is none", fix, vital=True))
    return settings, checks


def settings_without_secrets(app: App) -> Settings | None:
    """Return the settings for what needs no secret, None where they cannot be read at all."""
    with suppress(ConnectorError):
        return app.settings()
    return None


def plugins(settings: Settings) -> Iterator[Check]:
    """Yield each plugin that does not load; one that a source uses is a mistake of the settings already."""
    broken = [plugin for plugin in settings.registry.everything() if plugin.error]
    for plugin in broken:
        fix = "install a version that works, or leave it out with allow = [...] in [plugins]"
        yield Check(f"plugin {plugin.name}", "warn", f"{plugin.error} ({plugin.origin})", fix)
    if not broken:
        used = sorted({source.plugin for source in settings.sources})
        yield Check("plugins", "ok", ", ".join(used))


def policies(settings: Settings) -> Iterator[Check]:
    """Yield the policies with their modes, or every mistake in them."""
    try:
        found, left_out = usable_policies(settings.policies_folder, Rulebook(settings.registry))
    except ConnectorError as error:
        yield from failures("files", error, vital=True)
        return
    for line in left_out:
        said, _, fix = line.rpartition(" — ")
        yield Check("files", "warn", said, fix)
    yield Check("files", "ok", ", ".join(f"{policy.id} ({policy.mode})" for policy in found))
