"""The texts that `init` writes, made from the settings' own models so that they cannot drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from connector.config import (
    Company,
    LimitSettings,
    NetworkSettings,
    PluginSettings,
    PolicySettings,
    StoreSettings,
    secret_fields,
)

GITIGNORE = ".env\n*.db\n*.db-*\n*.rate\n"

HEAD = """\
#:schema ./plugins.schema.json
# Settings of connector. A line that begins with # shows a default: remove the # to change it.
# The schema for your editor's completion: connector schema > plugins.schema.json
"""


def project_text(language: str, zone: str) -> str:
    """Return plugins.toml without a source."""
    given = {"zone": zone, "language": language}
    sections: tuple[tuple[str, type[BaseModel], dict[str, Any]], ...] = (
        ("company", Company, given),
        ("store", StoreSettings, {}),
        ("network", NetworkSettings, {}),
        ("policies", PolicySettings, {}),
        ("limits", LimitSettings, {}),
        ("plugins", PluginSettings, {}),
    )
    blocks = ("\n".join(_section(name, model, values)) for name, model, values in sections)
    return HEAD + "\n" + "\n\n".join(blocks) + "\n"


def source_text(name: str, model: type[BaseModel], plugin: str, given: Mapping[str, str]) -> str:
    """Return the `[[source]]` table of a plugin: what is needed as lines, everything else as comments."""
    secrets = {field: {"env": variable(name, field)} for field in _needed_secrets(model)}
    lines = ["", "[[source]]", *_fields(model, {"name": name, "plugin": plugin, **secrets, **given})]
    return "\n".join(lines) + "\n"


def variable(source: str, field: str) -> str:
    """Return the environment variable of a source's secret: `BITRIX_MAIN_WEBHOOK_URL` of `bitrix-main`."""
    return "_".join((source, field)).upper().replace("-", "_").replace(".", "_")


def environment_text(name: str, model: type[BaseModel]) -> str:
    """Return the lines of `.env.example` for a source's secrets."""
    lines = []
    for field in _needed_secrets(model):
        lines.append(f"# {name}: {model.model_fields[field].description or field}")
        lines.append(f"{variable(name, field)}=")
    return "\n".join(lines) + "\n" if lines else ""


def _needed_secrets(model: type[BaseModel]) -> list[str]:
    return [field for field in secret_fields(model) if model.model_fields[field].is_required()]


def _section(name: str, model: type[BaseModel], given: dict[str, Any]) -> Iterator[str]:
    yield f"[{name}]"
    yield from _fields(model, given)


def _fields(model: type[BaseModel], given: dict[str, Any]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        comment = f"  # {field.description}" if field.description else ""
        if name in given:
            yield f"{name} = {toml_value(given[name])}{comment}"
        elif field.is_required():
            yield f'{name} = ""{comment}'
        else:
            default = _default(field)
            yield f"# {name} ={'' if default is None else ' ' + toml_value(default)}{comment}"


def _default(field: FieldInfo) -> Any:
    if field.default is not PydanticUndefined:
        return field.default
    return field.default_factory() if field.default_factory else None  # type: ignore[call-arg]  # none of ours takes data


def toml_value(value: Any) -> str:
    """Return a plain value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if value == {}:
        return "{}"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {toml_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(inner) for inner in value) + "]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else toml_value(name)
