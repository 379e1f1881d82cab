import pytest

from connector import clock
from connector.sandbox.company.cells import day, flag, moment, number, reader
from connector.sandbox.company.tables import COLUMNS

MOSCOW = clock.zone("Europe/Moscow")


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2026-09-01", "2026-09-01T00:00:00+03:00"),
        ("2026-09-01T10:00", "2026-09-01T10:00:00+03:00"),
        ("2026-09-01 10:00:05", "2026-09-01T10:00:05+03:00"),
        ("2026-08-31T21:00:00Z", "2026-09-01T00:00:00+03:00"),
        ("2026-09-01T10:00:00+05:00", "2026-09-01T08:00:00+03:00"),
    ],
)
def test_times_get_the_zone_s_offset(text: str, stamp: str) -> None:
    assert moment(text, MOSCOW) == stamp


@pytest.mark.parametrize(
    ("text", "said"), [("1", "1"), ("Да", "1"), ("TRUE", "1"), ("0", "0"), ("нет", "0"), ("false", "0")]
)
def test_flags(text: str, said: str) -> None:
    assert flag(text) == said


@pytest.mark.parametrize(
    ("text", "plain"), [("1234,50", "1234.50"), ("1 234.5", "1234.5"), ("-5", "-5"), ("1E3", "1000")]
)
def test_numbers(text: str, plain: str) -> None:
    assert number(text) == plain


@pytest.mark.parametrize("text", ["", "много", "NaN", "Infinity", "1,2,3"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError):
        number(text)


def test_what_is_no_flag_and_no_date() -> None:
    with pytest.raises(ValueError):
        flag("maybe")
    with pytest.raises(ValueError):
        day("31.12.2026")


def test_which_columns_are_typed() -> None:
    typed = {column for columns in COLUMNS.values() for column in columns if reader(column, MOSCOW)}
    assert typed == {
        "active", "accepts_more", "capacity", "active_from", "active_to",
        "key_account", "created_at", "closed_at", "updated_at",
        "planned_at", "completed_at", "logged_at", "duration_s", "successful",
        "amount", "probability", "expected_close", "entered_at", "date", "margin",
        "valid_from", "valid_to", "from_date", "to_date", "at",
    }  # fmt: skip
