"""`connector doctor`: looks at all from Python to the rights in each CRM and stops at no failure."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict

import click

from connector.commands.app import App, common
from connector.config import Settings
from connector.errors import ConnectorError, ExitCode
from connector.plugins.base import Check
from connector.rules.policy import load_policies
from connector.store.database import open_store
from connector.store.processor import missing_flags
from connector.sync.sources import open_sources

ROOM_WANTED = 1 << 30
"""Bytes free below which the disk is reported: 1,000,000 clients with their events take about 2 GiB."""


@click.command()
@common
def command(app: App) -> int:
    """Check Python, settings, policies, store and every source; each failing line says how to mend it.

    Nothing is written to a CRM. Example: connector doctor --format json
    """
    checks = []
    for check in _everything(app):
        checks.append(check)
        _show(app, check)
    app.emit([asdict(check) for check in checks])
    bad = sum(not check.ok for check in checks)
    app.say("")
    app.say("All checks passed." if not bad else f"{bad} of {len(checks)} checks failed.")
    return ExitCode.FAILED if bad else ExitCode.FINE


def _show(app: App, check: Check) -> None:
    detail = f": {check.detail}" if check.detail else ""
    advice = f" — {check.hint}" if check.hint and not check.ok else ""
    app.say(f"[{'ok' if check.ok else 'FAILED'}] {check.title}{detail}{advice}")


def _everything(app: App) -> Iterator[Check]:
    yield from _machine()
    try:
        settings = app.settings(need_secrets=True)
    except ConnectorError as error:
        yield from _failures("settings", error)
        yield from _without_secrets(app)
        return
    yield Check("settings", True, str(settings.file.path))
    yield from _policies(settings)
    yield from _store(settings)
    yield from _sources(settings)


def _without_secrets(app: App) -> Iterator[Check]:
    """Look at what needs no secret, where the settings are else in order."""
    with suppress(ConnectorError):
        settings = app.settings()
        yield from _policies(settings)
        yield from _store(settings)


def _machine() -> Iterator[Check]:
    version = platform.python_version()
    yield Check("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    missing = missing_flags()
    yield Check(
        "processor",
        not missing,
        "lacks " + ", ".join(missing) if missing else platform.machine(),
        'run pip install "polars[rtcompat]": this processor is older than Polars expects',
    )


def _policies(settings: Settings) -> Iterator[Check]:
    try:
        policies = load_policies(settings.policies_folder)
    except ConnectorError as error:
        yield from _failures("policies", error)
        return
    modes = ", ".join(f"{policy.id} ({policy.mode})" for policy in policies)
    yield Check("policies", True, modes)


def _store(settings: Settings) -> Iterator[Check]:
    try:
        store = open_store(settings.store_url)
    except ConnectorError as error:
        yield from _failures("store", error)
        return
    store.close()
    yield Check("store", True, settings.store_url)
    path = settings.store_path
    if path is not None:
        free = shutil.disk_usage(path.parent).free
        detail = f"{free / ROOM_WANTED:.1f} GiB free"
        yield Check("disk", free >= ROOM_WANTED, detail, f"free some room on the disk of {path.parent}")


def _sources(settings: Settings) -> Iterator[Check]:
    if not settings.sources:
        yield Check("sources", False, "none", "add one: connector init --source bitrix24")
    with open_sources(settings) as sources:
        for name, source in sources.items():
            try:
                for check in source.check():
                    yield Check(f"{name}: {check.title}", check.ok, check.detail, check.hint)
            except ConnectorError as error:
                yield from _failures(name, error)


def _failures(title: str, error: ConnectorError) -> Iterator[Check]:
    """Yield one check for each line of the error: settings and policies tell all their mistakes at once."""
    place = f"{error.where}: " if error.where else ""
    for line in error.message.splitlines():
        yield Check(title, False, place + line, "" if " — " in line else error.hint)
