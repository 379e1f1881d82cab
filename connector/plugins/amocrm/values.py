"""Reads single values of the account's rows: unix seconds, ids, `[]` for empty maps, numbers as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from connector import clock
from connector.errors import RecordError

_MILLION = 1_000_000
_CENTURY = 100
_YES, _NO = {"true", "1", "да", "yes"}, {"false", "0", "нет", "no", ""}


def text(value: Any) -> str | None:
    """Return the trimmed text of a string or number; None for "", null, lists and maps."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None or isinstance(value, list | dict | bool):
        return None
    return str(value)


def reference(value: Any) -> str | None:
    """Return the id of another record as text; None for none: null, 0 (user 0 is the robot) or below."""
    found = text(value)
    return None if found is None or found == "0" or found.startswith("-") else found


def flag(value: Any) -> bool | None:
    """Return yes or no of `true`, `1`, "да" and their opposites; None where there is neither."""
    word = str(value).strip().lower()
    if word in _YES:
        return True
    return False if word in _NO else None


def seconds(row: Mapping[str, Any], field: str) -> int | None:
    """Return unix seconds; None for null and 0. RecordError if it is no number."""
    value = row.get(field)
    if value is None or value in (0, "0", ""):
        return None
    try:
        return int(str(value))
    except ValueError:
        raise RecordError(f"{value!r} is no time", field=field) from None


def whole(row: Mapping[str, Any], field: str) -> int | None:
    """Return a whole number that may come as text; None where there is none. RecordError if it is none."""
    found = number(row, field)
    try:
        return None if found is None else int(found)
    except (OverflowError, ValueError):
        raise RecordError(f"{found} is no number", field=field) from None


def moment(row: Mapping[str, Any], field: str) -> datetime | None:
    """Return the time in UTC of unix seconds; None for null and 0. RecordError if it is no time."""
    found = seconds(row, field)
    try:
        return None if found is None else clock.from_micros(found * _MILLION)
    except OverflowError:
        raise RecordError(f"{found!r} is no time", field=field) from None


def day_of(value: Any, zone: ZoneInfo, field: str) -> date | None:
    """Return the calendar day in the account's zone of unix seconds: date fields hold its midnight."""
    found = moment({field: value}, field)
    return None if found is None else clock.local_day(found, zone)


def number(row: Mapping[str, Any], field: str) -> Decimal | None:
    """Return a number that may come as text; None where there is none. RecordError if it is no number."""
    value = text(row.get(field))
    try:
        return None if value is None else Decimal(value.replace(",", ".").replace(" ", ""))
    except InvalidOperation:
        raise RecordError(f"{value!r} is no number", field=field) from None


def kopecks(row: Mapping[str, Any], field: str) -> int | None:
    """Return an amount in hundredths, half a hundredth rounded up. RecordError if it is no number."""
    found = number(row, field)
    try:
        return None if found is None else int((found * _CENTURY).to_integral_value(ROUND_HALF_UP))
    except (OverflowError, ValueError, InvalidOperation):
        raise RecordError(f"{found} is no amount", field=field) from None


def as_map(value: Any) -> dict[str, Any]:
    """Return a map; PHP sends an empty one as `[]`."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return a list; PHP sends one with gaps in its keys as a map."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def embedded(row: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows under `_embedded`, none where it is missing or `[]`."""
    return [as_map(item) for item in as_list(as_map(row.get("_embedded")).get(name))]
