"""`connector schema`: the JSON schema of plugins.toml, or of policies, from what is there, for editors."""

from __future__ import annotations

from typing import Any

import click
import orjson
from pydantic import BaseModel

from connector.commands.app import App, common
from connector.config import CONFIG_NAME, Project, load_registry, secret_fields
from connector.registry import Registry
from connector.rules.policy_schema import policies_schema
from connector.rules.rulebook import Rulebook
from connector.secrets import KINDS

REFERABLE = (("StoreSettings", "url"), ("NetworkSettings", "proxy"))
"""Keys outside sources that may hold a secret, and so a reference to one."""


@click.command()
@click.option("--policies", is_flag=True, help="The schema of policy files, with every field and rule.")
@common
def command(app: App, policies: bool) -> None:
    """Print the JSON schema of plugins.toml, each source by its plugin's own settings, or that of policies.

    Example: connector schema > plugins.schema.json
    """
    registry = load_registry(app.folder) if (app.folder / CONFIG_NAME).exists() else Registry()
    schema = policies_schema(Rulebook(registry)) if policies else project_schema(registry)
    click.echo(orjson.dumps(schema, option=orjson.OPT_INDENT_2).decode())


def project_schema(registry: Registry) -> dict[str, Any]:
    """Return the schema: the sections, and for `source` one shape for each plugin that loads."""
    schema = Project.model_json_schema()
    shapes = [
        source_schema(plugin.name, registry.source(plugin.name).config_model)
        for plugin in registry.everything()
        if not plugin.error and plugin.title != "hooks only"
    ]
    schema["properties"]["source"] = {"type": "array", "items": {"oneOf": shapes}}
    for section, key in REFERABLE:
        _or_reference(schema["$defs"][section]["properties"], key)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = CONFIG_NAME
    return schema


def _or_reference(properties: dict[str, Any], key: str) -> None:
    """Let the key be a reference beside the plain value it may be."""
    plain = dict(properties[key])
    said = {name: plain.pop(name) for name in ("description", "default", "title") if name in plain}
    properties[key] = said | {"anyOf": [plain, *_references()]}


def _references() -> list[dict[str, Any]]:
    return [
        {
            "type": "object",
            "properties": {kind: {"type": "string"}},
            "required": [kind],
            "additionalProperties": False,
        }
        for kind in KINDS
    ]


def source_schema(plugin: str, model: type[BaseModel]) -> dict[str, Any]:
    """Return a source's shape; a secret is a reference, never a value."""
    schema = model.model_json_schema()
    schema["properties"]["plugin"] = {"const": plugin}
    for name in secret_fields(model):
        description = schema["properties"][name].get("description", "")
        schema["properties"][name] = {"description": description, "oneOf": _references()}
    return schema
