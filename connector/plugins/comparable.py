"""Puts phones, e-mails and numbers of a card into one comparable form; what has none is kept and flagged."""

from __future__ import annotations

from collections.abc import Callable

Flags = tuple[str, ...]
Read = tuple[tuple[str, ...], Flags]
"""Values, and the flags that they earned."""


def checked(value: str | None, normal: Callable[[str], str | None], field: str) -> tuple[str | None, Flags]:
    """Return one value in its normal form, or as it came with the flag `invalid:FIELD`."""
    if value is None:
        return None, ()
    found = normal(value)
    return (found, ()) if found else (value, (f"invalid:{field}",))


def every(values: tuple[str, ...], normal: Callable[[str], str | None], complaint: str) -> Read:
    """Return all values in their normal form, each once; as they came and `complaint` if one has none."""
    if not values:
        return (), ()
    found = [normal(value) for value in values]
    if None not in found:
        return tuple(dict.fromkeys(filter(None, found))), ()
    kept = tuple(dict.fromkeys(known or value for known, value in zip(found, values, strict=True)))
    return kept, (complaint,)
