"""Reads single values of 1C's rows: empty keys and dates, numbers as text, naive times of the server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from connector import clock
from connector.errors import RecordError

NOBODY = "00000000-0000-0000-0000-000000000000"
NEVER = "0001-01-01"
UNDEFINED = "StandardODATA.Undefined"
SPACE = "StandardODATA."
_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*[,;]?\s*(?:доб\.?|вн\.?|ext\.?)\s*\d+\s*$", re.IGNORECASE)
_YES, _NO = {"true", "1", "да"}, {"false", "0", "нет"}
_SEVERAL = re.compile(r"[|;]")


def text(value: Any) -> str | None:
    """Return the trimmed text of a value, "true" or "false" for a flag; None for what is empty."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, list | dict):
        return None
    return str(value).strip() or None


def key(value: Any) -> str | None:
    """Return the key of another object; None for the empty one and for what is no key."""
    found = text(value)
    return found.lower() if found and found != NOBODY and _KEY.fullmatch(found) else None


def several(value: str) -> tuple[str, ...]:
    """Return what one text names, separated by `|` or `;`."""
    return tuple(part.strip() for part in _SEVERAL.split(value) if part.strip())


def flag(value: str, field: str) -> bool:
    """Return yes or no; RecordError for anything else."""
    word = value.casefold()
    if word not in _YES | _NO:
        raise RecordError(f"{value!r} is neither yes nor no", field=field)
    return word in _YES


def moment(value: str, zone: ZoneInfo, field: str) -> datetime | None:
    """Return a time in UTC, None for the empty date; RecordError for what is no time.

    Dates of 1C are the server's local ones without an offset.
    """
    if value.startswith(NEVER):
        return None
    try:
        return clock.parse_moment(value, zone)
    except (ValueError, OverflowError):
        raise RecordError(f"{value!r} is no time", field=field) from None


def day(value: str, field: str) -> date | None:
    """Return a day as it is written, None for the empty one; RecordError for what is none."""
    if value.startswith(NEVER):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise RecordError(f"{value!r} is no day", field=field) from None


def number(value: str, field: str) -> Decimal:
    """Return a number, which 1C also writes as text; RecordError for what is none."""
    try:
        found = Decimal(value.replace(",", ".").replace("\xa0", "").replace(" ", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise RecordError(f"{value!r} is no number", field=field)
    return found


def kopecks(value: str, field: str) -> int:
    """Return an amount in hundredths, half a hundredth rounded up; RecordError for what is none."""
    return int((number(value, field) * 100).to_integral_value(ROUND_HALF_UP))


def whole(value: str, field: str) -> int:
    """Return a whole number; RecordError for what is none."""
    return int(number(value, field))


def dialled(shown: str) -> str:
    """Return a phone as it was typed without the extension behind it."""
    return _EXTENSION.sub("", shown)


def once(names: Iterable[str]) -> tuple[str, ...]:
    """Return the texts, each once, in order."""
    return tuple(dict.fromkeys(names))


def last_day(month: date) -> date:
    """Return the last day of a month."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
