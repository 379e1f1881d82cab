"""Writes parameters as PHP reads them from a query: `filter[id][]=5&order[id]=asc`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def flat(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with their nested names in brackets; lists get `[]` and are sent item by item."""
    return dict(_flat(parameters, ""))


def _flat(parameters: Mapping[str, Any], outer: str) -> Iterator[tuple[str, Any]]:
    for name, value in parameters.items():
        key = f"{outer}[{name}]" if outer else name
        if isinstance(value, Mapping):
            yield from _flat(value, key)
        elif isinstance(value, list | tuple):
            yield f"{key}[]", list(value)
        else:
            yield key, value
