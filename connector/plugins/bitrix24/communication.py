"""Phones and e-mails of a card: comparable where they can be, kept as they came and flagged where not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector import identifiers
from connector.plugins.bitrix24.values import several

Flags = tuple[str, ...]
Read = tuple[tuple[str, ...], Flags]
"""Values, and the flags that they earned."""


def phones(row: Mapping[str, Any]) -> Read:
    """Return the numbers in E.164 in the card's order; `invalid:phones` if one is no number."""
    return _each(several(row.get("PHONE")), identifiers.phone, "invalid:phones")


def emails(row: Mapping[str, Any]) -> Read:
    """Return the addresses in lower case in the card's order; `invalid:emails` if one is no address."""
    return _each(several(row.get("EMAIL")), identifiers.email, "invalid:emails")


def checked(value: str | None, normal: Callable[[str], str | None], field: str) -> tuple[str | None, Flags]:
    """Return one value in its normal form, or as it came with the flag `invalid:FIELD`."""
    if value is None:
        return None, ()
    found = normal(value)
    return (found, ()) if found else (value, (f"invalid:{field}",))


def _each(values: tuple[str, ...], normal: Callable[[str], str | None], complaint: str) -> Read:
    if not values:
        return (), ()
    found = [normal(value) for value in values]
    if None not in found:
        return tuple(dict.fromkeys(filter(None, found))), ()
    kept = tuple(dict.fromkeys(known or value for known, value in zip(found, values, strict=True)))
    return kept, (complaint,)
