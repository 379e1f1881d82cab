"""Times as the portal writes and reads them: whole seconds, its own zone +03:00, an explicit offset."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

PORTAL_ZONE = timezone(timedelta(hours=3))
"""The zone of the server and the portal; users' own zones exist only in the screens."""
OFFSET = "+03:00"
STAMP_LENGTH = len("2026-10-01T00:00:00+03:00")


def stamp(moment: datetime) -> str:
    """Write a moment as the portal does, e.g. `2024-08-26T16:11:36+03:00`."""
    return moment.astimezone(PORTAL_ZONE).replace(microsecond=0).isoformat()


def from_neutral(text: str) -> str:
    """Turn a time of the neutral company (ISO 8601 with an offset, or a date) into the portal's spelling.

    Empty stays.
    """
    if len(text) == STAMP_LENGTH and text.endswith(OFFSET):
        return text
    return stamp(read(text)) if text else ""


def read(text: str) -> datetime:
    """Read ISO 8601 or `YYYY-MM-DD HH:MM:SS`.

    Without an offset it is the portal's time. ValueError if neither.
    """
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=PORTAL_ZONE)


def from_client(value: object) -> str:
    """Turn what a client sent into the portal's spelling; empty stays empty. ValueError if it is no time."""
    text = "" if value is None else str(value).strip()
    return stamp(read(text)) if text else ""


def day_stamp(day: str) -> str:
    """Write a date as captures show it: midnight UTC in the portal's zone, `2024-09-09T03:00:00+03:00`."""
    if not day:
        return ""
    return stamp(datetime.combine(date.fromisoformat(day[:10]), datetime.min.time(), tzinfo=UTC))


def earlier(text: str, seconds: int) -> str:
    """Return the stamp that many seconds before a stamp."""
    return stamp(read(text) - timedelta(seconds=seconds))
