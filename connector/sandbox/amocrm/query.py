"""Reads a query as PHP does: `filter[updated_at][from]=1&order[id]=asc&filter[id][]=7`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART = re.compile(r"\[([^\[\]]*)\]")


def parse(query: str) -> dict[str, Any]:
    """Return the query as nested maps; `[]` counts up from 0. What PHP would not understand is left out."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        match = KEY.fullmatch(key)
        if match:
            place(found, [match[1], *PART.findall(match[2])], value)
    return found


def place(into: dict[str, Any], path: list[str], value: str) -> None:
    """Put a value under its path; a later value of the same path wins."""
    name = path[0] or str(len(into))
    if len(path) == 1:
        into[name] = value
        return
    inner = into.get(name)
    if not isinstance(inner, dict):
        inner = into[name] = {}
    place(inner, path[1:], value)


def mapping(value: Any) -> dict[str, Any]:
    """Return a value as a map; what is none is empty."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[str]:
    """Return one value or a map of values as a list."""
    return [str(one) for one in value.values()] if isinstance(value, dict) else [str(value)]


def whole(value: Any, default: int) -> int:
    """Return a whole number, or the default where the text is none."""
    text = str(value)
    return int(text) if re.fullmatch(r"-?\d{1,12}", text) else default


def words(value: Any) -> frozenset[str]:
    """Return the words of a comma-separated list such as `with`."""
    return frozenset(part.strip() for one in listed(value or "") for part in one.split(",") if part.strip())
