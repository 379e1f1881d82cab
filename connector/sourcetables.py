"""Reads the `[[source]]` tables: each by its plugin's model, with secrets in place of references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, SecretStr, create_model

from connector import clock
from connector.errors import ConfigError
from connector.mistakes import Mistakes
from connector.registry import Registry
from connector.secrets import Secrets, parse_reference
from connector.tomlfile import KeyPath

if TYPE_CHECKING:
    from connector.plugins.base import SourceConfig

M = TypeVar("M", bound=BaseModel)


class SourceTables:
    """One reading of the sources; what is wrong goes to `mistakes`. No `secrets`: none is fetched.

    `names` are the names found, also of sources that are wrong otherwise.
    """

    def __init__(self, mistakes: Mistakes, registry: Registry, secrets: Secrets | None) -> None:
        self.names: list[str] = []
        self._mistakes = mistakes
        self._registry = registry
        self._secrets = secrets

    def read(self) -> tuple[SourceConfig, ...]:
        """Return the sources that are right, in the order of the file."""
        tables = self._mistakes.file.data.get("source", [])
        numbered = enumerate(tables if isinstance(tables, list) else [])
        found = [
            self._source(table, ("source", index)) for index, table in numbered if isinstance(table, dict)
        ]
        return tuple(source for source in found if source is not None)

    def _source(self, table: dict[str, Any], at: KeyPath) -> SourceConfig | None:
        self._note_name(table.get("name"), (*at, "name"))
        model = self._model(table, at)
        if model is None:
            return None
        given = [name for name in secret_fields(model) if name in table]
        secrets = {name: self._secret(name, table[name], (*at, name)) for name in given}
        plain = {name: value for name, value in table.items() if name not in secrets}
        known = {name: secret for name, secret in secrets.items() if secret is not None}
        source = self._mistakes.validated(_with_blank(model, secrets.keys() - known), plain | known, at)
        if source is not None:
            self._check_zone(source.zone, (*at, "zone"))
        return source

    def _note_name(self, name: object, at: KeyPath) -> None:
        if name in self.names:
            self._note(f"two sources are named {name!r}", "give each its own name", at)
        elif isinstance(name, str):
            self.names.append(name)

    def _model(self, table: Mapping[str, Any], at: KeyPath) -> type[SourceConfig] | None:
        plugin = table.get("plugin")
        if not isinstance(plugin, str):
            self._note("plugin is missing", 'write plugin = "bitrix24"', at)
            return None
        try:
            return self._registry.source(plugin).config_model
        except ConfigError as error:
            self._mistakes.note(error, (*at, "plugin"))
            return None

    def _secret(self, name: str, reference: object, at: KeyPath) -> str | None:
        """Return the secret; None if none is fetched or, which is noted, it cannot be had."""
        if not isinstance(reference, dict):
            hint = f'write {name} = {{ env = "NAME" }} and put the value into the environment or .env'
            self._note(f"{name} is a secret and may not stand in this file", hint, at)
            return None
        place = self._mistakes.file.place(at)
        try:
            parse_reference(reference, place)
            return self._secrets.resolve(reference, place) if self._secrets else None
        except ConfigError as error:
            self._mistakes.note(error, at)
            return None

    def _check_zone(self, zone: str, at: KeyPath) -> None:
        try:
            clock.zone(zone)
        except ConfigError as error:
            self._mistakes.note(error, at)

    def _note(self, message: str, hint: str, at: KeyPath) -> None:
        self._mistakes.note(ConfigError(message, hint=hint), at)


def secret_fields(model: type[BaseModel]) -> Iterator[str]:
    """Name the fields of the model that hold secrets."""
    for name, field in model.model_fields.items():
        if field.annotation is SecretStr or SecretStr in get_args(field.annotation):
            yield name


def _with_blank(model: type[M], names: Iterable[str]) -> type[M]:
    """Return the model with the named secrets optional and empty, so that all else is still checked."""
    blank: dict[str, Any] = {name: (model.model_fields[name].annotation, SecretStr("")) for name in names}
    return create_model(model.__name__, __base__=model, **blank) if blank else model
