"""Times as amoCRM gives them: whole unix seconds; the neutral rows keep ISO 8601 with an offset."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1 << 16)
def unix(text: str) -> int | None:
    """Return a neutral time as unix seconds, None for an empty cell."""
    return int(datetime.fromisoformat(text).timestamp()) if text else None


def midnight(day: str, zone: ZoneInfo) -> int | None:
    """Return the local midnight of a neutral date as unix seconds, as date fields hold it; None if empty."""
    if not day:
        return None
    start = datetime.combine(date.fromisoformat(day[:10]), datetime.min.time(), tzinfo=zone)
    return int(start.timestamp())


def neutral(seconds: int | None, zone: ZoneInfo) -> str:
    """Write unix seconds as a cell of the neutral company, with the zone's offset; empty for None."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone(zone).isoformat()


def neutral_day(seconds: int | None, zone: ZoneInfo) -> str:
    """Write unix seconds as a date of the zone; empty for None."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone(zone).date().isoformat()
