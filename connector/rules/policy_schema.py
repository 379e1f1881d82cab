"""The JSON schema of policy files, one shape a rule, for editors that complete and check as one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.rules.decision_table import Result
from connector.rules.policy_file import file_model
from connector.rules.rule import Rule, results_of, takes_receivers
from connector.rules.rulebook import BUILT, Rulebook
from connector.rules.terms import Parameters
from connector.rules.where.condition import MISSING
from connector.rules.where.fields import CLIENT_FIELDS
from connector.rules.where.functions import FUNCTIONS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_CELL = {"anyOf": [{"type": each} for each in ("string", "number", "boolean", "array")]}


def policies_schema(rules: Rulebook) -> dict[str, Any]:
    """Return the schema; the description of `scope.where` lists every field and function."""
    every = {**BUILT, **rules.brought()}
    return {"$schema": DRAFT, "title": "policy", "oneOf": [_of_rule(rule) for rule in every.values()]}


def _of_rule(rule: Rule[Any]) -> dict[str, Any]:
    params: type[Parameters] = rule.params
    schema = file_model(rule.name, params, receives=takes_receivers(rule)).model_json_schema()
    schema |= {"title": rule.name, "required": ["id"]}  # the rest may come from what it extends
    _join_definitions(schema)
    schema["properties"]["scope"] = {
        "type": "object",
        "properties": {"where": {"type": "string", "description": _words()}},
        "required": ["where"],
        "additionalProperties": False,
    }
    if results := results_of(rule):
        schema["properties"]["table"] = _table(results)
    return schema


def _join_definitions(schema: dict[str, Any]) -> None:
    """Put definitions where they are referred to: a shape inside `oneOf` has no root of its own."""
    definitions = schema.pop("$defs", {})

    def joined(part: Any) -> Any:
        if isinstance(part, list):
            return [joined(each) for each in part]
        if not isinstance(part, dict):
            return part
        name = str(part.get("$ref", "")).removeprefix("#/$defs/")
        if name in definitions:
            return joined({**definitions[name], **{key: part[key] for key in part if key != "$ref"}})
        told_in_russian = {"ru"} if "description" in part else set()
        return {key: joined(each) for key, each in part.items() if key not in told_in_russian}

    schema["properties"] = joined(schema["properties"])


def _table(results: Mapping[str, Result]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: {**_CELL, "description": spec.meaning.en} for name, spec in CLIENT_FIELDS.items()
    }
    fields.pop(MISSING)
    bounds = {
        name: {"type": "integer", "minimum": each.least, "maximum": each.most, "description": each.meaning.en}
        for name, each in results.items()
    }
    row: dict[str, Any] = {"type": "object", "additionalProperties": False}
    row["properties"] = fields | bounds | {"custom": {"type": "object"}}
    file = {"type": "string", "description": "a CSV or XLSX file; the path begins at the policy"}
    return {"oneOf": [file, {"type": "array", "items": row}]}


def _words() -> str:
    """Return the fields and functions of conditions, a line each."""
    fields = [f"{name}: {spec.meaning.en}" for name, spec in CLIENT_FIELDS.items()]
    functions = [f"{name}(): {function.meaning.en}" for name, function in FUNCTIONS.items()]
    return "\n".join(["a condition on the client; its fields and functions:", *fields, *functions])
