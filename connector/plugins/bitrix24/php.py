"""Writes parameters as PHP reads them from a query, `filter[>ID]=5&select[0]=ID`: the commands of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus


def query(parameters: Mapping[str, Any]) -> str:
    """Return the parameters as one encoded string; lists get the keys 0..n-1, yes and no become Y and N."""
    return "&".join([f"{_key(key)}={_value(value)}" for key, value in _flat(parameters)])


_key = lru_cache(maxsize=4096)(quote_plus)
"""Keys are the same in every command, `filter[@ID][44]` as `select[3]`."""


def _value(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote_plus(text)


def _flat(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in parameters.items():
        yield from _under(key, value)


def _under(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _under(f"{key}[{name}]", inner)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _under(f"{key}[{index}]", inner)
    elif isinstance(value, bool):
        yield key, "Y" if value else "N"
    else:
        yield key, "" if value is None else str(value)
