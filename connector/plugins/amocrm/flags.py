"""Tells where each flag of ours stands: a tag of the card, or a field of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.plugins.amocrm.values import embedded, text

TAG = "tag:"
"""Opens the name of a tag in the settings' `flags`."""


def tag_of(place: str) -> str | None:
    """Return the tag that a flag stands for, None where it is a field."""
    return place.removeprefix(TAG).strip() if place.startswith(TAG) else None


def tags(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of a card's tags."""
    return tuple(name for tag in embedded(row, "tags") if (name := text(tag.get("name"))))


def has_tag(row: Mapping[str, Any], tag: str) -> bool:
    """Tell whether a card has a tag, whatever the case of its letters: the vendor keeps one of both."""
    return tag.casefold() in (name.casefold() for name in tags(row))
