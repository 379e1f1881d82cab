"""Brings each cell of a bundle to the one form the tables use, by the meaning of its column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from connector import clock

YES = frozenset({"1", "true", "да"})
NO = frozenset({"0", "false", "нет"})
FLAGS = frozenset({"active", "accepts_more", "key_account", "successful"})
NUMBERS = frozenset({"amount", "margin", "probability", "capacity", "duration_s"})


def is_time(column: str) -> bool:
    """Tell whether the column holds times: every `at` and `..._at` does."""
    return column == "at" or column.endswith("_at")


def is_date(column: str) -> bool:
    """Tell whether the column holds calendar dates."""
    return column in {"date", "expected_close"} or column.endswith(("_from", "_to", "_date"))


def moment(text: str, local: ZoneInfo) -> str:
    """Return the time as ISO 8601 with the zone's offset; none = the zone's clock, a bare date = midnight."""
    return clock.parse_moment(text, local).astimezone(local).isoformat()


def day(text: str) -> str:
    """Return the date as YYYY-MM-DD; ValueError if it is none."""
    return date.fromisoformat(text.strip()).isoformat()


def flag(text: str) -> str:
    """Return "1" or "0" for 1/0/true/false/да/нет in any case; ValueError otherwise."""
    word = text.strip().lower()
    if word not in YES | NO:
        raise ValueError(text)
    return "1" if word in YES else "0"


def number(text: str) -> str:
    """Return the decimal with a point and no blanks, its digits untouched; ValueError if it is none."""
    try:
        value = Decimal("".join(text.split()).replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite():
        raise ValueError(text)
    return f"{value:f}"


def reader(column: str, local: ZoneInfo) -> tuple[str, Callable[[str], str]] | None:
    """Return what the column holds, in words, and how to read a cell of it; None where any text will do."""
    if is_time(column):
        return "a time (ISO 8601)", lambda text: moment(text, local)
    if is_date(column):
        return "a date (YYYY-MM-DD)", day
    if column in FLAGS:
        return "1/0, true/false or да/нет", flag
    return ("a decimal number", number) if column in NUMBERS else None
