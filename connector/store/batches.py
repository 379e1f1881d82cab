"""Cuts long lists of ids for statements, which take a limited number of values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
SIZE = 2_500
"""Well under the 32,766 values of SQLite (https://sqlite.org/limits.html) and the 65,535 of PostgreSQL."""


def batches(values: Sequence[T], size: int = SIZE) -> Iterator[Sequence[T]]:
    """Yield the values in order, at most `size` at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
