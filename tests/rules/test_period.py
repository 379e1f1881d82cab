from __future__ import annotations

from datetime import UTC, date, datetime

from connector.rules.period import Month

from .firm import MOSCOW


def test_a_month_prints_and_counts() -> None:
    month = Month.of(date(2026, 12, 31))
    assert str(month) == "2026-12"
    assert str(month.plus(1)) == "2027-01"
    assert str(month.plus(-12)) == "2025-12"
    assert (month.first, month.last) == (date(2026, 12, 1), date(2026, 12, 31))
    assert Month(2026, 9) < Month(2026, 10) < Month(2027, 1)


def test_a_month_begins_at_local_midnight() -> None:
    month = Month(2026, 9)
    assert month.start(MOSCOW) == datetime(2026, 8, 31, 21, tzinfo=UTC)
    assert month.end(MOSCOW) == datetime(2026, 9, 30, 21, tzinfo=UTC)
    assert Month(2028, 2).last == date(2028, 2, 29)
