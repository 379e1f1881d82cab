"""The only place time comes from. Times are aware UTC datetimes; days and months are those of a zone."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.errors import ConfigError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Read the wall clock, in UTC. For stamps and age checks; never an input of a rule."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Count seconds that never jump; for intervals and leases."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait; negative counts as zero."""
    time.sleep(max(0.0, seconds))


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone of that name; ConfigError if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: `Europe` is a folder of zones
        hint = 'use an IANA name such as "Europe/Moscow"'
        raise ConfigError(f"unknown time zone {name!r}", hint=hint) from error


def aware(moment: datetime, local: ZoneInfo) -> datetime:
    """Return the moment in UTC; one without an offset is taken as a reading of the `local` zone's clock."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=local)).astimezone(UTC)


def parse_moment(text: str, local: ZoneInfo) -> datetime:
    """Read an ISO 8601 date or time; ValueError if it is neither.

    No offset means the `local` zone's clock, a bare date its midnight.
    """
    return aware(datetime.fromisoformat(text.strip()), local)


def local_day(moment: datetime, local: ZoneInfo) -> date:
    """Return the calendar day of the moment in the zone."""
    return moment.astimezone(local).date()


def to_micros(moment: datetime) -> int:
    """Return whole microseconds since 1970-01-01 UTC, as the store keeps times."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_micros(micros: int) -> datetime:
    """Return the UTC time of `to_micros` microseconds."""
    return EPOCH + timedelta(microseconds=micros)
