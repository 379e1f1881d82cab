"""Reads single values of the portal's rows: numbers as text, `[]` for empty maps, four spellings of yes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from connector import clock
from connector.errors import RecordError

_YES = {"y", "1", "true", "да", "yes"}
_NO = {"n", "0", "false", "нет", "no"}
_CENTURY = 100
_ENDLESS = "9999"
"""Activities without a deadline carry the year 9999."""


def text(value: Any) -> str | None:
    """Return the trimmed text of a string or number; None for "", null, `[]` and `{}`, which mean empty."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None or isinstance(value, list | dict | bool):
        return None
    return str(value)


def reference(value: Any) -> str | None:
    """Return the id of another record as text; None for none, which the portal spells 0, "0", "" or null."""
    found = text(value)
    return None if found == "0" else found


def flag(value: Any) -> bool | None:
    """Return yes or no of `true`, `1`, `"1"`, `"Y"` and their opposites; None where there is neither."""
    word = str(value).strip().lower()
    if word in _YES:
        return True
    return False if word in _NO else None


def moment(row: Mapping[str, Any], field: str, zone: ZoneInfo) -> datetime | None:
    """Return the time in UTC; a naive one is read in the zone. RecordError if it is no time."""
    value = row.get(field)
    if not isinstance(value, str) or not value or value.startswith(_ENDLESS):
        return None
    try:
        return _instant(value, zone)
    except (ValueError, OverflowError):
        raise RecordError(f"{value!r} is no time", field=field) from None


@lru_cache(maxsize=4096)
def _instant(value: str, zone: ZoneInfo) -> datetime:
    """Return the time in UTC; the times of one row, and of rows made together, are often the same."""
    return clock.aware(datetime.fromisoformat(value), zone)


def day(row: Mapping[str, Any], field: str) -> date | None:
    """Return the calendar day as the portal prints it, whose offset is its own. RecordError if it is none."""
    value = row.get(field)
    if not isinstance(value, str) or not value or value.startswith(_ENDLESS):
        return None
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        raise RecordError(f"{value!r} is no date", field=field) from None


def kopecks(row: Mapping[str, Any], field: str) -> int | None:
    """Return the amount in hundredths, exact, half a hundredth rounded up. RecordError if it is no number."""
    value = text(row.get(field))
    if value is None:
        return None
    try:
        amount = Decimal(value) * _CENTURY
        return int(amount.to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        raise RecordError(f"{value!r} is no amount", field=field) from None


def whole(row: Mapping[str, Any], field: str) -> int | None:
    """Return a whole number that may come as text. RecordError if it is none."""
    value = text(row.get(field))
    try:
        return None if value is None else int(Decimal(value))
    except (InvalidOperation, ValueError, OverflowError):
        raise RecordError(f"{value!r} is no number", field=field) from None


def as_map(value: Any) -> dict[str, Any]:
    """Return a map; PHP sends an empty one as `[]`, and one with the keys 0..n-1 as a list."""
    if isinstance(value, dict):
        return value
    return {str(index): item for index, item in enumerate(value)} if isinstance(value, list) else {}


def as_list(value: Any) -> list[Any]:
    """Return a list; PHP sends one with gaps in its keys as a map."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def several(value: Any) -> tuple[str, ...]:
    """Return the texts of a multi-value field: `[{"VALUE": ...}]`, a plain list, or one value."""
    if not isinstance(value, list | dict):
        one = text(value)
        return () if one is None else (one,)
    items = value if isinstance(value, list) else value.values()
    found = [text(item.get("VALUE") if isinstance(item, dict) else item) for item in items]
    return tuple([item for item in found if item is not None])
