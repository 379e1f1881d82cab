"""`connector init`: a project that works, written once and never over anything that stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import click
from pydantic import ValidationError

from connector import clock
from connector.commands.app import App, common
from connector.commands.scaffold import GITIGNORE, environment_text, project_text, source_text
from connector.config import CONFIG_NAME, Settings, load_registry, load_settings
from connector.errors import ConfigError
from connector.plugins.base import SourceConfig
from connector.registry import Registry
from connector.rules.policy_text import default_policy_text
from connector.rules.registry import RULES
from connector.rules.rulebook import Rulebook
from connector.rules.wording import Language
from connector.tomlfile import read_toml

_NAME = re.compile(r"[A-Za-z0-9_.-]+")


@click.command()
@click.argument("where", required=False)
@click.option("--source", "plugin", help="Which CRM to add: see `connector plugins`.")
@click.option("--name", help="Your name for this source; default: the plugin's name with -main.")
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@click.option("--zone", default="Europe/Moscow", show_default=True, help="IANA time zone of the company.")
@common
def command(
    app: App, where: str | None, plugin: str | None, name: str | None, language: Language, zone: str
) -> None:
    """Write what is missing of plugins.toml and of a policy for every rule; with --source add a CRM to them.

    WHERE is the folder or workbook of `--source files`, the account's address of `--source amocrm`. Nothing
    that stands is written over.

    Example: connector init --source bitrix24
    """
    folder = app.folder
    clock.zone(zone)
    source = name or f"{plugin}-main"
    if plugin is None and where is not None:
        raise ConfigError("WHERE goes with --source", hint=f"connector init --source files {where}")
    if plugin is not None:
        _check_source(folder, plugin, source)
        given = _given(folder, plugin, where)
    folder.mkdir(parents=True, exist_ok=True)
    written = write_project(folder, language, zone)
    written += write_source(folder, source, plugin, given) if plugin is not None else []
    written += write_policies(folder, language)
    written = list(dict.fromkeys(written))
    for path in written:
        app.say(f"wrote {path}")
    app.emit({"written": [str(path) for path in written], "source": None if plugin is None else source})
    app.say("" if written else "Nothing is missing.")
    app.say(_next(folder))


def _next(folder: Path) -> str:
    """Say what to do now."""
    environment, example = folder / ".env", folder / ".env.example"
    if not load_settings(folder, need_secrets=False).sources:
        return "Next: add a CRM, as in `connector init --source bitrix24`."
    if not example.exists():
        return "Next: run `connector doctor`, then `connector pull`."
    if environment.exists():
        return f"Next: see that {environment} has every line of {example.name}, then run `connector doctor`."
    return f"Next: copy {example} to {environment.name}, fill it in, then run `connector doctor`."


def _check_source(folder: Path, plugin: str, name: str) -> None:
    """Raise ConfigError before anything is written: for the plugin, the name, or what stands there."""
    there = (folder / CONFIG_NAME).exists()
    (load_registry(folder) if there else Registry(folder=folder)).source(plugin)
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r} cannot name a source", hint="use Latin letters, digits, _ . and - only")
    if there:
        _check_free(load_settings(folder, need_secrets=False), name)


def _given(folder: Path, plugin: str, where: str | None) -> dict[str, str]:
    """Return the plugin's setting that WHERE fills in; ConfigError if it has none, or WHERE is not there."""
    there = (folder / CONFIG_NAME).exists()
    model = (load_registry(folder) if there else Registry(folder=folder)).source(plugin).config_model
    if not model.given_by:
        if where is not None:
            raise ConfigError(f"{plugin} is not told where by the command line", hint="leave WHERE out")
        return {}
    if model.given_like:
        return {model.given_by: _valid(model, where or model.given_like)}
    if where is None:
        raise ConfigError(f"{plugin} needs WHERE", hint=f"connector init --source {plugin} FOLDER")
    path = Path(where).expanduser().absolute()
    if not path.exists():
        raise ConfigError("no such file or folder", where=where, hint="check the path")
    return {model.given_by: _relative(path, folder).as_posix()}


def _valid(model: type[SourceConfig], where: str) -> str:
    """Return WHERE as the setting keeps it; ConfigError where the setting cannot hold it."""
    blank = model.model_construct(name="", plugin="")
    try:
        checked = model.__pydantic_validator__.validate_assignment(blank, model.given_by, where)
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
        raise ConfigError(f"WHERE {said}", where=where) from None
    return str(getattr(checked, model.given_by))


def _relative(path: Path, folder: Path) -> Path:
    """Return the path as seen from the project, where it lies in there: the whole can be moved then."""
    inside = path.resolve().is_relative_to(folder.resolve())
    return path.resolve().relative_to(folder.resolve()) if inside else path


def _check_free(settings: Settings, name: str) -> None:
    for number, source in enumerate(settings.sources):
        if source.name == name:
            raise ConfigError(
                f"there is a source {name!r} already",
                where=settings.file.place(("source", number, "name")),
                hint="choose another with --name",
            )


def write_project(folder: Path, language: str, zone: str) -> list[Path]:
    """Write what is not there yet: plugins.toml and .gitignore."""
    written = []
    for name, text in ((CONFIG_NAME, project_text(language, zone)), (".gitignore", GITIGNORE)):
        path = folder / name
        if not path.exists():
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def write_source(folder: Path, name: str, plugin: str, given: Mapping[str, str] | None = None) -> list[Path]:
    """Append the source's table to plugins.toml, with the settings given, and its secrets to .env.example."""
    model = load_registry(folder).source(plugin).config_model
    config, example = folder / CONFIG_NAME, folder / ".env.example"
    texts = {config: source_text(name, model, plugin, given or {}), example: environment_text(name, model)}
    for path, text in texts.items():
        if text:
            with path.open("a", encoding="utf-8") as target:
                target.write(text)
    return [path for path, text in texts.items() if text]


def write_policies(folder: Path, language: Language) -> list[Path]:
    """Write a policy for every rule that no policy uses yet, where plugins.toml says they are."""
    settings = load_settings(folder, need_secrets=False)
    target = settings.policies_folder
    target.mkdir(parents=True, exist_ok=True)
    used = set(_rules_used(target))
    written = []
    for name, rule in (RULES | Rulebook(settings.registry).brought()).items():
        path = target / f"{name.replace('_', '-')}.toml"
        if name not in used and not path.exists():
            path.write_text(default_policy_text(name, language, rule), encoding="utf-8")
            written.append(path)
    return written


def _rules_used(policies: Path) -> Iterator[str]:
    for path in policies.glob("*.toml"):
        with suppress(ConfigError):  # a broken policy is told of by whoever judges by it
            use = read_toml(path).data.get("use")
            yield str(use.get("rule")) if isinstance(use, dict) else ""
