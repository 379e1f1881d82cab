"""plugins.toml and the environment as typed settings; every mistake is named with its place, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connector import clock
from connector.environment import read_environment, variables_over
from connector.errors import ConfigError
from connector.mistakes import Mistakes
from connector.registry import Registry
from connector.secrets import Scrubber, Secrets
from connector.sections import (
    SQLITE,
    Company,
    LimitSettings,
    NetworkSettings,
    PluginSettings,
    PolicySettings,
    Project,
    Section,
    StoreSettings,
)
from connector.sourcetables import SourceTables, secret_fields
from connector.tomlfile import KeyPath, TomlFile, did_you_mean, read_toml

if TYPE_CHECKING:
    from connector.plugins.base import SourceConfig

__all__ = [
    "CONFIG_NAME",
    "Company",
    "LimitSettings",
    "NetworkSettings",
    "PluginSettings",
    "PolicySettings",
    "Project",
    "Section",
    "Settings",
    "StoreSettings",
    "load_registry",
    "load_settings",
    "secret_fields",
]

CONFIG_NAME = "plugins.toml"


@dataclass(frozen=True)
class Settings:
    """Everything the program was told: typed, and with secrets resolved where they were asked for.

    `folder` is where plugins.toml stands. Paths in `project` are relative to it, properties are absolute.
    """

    folder: Path
    file: TomlFile
    project: Project
    sources: tuple[SourceConfig, ...]
    registry: Registry
    scrubber: Scrubber

    @property
    def zone(self) -> ZoneInfo:
        """The company's zone."""
        return clock.zone(self.project.company.zone)

    @property
    def policies_folder(self) -> Path:
        """Where the policy files are."""
        return (self.folder / self.project.policies.folder).absolute()

    @property
    def company_folder(self) -> Path:
        """Where the firm keeps what no CRM holds."""
        return (self.folder / self.project.company.folder).absolute()

    @property
    def priority(self) -> tuple[str, ...]:
        """Source names, the most trusted first."""
        named = self.project.company.owner_source_priority
        return (*named, *(source.name for source in self.sources if source.name not in named))

    @property
    def store_path(self) -> Path | None:
        """The SQLite file; None where the store is a server."""
        url = self.project.store.url
        return (self.folder / url.removeprefix(SQLITE)).absolute() if url.startswith(SQLITE) else None

    @property
    def store_url(self) -> str:
        """The store's URL with an absolute path."""
        path = self.store_path
        return self.project.store.url if path is None else SQLITE + path.as_posix()

    def source(self, name: str) -> SourceConfig:
        """Return the source of that name; ConfigError with the nearest names if there is none."""
        for source in self.sources:
            if source.name == name:
                return source
        near = did_you_mean(name, [source.name for source in self.sources])
        raise ConfigError(f"no source {name!r} in {self.file.path}{near}", hint="see [[source]]")


def load_settings(folder: Path, *, need_secrets: bool = True, scrubber: Scrubber | None = None) -> Settings:
    """Read plugins.toml in the folder, the environment over it, each source by its plugin's own model.

    Raises ConfigError with every mistake on a line of its own. Without `need_secrets`, which is for commands
    that talk to no CRM, no secret is fetched but that of `store.url`: the fields that hold one are empty, and
    a `network.proxy` given by reference is None.
    """
    environment = read_environment(folder)
    file = _file(folder, environment)
    registry = _registry(folder, file)
    scrubber = scrubber or Scrubber()
    secrets = Secrets(folder, environment, scrubber, registry.resolve_secret)
    mistakes = Mistakes(file)
    project = mistakes.validated(Project, _dereferenced(mistakes, secrets, need_secrets))
    tables = SourceTables(mistakes, registry, secrets if need_secrets else None)
    sources = tables.read()
    if project is not None:
        _check_names(mistakes, project.company, tables.names)
    if project is None or mistakes.lines:
        raise mistakes.tell()
    scrubber.learn_password(project.network.proxy or "")
    return Settings(folder, file, project, sources, registry, scrubber)


def load_registry(folder: Path) -> Registry:
    """Return the plugins that `[plugins]` names; ConfigError for that table alone, whatever else is wrong.

    For commands that list plugins, so that a broken one can be looked at.
    """
    return _registry(folder, _file(folder, read_environment(folder)))


def _file(folder: Path, environment: dict[str, str]) -> TomlFile:
    file = read_toml(folder / CONFIG_NAME, if_missing="run `connector init` to write one")
    return variables_over(file, environment, Project)


def _registry(folder: Path, file: TomlFile) -> Registry:
    mistakes = Mistakes(file)
    plugins = mistakes.validated(PluginSettings, file.data.get("plugins", {}), ("plugins",))
    if plugins is None:
        raise mistakes.tell()
    return Registry(plugins.modules, plugins.allow, folder)


def _dereferenced(mistakes: Mistakes, secrets: Secrets, need_secrets: bool) -> dict[str, Any]:
    """Return the file's data with secrets for the references that may stand outside sources."""
    data = dict(mistakes.file.data)
    for section, key, needed in (("store", "url", True), ("network", "proxy", need_secrets)):
        table = data.get(section)
        if isinstance(table, dict) and isinstance(table.get(key), dict):
            data[section] = {name: value for name, value in table.items() if name != key}
            place = mistakes.file.place((section, key))
            try:
                data[section] |= {key: secrets.resolve(table[key], place)} if needed else {}
            except ConfigError as error:
                mistakes.note(error, (section, key))
    return data


def _check_names(mistakes: Mistakes, company: Company, names: list[str]) -> None:
    """Note the names in `[company]` of sources that do not exist."""
    listed = enumerate(company.owner_source_priority)
    wanted: dict[KeyPath, str] = {("company", "owner_source_priority", index): name for index, name in listed}
    if company.owner_of_record is not None:
        wanted |= {("company", "owner_of_record"): company.owner_of_record}
    for at, name in wanted.items():
        if name not in names:
            error = ConfigError(f"no source {name!r}{did_you_mean(name, names)}", hint="name a [[source]]")
            mistakes.note(error, at)
