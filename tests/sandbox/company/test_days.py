from datetime import UTC, date, datetime
from random import Random

import pytest

from connector.sandbox.company.days import Days, is_working

MONDAY = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 10, 12), True),
        (date(2026, 10, 11), False),
        (date(2026, 11, 4), False),
        (date(2026, 1, 8), False),
        (date(2026, 1, 9), True),
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert is_working(day) is works


def test_working_moments_fall_in_the_zone_s_office_hours() -> None:
    days, rng = Days(MONDAY, "Europe/Moscow"), Random(1)
    for _ in range(200):
        moment = datetime.fromisoformat(days.stamp(days.working(rng, days.ago(700), days.as_of)))
        assert moment.utcoffset().total_seconds() == 3 * 3600  # type: ignore[union-attr]  # just stamped with it
        assert 9 <= moment.hour < 18
        assert is_working(moment.date())


def test_days_off_are_drawn_too() -> None:
    days, rng = Days(MONDAY, "Europe/Moscow"), Random(1)
    drawn = [days.day(days.off_work(rng, days.ago(700), days.as_of)) for _ in range(50)]
    assert not any(is_working(day) for day in drawn)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (datetime(2026, 10, 10, 1, tzinfo=UTC), datetime(2026, 10, 11, 1, tzinfo=UTC)),
        (datetime(2026, 10, 12, 14, 59, 58, tzinfo=UTC), datetime(2026, 10, 12, 15, 0, 5, tzinfo=UTC)),
        (MONDAY, MONDAY),
    ],
)
def test_a_moment_never_leaves_its_bounds(first: datetime, last: datetime) -> None:
    days, rng = Days(MONDAY, "Europe/Moscow"), Random(1)
    for _ in range(50):
        assert first <= days.working(rng, first, last) <= last
        assert first <= days.off_work(rng, first, last) <= last


def test_a_naive_as_of_is_a_reading_of_the_zone_s_clock() -> None:
    assert Days(datetime(2026, 10, 12, 15, 0), "Europe/Moscow").as_of == MONDAY  # noqa: DTZ001  # it is about naive
