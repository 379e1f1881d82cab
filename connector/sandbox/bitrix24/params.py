"""Reads parameters as PHP does: bracket syntax in queries and forms, or a JSON object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

import orjson

from connector.sandbox.bitrix24.errors import PortalError

KEY = re.compile(r"(?P<root>[^\[\]]+)(?P<path>(?:\[[^\[\]]*\])*)")


def parse_query(query: str) -> dict[str, Any]:
    """Read `filter[>ID]=5&select[]=ID`; the first `=` ends the key even inside brackets, as in PHP."""
    tree: dict[str, Any] = {}
    for pair in filter(None, query.split("&")):
        key, _, value = pair.partition("=")
        put(tree, unquote_plus(key), unquote_plus(value))
    return {key: listed(value) for key, value in tree.items()}


def put(tree: dict[str, Any], key: str, value: str) -> None:
    """Store one value under a bracketed key.

    A key with broken brackets is taken literally, `[` becoming `_`.
    """
    found = KEY.fullmatch(key)
    steps = (
        [found["root"], *re.findall(r"\[([^\[\]]*)\]", found["path"])]
        if found
        else [key.replace("[", "_", 1)]
    )
    for step in steps[:-1]:
        inner = tree.setdefault(step or str(len(tree)), {})
        tree = inner if isinstance(inner, dict) else {}
    tree[steps[-1] or str(len(tree))] = value


def listed(value: Any) -> Any:
    """Turn maps whose keys are 0..n-1 into lists, all the way down."""
    if not isinstance(value, dict):
        return value
    inner = {key: listed(item) for key, item in value.items()}
    return list(inner.values()) if inner and is_list(inner) else inner


def is_list(value: Mapping[str, Any]) -> bool:
    """Tell whether PHP would write this map as a list: its keys are 0..n-1 in order."""
    return all(key == str(place) for place, key in enumerate(value))


def php_map(value: Mapping[str, Any]) -> dict[str, Any] | list[Any]:
    """Write a map as PHP's json_encode does: an empty one, or one with keys 0..n-1, becomes a list."""
    return list(value.values()) if is_list(value) else dict(value)


def parse_request(query: str, body: bytes, content_type: str) -> dict[str, Any]:
    """Put query and body together; the body is JSON or a form. INVALID_REQUEST if it is neither."""
    params = parse_query(query)
    if body.strip():
        params.update(parse_body(body, content_type))
    return params


def parse_body(body: bytes, content_type: str) -> dict[str, Any]:
    """Read a body by its type; one that looks like JSON is read as JSON whatever its type says."""
    if "json" not in content_type and not body.lstrip().startswith(b"{"):
        return parse_query(body.decode("utf-8", "replace"))
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise PortalError("INVALID_REQUEST", "Wrong request data") from error
    return parsed if isinstance(parsed, dict) else {}


def as_map(value: Any, name: str) -> dict[str, Any]:
    """Return an array parameter as a map.

    Nothing is an empty one. Anything else is refused as the portal does.
    """
    if value is None or value == "":
        return {}
    if isinstance(value, list):
        return {str(place): item for place, item in enumerate(value)}
    if not isinstance(value, dict):
        raise PortalError("", f"Parameter '{name}' must be array.")
    return {str(key): item for key, item in value.items()}


def as_list(value: Any) -> list[Any]:
    """Return an array parameter as a list; a scalar becomes a list of one, nothing an empty list."""
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def any_case(params: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the named top-level parameters whatever their letter case; for the methods that take both."""
    folded = {key.lower(): value for key, value in params.items()}
    return {name: folded.get(name) for name in names}
