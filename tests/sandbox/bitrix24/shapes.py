"""Compares the shape of an answer with a documented example: keys and JSON types, never values."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).with_name("samples")
OTHER_PORTALS = re.compile(r"(UF_CRM_|PARENT_ID_|ufCrm_|parentId)[0-9A-F]+")
OPTIONAL = {"operating", "operating_reset_at", "next"}
"""Keys that documented answers may lack, so an example without them proves nothing."""


def sample(name: str) -> Any:
    """Read a documented example."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def kind(value: Any) -> str:
    """Name a JSON type; integers and fractions are both numbers."""
    if isinstance(value, bool):
        return "boolean"
    return {dict: "object", list: "array", str: "string", int: "number", float: "number"}.get(
        type(value), "null"
    )


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Return where the shapes differ; null fits everything, of lists the first rows are compared."""
    if kind(expected) == "null" or kind(actual) == "null":
        return []
    if kind(expected) != kind(actual):
        return [f"{path}: {kind(expected)} in the example, {kind(actual)} here"]
    if isinstance(expected, dict):
        return map_differences(expected, actual, path)
    if isinstance(expected, list) and expected and actual:
        return differences(expected[0], actual[0], f"{path}[]")
    return []


def map_differences(expected: dict[str, Any], actual: dict[str, Any], path: str) -> list[str]:
    """Return the keys that one of two maps lacks, and the differences inside the others."""
    known = {key for key in expected if not OTHER_PORTALS.fullmatch(key)} - OPTIONAL
    own = {key for key in actual if not re.match(r"UF_CRM_(?!TASK)|ufCrm(?!Task)", key)} - OPTIONAL
    found = [f"{path}.{key}: missing" for key in sorted(known - own)]
    found += [f"{path}.{key}: not in the example" for key in sorted(own - known)]
    for key in sorted(known & own):
        found += differences(expected[key], actual[key], f"{path}.{key}")
    return found
