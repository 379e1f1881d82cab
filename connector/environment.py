"""The environment: `.env` beside plugins.toml, and variables that are laid over what plugins.toml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_origin

from dotenv import dotenv_values
from pydantic import BaseModel

from connector.errors import ConfigError
from connector.secrets import environment_with
from connector.tomlfile import KeyPath, TomlFile

DOTENV_NAME = ".env"
ENVIRONMENT_PREFIX = "CONNECTOR__"


def read_environment(folder: Path) -> dict[str, str]:
    """Return the process's environment over the folder's `.env`; ConfigError if that is not UTF-8.

    A value in `.env` is taken as it stands: `$` means nothing in it, since a password may hold one.
    """
    path = folder / DOTENV_NAME
    try:
        return environment_with(dotenv_values(path, encoding="utf-8-sig", interpolate=False))
    except UnicodeDecodeError as error:
        raise ConfigError("not UTF-8 text", where=str(path), hint="save the file as UTF-8") from error


def variables_over(file: TomlFile, environment: Mapping[str, str], model: type[BaseModel]) -> TomlFile:
    """Return the file with variables such as CONNECTOR__COMPANY__ZONE laid over its values.

    Lists are separated by commas; an empty variable counts as not set. `origins` names the variable of each
    value, so that a complaint names it in place of a line. What stands in `[[source]]` has no variables.
    """
    data = {name: dict(table) if isinstance(table, dict) else table for name, table in file.data.items()}
    origins: dict[KeyPath, str] = {}
    for variable, text in sorted(environment.items()):
        if not text or not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        path = tuple(variable.removeprefix(ENVIRONMENT_PREFIX).lower().split("__", 1))
        table = data.setdefault(path[0], {}) if len(path) > 1 else None
        if not isinstance(table, dict):
            raise ConfigError(
                "no setting has this variable",
                where=variable,
                hint="write CONNECTOR__SECTION__KEY, [[source]] has none",
            )
        table[path[1]] = _value(model, path, text)
        origins[path] = f"variable {variable}"
    return replace(file, data=data, origins=origins)


def _value(model: type[BaseModel], path: KeyPath, text: str) -> Any:
    """Return the text, or its parts where the setting is a list."""
    annotation: Any = model
    for name in path:
        found = annotation.model_fields.get(name) if hasattr(annotation, "model_fields") else None
        annotation = found.annotation if found else None
    if get_origin(annotation) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text
