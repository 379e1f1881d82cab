"""Rows damaged as imports and old versions leave them: no name, time 0, a word for a number."""

from __future__ import annotations

from typing import Any

SPOILT: dict[str, Any] = {
    "name": None, "created_at": 0, "price": "n/a", "price_with_minor_units": "n/a", "complete_till": "n/a",
    "text": None,
}  # fmt: skip


def spoilt(row: dict[str, Any]) -> dict[str, Any]:
    """Return a damaged copy of a row."""
    return {name: SPOILT.get(name, value) for name, value in row.items()}
