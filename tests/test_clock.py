"""Times are aware UTC datetimes; days are those of a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import clock
from connector.errors import ConfigError

MOSCOW = ZoneInfo("Europe/Moscow")
VLADIVOSTOK = ZoneInfo("Asia/Vladivostok")


def test_now_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_sleep_lasts_as_long_as_the_monotonic_clock_says() -> None:
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.01
    clock.sleep(-1)


def test_a_zone_by_its_name() -> None:
    assert clock.zone("Europe/Moscow") == MOSCOW


@pytest.mark.parametrize("name", ["Mars", "", "Europe", "../etc/passwd", "/etc/passwd", "Europe/Moscow\0"])
def test_an_unknown_zone(name: str) -> None:
    """`Europe` is a folder of the zone database: the library raises an error of its own for it."""
    with pytest.raises(ConfigError, match="^unknown time zone .* — use an IANA name"):
        clock.zone(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-01", datetime(2026, 9, 30, 21, tzinfo=UTC)),
        ("2026-10-01T09:00", datetime(2026, 10, 1, 6, tzinfo=UTC)),
        (" 2026-10-01 09:00:30.000001 ", datetime(2026, 10, 1, 6, 0, 30, 1, tzinfo=UTC)),
        ("2026-10-01T09:00:00Z", datetime(2026, 10, 1, 9, tzinfo=UTC)),
        ("2026-10-01T09:00:00+10:00", datetime(2026, 9, 30, 23, tzinfo=UTC)),
        ("2010-07-01T12:00", datetime(2010, 7, 1, 8, tzinfo=UTC)),  # Moscow was UTC+4 in the summers to 2010
    ],
)
def test_a_moment_without_an_offset_is_read_on_the_local_clock(text: str, expected: datetime) -> None:
    found = clock.parse_moment(text, MOSCOW)
    assert (found, found.utcoffset()) == (expected, timedelta(0))


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "01.10.2026"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="sofor|month"):
        clock.parse_moment(text, MOSCOW)


def test_a_day_is_that_of_the_zone() -> None:
    moment = datetime(2026, 9, 30, 21, 30, tzinfo=UTC)
    assert clock.local_day(moment, MOSCOW) == date(2026, 10, 1)
    assert clock.local_day(moment, VLADIVOSTOK) == date(2026, 10, 1)
    assert clock.local_day(moment - timedelta(hours=1), MOSCOW) == date(2026, 9, 30)
    assert clock.local_day(moment - timedelta(hours=1), VLADIVOSTOK) == date(2026, 10, 1)


def test_micros_are_whole_and_exact() -> None:
    assert clock.to_micros(datetime(1970, 1, 1, 0, 0, 1, 1, tzinfo=UTC)) == 1_000_001
    assert clock.to_micros(datetime(1970, 1, 1, 3, tzinfo=timezone(timedelta(hours=3)))) == 0
    assert clock.to_micros(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


FIRST, LAST = datetime(1900, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis adds the zones itself


@given(st.datetimes(FIRST, LAST, timezones=st.timezones()))
def test_micros_go_there_and_back(moment: datetime) -> None:
    there = clock.to_micros(moment)
    assert clock.from_micros(there) == moment.astimezone(UTC)
    assert clock.from_micros(there).utcoffset() == timedelta(0)
