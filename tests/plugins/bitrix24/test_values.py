"""Single values as the portal spells them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from connector.errors import RecordError
from connector.plugins.bitrix24.values import (
    as_list,
    as_map,
    day,
    flag,
    kopecks,
    moment,
    reference,
    several,
    text,
    whole,
)

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a ", "a"),
        ("", None),
        (" ", None),
        (None, None),
        ([], None),
        ({}, None),
        (5, "5"),
        (True, None),
        ("0", "0"),
    ],
)
def test_text(value, expected):
    assert text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("12", "12"), (12, "12"), ("0", None), (0, None), ("", None)]
)
def test_reference(value, expected):
    assert reference(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[(yes, True) for yes in (True, "Y", "y", "1", 1, "true", "да")],
        *[(no, False) for no in (False, "N", "0", 0, "false", "нет")],
        *[(neither, None) for neither in (None, "", [], "?")],
    ],
)
def test_flag(value, expected):
    assert flag(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-08-01T16:08:08+01:00", datetime(2024, 8, 1, 15, 8, 8, tzinfo=UTC)),
        ("2024-08-01 16:08:08", datetime(2024, 8, 1, 13, 8, 8, tzinfo=UTC)),
        ("9999-12-31T00:00:00+03:00", None),
        ("", None),
        (None, None),
        ({}, None),
        ([], None),
    ],
)
def test_moment(value, expected):
    assert moment({"AT": value}, "AT", MOSCOW) == expected


@pytest.mark.parametrize(
    "value", ["0000-00-00 00:00:00", "24.08.2023 13:19:39", "soon", "0001-01-01T00:00:00+03:00"]
)
def test_a_time_that_is_none_is_said_by_field(value):
    with pytest.raises(RecordError) as caught:
        moment({"AT": value}, "AT", MOSCOW)
    assert caught.value.field == "AT"


def test_a_day_is_the_one_that_the_portal_shows():
    assert day({"D": "2025-02-01T03:00:00+03:00"}, "D") == date(2025, 2, 1)
    assert day({"D": "2024-07-31T00:00:00+03:00"}, "D") == date(2024, 7, 31)
    assert day({"D": ""}, "D") is None
    with pytest.raises(RecordError):
        day({"D": "31.07.2024"}, "D")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("19999.99", 1999999),
        ("0.07", 7),
        ("1.005", 101),
        ("90071992547409.93", 9007199254740993),
        ("-5", -500),
        (19000, 1900000),
        (0.1, 10),
        ("", None),
        (None, None),
    ],
)
def test_kopecks_are_exact(value, expected):
    assert kopecks({"SUM": value}, "SUM") == expected


@pytest.mark.parametrize("value", ["много", "1,5", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_said_by_field(value):
    with pytest.raises(RecordError):
        kopecks({"SUM": value}, "SUM")


def test_whole_numbers():
    assert whole({"N": "30"}, "N") == 30
    assert whole({"N": "30.0"}, "N") == 30
    assert whole({"N": ""}, "N") is None
    with pytest.raises(RecordError):
        whole({"N": "x"}, "N")


def test_maps_and_lists_as_php_sends_them():
    assert as_map([]) == {}
    assert as_map(["a", "b"]) == {"0": "a", "1": "b"}
    assert as_map({"a": 1}) == {"a": 1}
    assert as_map(None) == {}
    assert as_list({"35": "x", "36": "y"}) == ["x", "y"]
    assert as_list(None) == []


def test_fields_of_several_values():
    phones = [
        {"ID": "8303", "VALUE_TYPE": "WORK", "VALUE": "+19998887766", "TYPE_ID": "PHONE"},
        {"VALUE": ""},
    ]
    assert several(phones) == ("+19998887766",)
    assert several(["a", " b", ""]) == ("a", "b")
    assert several({"0": "a"}) == ("a",)
    assert several("a") == ("a",)
    assert several([]) == several(None) == several(False) == ()
