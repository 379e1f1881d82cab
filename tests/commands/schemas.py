"""Checks a document against the words of JSON Schema 2020-12 that ours uses; any other word is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float), "integer": int,
    "null": type(None),
}  # fmt: skip
TOLD = {"$schema", "$defs", "title", "description", "default", "format"}
"""Words that allow and forbid nothing."""


def wrong(document: Any, schema: dict[str, Any]) -> list[str]:
    """Return a line for each thing in the document that the schema forbids."""
    return list(_wrong(document, schema, schema, "$"))


def _wrong(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    for word, given in schema.items():
        if word in TOLD:
            continue
        if word == "$ref":
            yield from _wrong(value, root["$defs"][given.removeprefix("#/$defs/")], root, at)
        elif word in ("anyOf", "oneOf"):
            fits = sum(not list(_wrong(value, each, root, at)) for each in given)
            if fits != 1 and (word == "oneOf" or not fits):
                yield f"{at}: fits {fits} of {word}"
        elif word in WORDS:
            yield from (f"{at}: {said}" for said in WORDS[word](value, given))
        elif word in ("properties", "additionalProperties", "items"):
            yield from _inside(word, value, schema, root, at)
        else:
            raise ValueError(f"{at}: this check does not know the word {word!r}")


def _inside(word: str, value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    given, known = schema[word], schema.get("properties", {})
    if word == "items" and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _wrong(item, given, root, f"{at}[{number}]")
    elif word == "properties" and isinstance(value, dict):
        for name in value.keys() & given.keys():
            yield from _wrong(value[name], given[name], root, f"{at}.{name}")
    elif word == "additionalProperties" and isinstance(value, dict):
        for name in value.keys() - known.keys():
            if given is False:
                yield f"{at}: {name} is not known"
            elif given is not True:
                yield from _wrong(value[name], given, root, f"{at}.{name}")


def _type(value: Any, given: str) -> Iterator[str]:
    if not isinstance(value, TYPES[given]) or (isinstance(value, bool) and given != "boolean"):
        yield f"is no {given}"


def _required(value: Any, given: list[str]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in given if isinstance(value, dict) and name not in value)


def _pattern(value: Any, given: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(given, value):
        yield f"does not look like {given}"


def _enum(value: Any, given: list[Any]) -> Iterator[str]:
    if value not in given:
        yield f"{value!r} is none of {given}"


def _const(value: Any, given: Any) -> Iterator[str]:
    yield from _enum(value, [given])


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _above(value: Any, given: float) -> Iterator[str]:
    if _number(value) and value <= given:
        yield f"is not above {given}"


def _at_most(value: Any, given: float) -> Iterator[str]:
    if _number(value) and value > given:
        yield f"is above {given}"


def _at_least(value: Any, given: float) -> Iterator[str]:
    if _number(value) and value < given:
        yield f"is below {given}"


def _long_enough(value: Any, given: int) -> Iterator[str]:
    if isinstance(value, str) and len(value) < given:
        yield f"is shorter than {given}"


def _many_enough(value: Any, given: int) -> Iterator[str]:
    if isinstance(value, list) and len(value) < given:
        yield f"has fewer than {given} items"


WORDS = {
    "type": _type, "required": _required, "pattern": _pattern, "enum": _enum, "const": _const,
    "exclusiveMinimum": _above, "maximum": _at_most, "minimum": _at_least, "minLength": _long_enough,
    "minItems": _many_enough,
}  # fmt: skip
