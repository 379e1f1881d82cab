"""Reads single cells: dates and times as Excel and 1C spell them, money with comma or point, yes and no.

Every reader gets the trimmed text of a filled cell and the zone of naive times; ValueError says what was
expected. An empty date of 1C (01.01.0001) is read as None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from connector import clock

YES = frozenset({"1", "true", "да", "yes", "истина"})
NO = frozenset({"0", "false", "нет", "no", "ложь"})

LARGEST_TEXT = 1_000_000
"""Characters in a cell; beyond that the file is broken rather than eloquent."""

_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f']")
_MONEY = re.compile(r"[+-]?[0-9]{1,16}(?:[.,][0-9]{0,12})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]{1,2}|(?:\.[0-9]{3})+,[0-9]{1,2})")
_CURRENCY = re.compile(r"(?:₽|руб\.?|р\.|rub)$", re.IGNORECASE)
_RUSSIAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:[ T]+(.+))?")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_EARLIEST, _LATEST = 1900, 2999
_CENTURY = 100


def text(cell: str, zone: ZoneInfo) -> str:
    """Return the text as it is."""
    return cell


def flag(cell: str, zone: ZoneInfo) -> bool:
    """Return yes or no."""
    word = cell.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError("write 1 or 0, true or false, да or нет")


def moment(cell: str, zone: ZoneInfo) -> datetime | None:
    """Return the time in UTC; without an offset it is the zone's, a bare date is its midnight."""
    try:
        found = _russian(cell) or datetime.fromisoformat(cell)
        if found.year == 1:
            return None
        return _sane(clock.aware(found, zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("write a time as 2026-12-31T14:30 or 31.12.2026 14:30") from None


def day(cell: str, zone: ZoneInfo) -> date | None:
    """Return the date; a time of day beside it is left out, as reports of 1C print midnight."""
    try:
        found = _russian(cell) or datetime.fromisoformat(cell)
        if found.year == 1:
            return None
        return (_sane(found).astimezone(zone) if found.tzinfo else _sane(found)).date()
    except (ValueError, OverflowError):
        raise ValueError("write a date as 2026-12-31 or 31.12.2026") from None


def money(cell: str, zone: ZoneInfo) -> int:
    """Return hundredths, half a hundredth rounded up (away from zero), exact otherwise."""
    return int((_decimal(cell) * _CENTURY).to_integral_value(ROUND_HALF_UP))


def whole(cell: str, zone: ZoneInfo) -> int:
    """Return a whole number that is not negative; Excel may have written 5 as 5.0."""
    number = _decimal(cell)
    if number != number.to_integral_value() or number < 0:
        raise ValueError("write a whole number")
    return int(number)


def fraction(cell: str, zone: ZoneInfo) -> float:
    """Return a probability as a fraction 0-1; above 1, or with a sign %, it is percent (clarification 34)."""
    number = _decimal(cell.removesuffix("%"))
    share = number / _CENTURY if cell.endswith("%") or number > 1 else number
    if not 0 <= share <= 1:
        raise ValueError("write a probability from 0 to 1, or percent")
    return float(share)


def several(cell: str, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the parts between `|`, each once, in their order."""
    return tuple(dict.fromkeys(part.strip() for part in cell.split("|") if part.strip()))


@dataclass(frozen=True)
class Choice:
    """Reads one of several words; `words` leads from each spelling, lower case, without ё, to the value."""

    words: Mapping[str, str]

    def __call__(self, cell: str, zone: ZoneInfo) -> str:
        """Return the value that the word stands for."""
        found = self.words.get(cell.casefold().replace("ё", "е"))
        if found is None:
            raise ValueError(f"write one of {', '.join(dict.fromkeys(self.words.values()))}")
        return found


def _russian(cell: str) -> datetime | None:
    """Return what `31.12.2026`, alone or with `14:30` or `14:30:05`, says; None for any other form."""
    found = _RUSSIAN_DAY.fullmatch(cell)
    if found is None:
        return None
    time = _CLOCK.fullmatch(found[4]) if found[4] else None
    if found[4] and time is None:
        raise ValueError(cell)
    hour, minute, second = (int(part or 0) for part in time.groups()) if time else (0, 0, 0)
    year, month, day_ = int(found[3]), int(found[2]), int(found[1])
    return datetime(year, month, day_, hour, minute, second)  # noqa: DTZ001 - the caller knows the zone


def _sane(moment: datetime) -> datetime:
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(moment)
    return moment


def _decimal(cell: str) -> Decimal:
    """Return the number; blanks between digits and a sign of roubles say nothing."""
    bare = _CURRENCY.sub("", _BLANKS.sub("", cell)).replace("\u2212", "-")
    if _GROUPED.fullmatch(bare):
        group = "," if bare.rindex(".") > bare.rindex(",") else "."
        bare = bare.replace(group, "")
    if not _MONEY.fullmatch(bare):
        raise ValueError("write a number as 1234.56 or 1 234,56")
    return Decimal(bare.replace(",", "."))
