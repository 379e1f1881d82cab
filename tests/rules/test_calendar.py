"""Working days, as the government's calendar for 2026 has them and as a firm may change them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from connector.errors import ConfigError
from connector.rules.calendar import Calendar, days, read_calendar
from connector.rules.period import Month


@pytest.mark.parametrize(
    ("month", "worked"), list(enumerate([15, 19, 21, 22, 19, 21, 23, 21, 22, 22, 20, 22], start=1))
)
def test_working_days_of_each_month_of_2026(month: int, worked: int) -> None:
    period = Month(2026, month)
    assert len(Calendar().working_days(period.first, period.last)) == worked


def test_a_year_has_247_working_days() -> None:
    assert len(Calendar().working_days(date(2026, 1, 1), date(2026, 12, 31))) == 247


def test_january_2027_has_15_working_days() -> None:
    assert len(Calendar().working_days(date(2027, 1, 1), date(2027, 1, 31))) == 15


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2024-11-02", True),  # a Saturday worked for 31 October's sake
        ("2024-12-28", True),
        ("2026-01-09", False),  # moved days off
        ("2026-12-31", False),
        ("2026-11-04", False),
        ("2026-11-03", True),
        ("2026-09-05", False),  # an ordinary Saturday
    ],
)
def test_moved_days(day: str, working: bool) -> None:
    assert Calendar().is_working(date.fromisoformat(day)) is working


def test_the_firm_has_its_own_days() -> None:
    free, worked = date(2026, 9, 7), date(2026, 9, 12)
    firm = Calendar(holidays=frozenset({free, worked}), workdays=frozenset({worked}))
    assert not firm.is_working(free)
    assert firm.is_working(worked)
    assert len(firm.working_days(date(2026, 9, 1), date(2026, 9, 30))) == 22


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-09-10", 5, "2026-09-17"),
        ("2026-09-12", 1, "2026-09-14"),
        ("2026-10-30", 5, "2026-11-09"),
        ("2026-12-30", 5, "2027-01-15"),
        ("2026-09-10", 60, "2026-12-04"),
    ],
)
def test_nth_working_day_after(start: str, count: int, expected: str) -> None:
    day = date.fromisoformat(start)
    assert Calendar().nth_after(day, count).isoformat() == expected
    each = Calendar().nth_after_each(pl.Series([day, date(2026, 9, 1)]), pl.Series([count, 1]))
    assert [found.isoformat() for found in each] == [expected, "2026-09-02"]


def test_nth_after_nothing_is_nothing() -> None:
    empty = Calendar().nth_after_each(pl.Series([], dtype=pl.Date), pl.Series([], dtype=pl.Int64))
    assert empty.to_list() == []


def test_frame_has_every_day() -> None:
    frame = Calendar().frame(date(2026, 9, 4), date(2026, 9, 7))
    assert frame.rows() == [
        (date(2026, 9, 4), True),
        (date(2026, 9, 5), False),
        (date(2026, 9, 6), False),
        (date(2026, 9, 7), True),
    ]


def test_days_includes_both_ends() -> None:
    assert list(days(date(2026, 2, 28), date(2026, 3, 1))) == [date(2026, 2, 28), date(2026, 3, 1)]


def test_read_calendar(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    text = "holidays = [2026-09-07]\nworkdays = [2026-09-12]\nshort_days = [2026-11-03]\n"
    path.write_text(text, encoding="utf-8")
    assert read_calendar(path) == Calendar(
        frozenset({date(2026, 9, 7)}), frozenset({date(2026, 9, 12)}), frozenset({date(2026, 11, 3)})
    )
    assert read_calendar(None) == Calendar()


def test_read_calendar_names_each_mistake(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text('holidys = [2026-09-07]\nworkdays = ["soon"]\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_calendar(path)
    assert f"{path}:1:1: holidys: unknown key, did you mean 'holidays'?" in str(caught.value)
    assert f"{path}:2:13: workdays.0:" in str(caught.value)
