"""`connector onec`: what a base of 1C publishes and what a profile needs of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from connector.commands.app import App, common
from connector.config import CONFIG_NAME, Settings
from connector.errors import ConfigError
from connector.plugins.onec import OneC
from connector.plugins.onec.composition import code, needed_sets
from connector.plugins.onec.connect import saved
from connector.plugins.onec.draft import draft
from connector.plugins.onec.objects import FORM, branch, object_name
from connector.plugins.onec.probe import Candidate, Fit, candidates, fits
from connector.plugins.onec.profile_reading import ProfileSource, read_profile, shipped
from connector.plugins.onec.schema import Schema
from connector.plugins.onec.settings import OneCConfig
from connector.sync.sources import open_sources

DRAFT = "onec-draft.toml"
SOURCE = click.option("--source", "name", help="Which [[source]]; default: the only one of 1C.")


@click.group()
def command() -> None:
    """Find what an unknown configuration of 1C holds, or print what its composition must publish.

    Example: connector onec probe
    """


@command.command("probe")
@SOURCE
@click.option(
    "--metadata",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Look into a saved $metadata instead of asking a base.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=DRAFT,
    show_default=True,
    help="The draft of a profile.",
)
@common
def probe(app: App, name: str | None, metadata: Path | None, output_file: Path) -> None:
    """List what may be clients, deals and sales in an unknown configuration, and write a draft profile.

    Reads names only, never a record. The draft takes nothing for granted: each line of it is to be checked.

    Example: connector onec probe -o own.toml
    """
    path = app.folder / output_file
    if path.exists():
        raise ConfigError("this file is there already", where=str(path), hint="choose another with -o")
    with _published(app, name, metadata) as schema:
        fitting, found = fits(schema), candidates(schema)
        text = draft(schema, path.name)
    path.write_text(text, encoding="utf-8", newline="\n")
    app.emit(
        {
            "profiles": [_fit(each) for each in fitting],
            "candidates": {kind: [_candidate(each) for each in those] for kind, those in found.items()},
            "draft": str(path),
        }
    )
    for line in _told(fitting, found):
        app.say(line)
    app.say("")
    app.say(f'Draft: {path}. Check it, then set profile = "{path.name}" in the [[source]] and run doctor.')


@command.command("composition")
@SOURCE
@click.option("--profile", help="A shipped profile or a file; default: that of the [[source]].")
@click.option("--code", "as_code", is_flag=True, help="Print it as code of 1C, to be run there once.")
@common
def composition(app: App, name: str | None, profile: str | None, as_code: bool) -> None:
    """Print which objects a profile needs in the composition of the OData interface; asks no base.

    With --code it is a snippet for 1C that adds them and leaves what is ticked already.

    Example: connector onec composition --code
    """
    source = _profile(app, name, profile)
    sets = needed_sets(source.data)
    objects = [object_name(each) for each in sets]
    snippet = code(source.data.title, sets)
    app.emit({"profile": source.name, "sets": sets, "objects": objects, "code": snippet})
    if as_code:
        app.say(snippet.rstrip())
        return
    app.say(f"{source.name}: {len(sets)} objects to tick in «{FORM}» (--code prints them for 1C to do it):")
    for each in sets:
        app.say(f"  {branch(each)}")


@contextmanager
def _published(app: App, name: str | None, metadata: Path | None) -> Iterator[Schema]:
    if metadata is not None:
        with saved(metadata) as schema:
            yield schema
        return
    settings = app.settings(need_secrets=True)
    config = _source(settings, name)
    with open_sources(settings, config.name) as sources:
        source = sources[config.name]
        assert isinstance(source, OneC)
        with source.published() as schema:
            yield schema


def _profile(app: App, name: str | None, profile: str | None) -> ProfileSource:
    if profile is not None:
        return read_profile(profile, app.folder)
    if not (app.folder / CONFIG_NAME).exists():
        hint = f"name one with --profile: {', '.join(shipped())}, or a file"
        raise ConfigError(f"there is no {CONFIG_NAME} that names a profile", where=str(app.folder), hint=hint)
    return read_profile(_source(app.settings(), name).profile, app.folder)


def _source(settings: Settings, name: str | None) -> OneCConfig:
    """Return the source of that name, or the only one of 1C."""
    if name is not None:
        found = settings.source(name)
        if not isinstance(found, OneCConfig):
            raise ConfigError(f"source {name!r} is {found.plugin}, not onec", hint="name one of 1C")
        return found
    those = [each for each in settings.sources if isinstance(each, OneCConfig)]
    if len(those) != 1:
        names = ", ".join(each.name for each in those) or "none"
        raise ConfigError(f"which source of 1C is meant? there are: {names}", hint="name it with --source")
    return those[0]


def _told(fitting: list[Fit], found: dict[str, list[Candidate]]) -> Iterator[str]:
    yield "Shipped profiles:"
    for fit in fitting:
        lacks = f", {len(fit.profile.missing)} names missing" if fit.profile.missing else ", nothing missing"
        yield f"  {fit.name}: {fit.found} of {fit.wanted} tables{lacks}"
    for kind, those in found.items():
        yield f"{kind}:" if those else f"{kind}: nothing like it is published"
        for each in those:
            yield f"  {each.set} ({each.weight}): {', '.join(each.why)}"
            yield from (f"    {name}: {', '.join(columns)}" for name, columns in each.fields.items())


def _fit(fit: Fit) -> dict[str, Any]:
    missing = [str(lack) for lack in fit.profile.missing]
    return {"profile": fit.name, "tables": fit.found, "of": fit.wanted, "missing": missing}


def _candidate(each: Candidate) -> dict[str, Any]:
    return {"set": each.set, "weight": each.weight, "why": each.why, "fields": each.fields}
