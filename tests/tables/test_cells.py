"""Cells in the spellings of Excel, 1C and people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.tables import cells, words

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("31.12.2026", date(2026, 12, 31)),
        ("1.2.2026", date(2026, 2, 1)),
        ("31.12.2026 0:00:00", date(2026, 12, 31)),
        ("2026-12-31T00:00:00", date(2026, 12, 31)),
        ("2026-12-31T22:30:00Z", date(2027, 1, 1)),
        ("01.01.0001 0:00:00", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    assert cells.day(text, MOSCOW) == expected


@pytest.mark.parametrize(
    "text", ["31.13.2026", "2026-02-30", "12/31/2026", "завтра", "31.12.26", "26-1-1", "9999999"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="write a date as 2026-12-31 or 31.12.2026"):
        cells.day(text, MOSCOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-01T10:00", datetime(2026, 9, 1, 7, tzinfo=UTC)),
        ("2026-09-01 10:00:30", datetime(2026, 9, 1, 7, 0, 30, tzinfo=UTC)),
        ("2026-09-01T10:00+05:00", datetime(2026, 9, 1, 5, tzinfo=UTC)),
        ("2026-08-31T21:00:00Z", datetime(2026, 8, 31, 21, tzinfo=UTC)),
        ("01.09.2026 10:00", datetime(2026, 9, 1, 7, tzinfo=UTC)),
        ("01.09.2026 9:05:07", datetime(2026, 9, 1, 6, 5, 7, tzinfo=UTC)),
        ("2026-09-01", datetime(2026, 8, 31, 21, tzinfo=UTC)),
        ("01.01.0001 0:00:00", None),
    ],
)
def test_times(text: str, expected: datetime | None) -> None:
    assert cells.moment(text, MOSCOW) == expected


@pytest.mark.parametrize(
    "text", ["01.09.2026 25:00", "01.09.2026 утром", "10:00", "9999-12-31T23:59-14:00", "0002-01-01"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="write a time as"):
        cells.moment(text, MOSCOW)


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("1234.56", 123456),
        ("1 234,56", 123456),
        ("1\u00a0234\u202f567,8", 123456780),
        ("1,234,567.80", 123456780),
        ("1.234.567,80", 123456780),
        ("-10", -1000),
        ("\u221210", -1000),
        ("0,005", 1),
        ("-0,005", -1),
        ("0.004", 0),
        ("100 руб.", 10000),
        ("100 ₽", 10000),
        ("999999999999999", 99999999999999900),
    ],
)
def test_money(text: str, kopecks: int) -> None:
    assert cells.money(text, MOSCOW) == kopecks


@pytest.mark.parametrize(
    "text", ["сто", "1e999999999", "NaN", "inf", "1,2,3", "--1", "1.2.3", "٣", "$5", "9" * 40]
)
def test_what_is_no_money(text: str) -> None:
    with pytest.raises(ValueError, match="write a number"):
        cells.money(text, MOSCOW)


@pytest.mark.parametrize(("text", "expected"), [("5", 5), ("5.0", 5), ("1 200", 1200), ("0", 0)])
def test_whole_numbers(text: str, expected: int) -> None:
    assert cells.whole(text, MOSCOW) == expected


@pytest.mark.parametrize("text", ["5.5", "-1", "пять"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(ValueError, match="write a"):
        cells.whole(text, MOSCOW)


@pytest.mark.parametrize(
    ("text", "expected"), [("0.3", 0.3), ("0,3", 0.3), ("30", 0.3), ("30%", 0.3), ("1", 1.0), ("1%", 0.01)]
)
def test_a_probability_above_one_is_percent(text: str, expected: float) -> None:
    assert cells.fraction(text, MOSCOW) == expected


@pytest.mark.parametrize("text", ["-0.1", "101", "много"])
def test_what_is_no_probability(text: str) -> None:
    with pytest.raises(ValueError, match="write a"):
        cells.fraction(text, MOSCOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", True),
        ("0", False),
        ("TRUE", True),
        ("False", False),
        ("Да", True),
        ("нет", False),
        ("ИСТИНА", True),
    ],
)
def test_yes_and_no(text: str, expected: bool) -> None:
    assert cells.flag(text, MOSCOW) is expected


def test_maybe_is_neither() -> None:
    with pytest.raises(ValueError, match="да or нет"):
        cells.flag("возможно", MOSCOW)


def test_lists_keep_their_order_and_no_blanks() -> None:
    assert cells.several(" б | а ||б", MOSCOW) == ("б", "а")


def test_words_are_known_in_both_languages_whatever_their_case() -> None:
    kind = cells.Choice(words.KINDS)
    assert [kind(word, MOSCOW) for word in ("call", "Звонок", "ВСТРЕЧА")] == ["call", "call", "meeting"]
    with pytest.raises(ValueError, match="write one of call, meeting, email, message, task, other"):
        kind("визит", MOSCOW)


def every_word() -> list[Any]:
    return [value for name, value in vars(words).items() if name.isupper()]


def test_a_word_is_written_as_it_is_looked_up() -> None:
    for table in every_word():
        assert [word for word in table if word != word.casefold().replace("ё", "е")] == []
        assert {value for value in table.values() if value.casefold() not in table} == set()
