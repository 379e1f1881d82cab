"""`connector init`: a project that works, written once and never over anything that stands."""

from __future__ import annotations

from pathlib import Path

import click

from connector.commands.app import App, common
from connector.commands.scaffold import GITIGNORE, environment_text, project_text, source_text
from connector.config import CONFIG_NAME, load_settings
from connector.errors import ConfigError
from connector.registry import Registry
from connector.rules.policy_text import default_policy_text
from connector.rules.registry import RULES
from connector.rules.wording import Language
from connector.tomlfile import read_toml


@click.command()
@click.option("--source", "plugin", required=True, help="Which CRM: see `connector plugins`.")
@click.option("--name", help="Your name for this source; default: the plugin's name with -main.")
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@click.option("--zone", default="Europe/Moscow", show_default=True, help="IANA time zone of the company.")
@common
def command(app: App, plugin: str, name: str | None, language: Language, zone: str) -> None:
    """Write plugins.toml, .env.example and a policy for every rule; add a source where plugins.toml stands.

    Example: connector init --source bitrix24
    """
    folder = app.folder
    folder.mkdir(parents=True, exist_ok=True)
    written = write_project(folder, language, zone)
    source = name or f"{plugin}-main"
    written += write_source(folder, source, plugin)
    written += write_policies(folder, language)
    for path in written:
        app.say(f"wrote {path}")
    app.emit({"written": [str(path) for path in written], "source": source})
    app.say("")
    app.say(f"Next: copy {folder / '.env.example'} to .env, fill it in, then run `connector doctor`.")


def write_project(folder: Path, language: str, zone: str) -> list[Path]:
    """Write what is not there yet: plugins.toml and .gitignore."""
    written = []
    for name, text in ((CONFIG_NAME, project_text(language, zone)), (".gitignore", GITIGNORE)):
        path = folder / name
        if not path.exists():
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def write_source(folder: Path, name: str, plugin: str) -> list[Path]:
    """Append the source's table and its line in .env.example."""
    file = read_toml(folder / CONFIG_NAME)
    if any(table.get("name") == name for table in file.data.get("source", [])):
        raise ConfigError(
            f"there is a source {name!r} already",
            where=file.place(("source",)),
            hint="choose another with --name",
        )
    model = Registry(folder=folder).source(plugin).config_model
    config, example = folder / CONFIG_NAME, folder / ".env.example"
    for path, text in ((config, source_text(name, model, plugin)), (example, environment_text(name, model))):
        with path.open("a", encoding="utf-8") as target:
            target.write(text)
    load_settings(folder, need_secrets=False)
    return [config, example]


def write_policies(folder: Path, language: Language) -> list[Path]:
    """Write a policy for every built rule that has none."""
    target = folder / "policies"
    target.mkdir(exist_ok=True)
    written = []
    for rule in RULES:
        path = target / f"{rule.replace('_', '-')}.toml"
        if not path.exists():
            path.write_text(default_policy_text(rule, language), encoding="utf-8")
            written.append(path)
    return written
