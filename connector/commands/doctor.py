"""`connector doctor`: looks at all from Python to the rights in each CRM and stops at no failure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import click

from connector.commands.app import App, common
from connector.commands.checks.identity import identity
from connector.commands.checks.lines import (
    POLICIES,
    SETTINGS,
    in_layer,
    shown,
    source_layer,
    verdict,
)
from connector.commands.checks.machine import machine
from connector.commands.checks.newfields import new_fields
from connector.commands.checks.project import plugins, policies, read_settings, settings_without_secrets
from connector.commands.checks.sources import look_at
from connector.commands.checks.storage import storage
from connector.config import Settings
from connector.plugins.base import Check, SourceConfig


@click.command()
@click.option("--source", "only", help="Look at this source alone, beside what all share.")
@click.option("--write-probe", is_flag=True, help="Try each allowed write on one record and take it back.")
@click.option("--create-fields", is_flag=True, help="Make the fields that we may write and a CRM lacks.")
@click.option("--deep", is_flag=True, help="Look through a large store, too, which takes minutes.")
@common
def command(app: App, only: str | None, write_probe: bool, create_fields: bool, deep: bool) -> int:
    """Check machine, settings, policies, store and every source; each failing line says how to mend it.

    Nothing is written to a CRM unless --write-probe or --create-fields is given.

    Ends with 0 when nothing failed, 3 when something failed and the rest works, 1 when nothing can be read
    or stored, 4 when settings or policies are wrong; a warning changes none of it.

    Example: connector doctor --format json
    """
    settings, about = read_settings(app)
    wanted = _wanted(settings, only)
    checks = []
    made = _new_fields(settings, wanted) if create_fields else ()
    looked = _everything(app, settings, about, wanted, write_probe=write_probe, deep=deep)
    for check in chain(made, looked):
        checks.append(check)
        app.say(shown(check))
    app.emit_all([_document(check) for check in checks])
    app.say("")
    app.say(_summary(checks))
    return verdict(checks, [source.name for source in wanted])


def _wanted(settings: Settings | None, only: str | None) -> tuple[SourceConfig, ...]:
    if settings is None:
        return ()
    return settings.sources if only is None else (settings.source(only),)


def _new_fields(settings: Settings | None, wanted: tuple[SourceConfig, ...]) -> Iterator[Check]:
    """Make what is missing before the look, which then finds it."""
    if settings is not None:
        for config in wanted:
            yield from in_layer(source_layer(config.name), new_fields(settings, config))


def _everything(
    app: App,
    settings: Settings | None,
    about: list[Check],
    wanted: tuple[SourceConfig, ...],
    *,
    write_probe: bool,
    deep: bool,
) -> Iterator[Check]:
    yield from in_layer("machine", machine())
    yield from in_layer(SETTINGS, about)
    readable = settings or settings_without_secrets(app)
    if readable is None:
        for layer in (POLICIES, "store"):
            yield Check(
                "all", "skipped", "where it is, is not known: plugins.toml cannot be read", layer=layer
            )
    else:
        yield from in_layer(SETTINGS, plugins(readable))
        yield from in_layer(POLICIES, policies(readable))
        yield from in_layer("store", storage(readable, deep=deep))
        yield from in_layer("store", identity(readable))
    if settings is None:
        yield Check("all", "skipped", "not asked: plugins.toml must be mended first", layer="sources")
        return
    for config in wanted:
        found = look_at(settings, config, write_probe=write_probe, deep=deep)
        yield from in_layer(source_layer(config.name), found)


def _document(check: Check) -> dict[str, str]:
    """Return the check for machines."""
    names = ("layer", "name", "state", "detail", "fix")
    return {name: str(getattr(check, name)) for name in names}


def _summary(checks: list[Check]) -> str:
    count = {state: sum(check.state == state for check in checks) for state in ("failed", "warn", "skipped")}
    if not any(count.values()):
        return "All checks passed."
    said = f"{count['failed']} of {len(checks)} checks failed" if count["failed"] else "No check failed"
    return f"{said}, {count['warn']} with a warning, {count['skipped']} skipped."
