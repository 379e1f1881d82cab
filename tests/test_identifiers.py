"""Worked values of phones, taxpayer numbers and e-mails."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.ru import inn as library

from connector.identifiers import email, inn, kpp, phone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8 (495) 123-45-67", "+74951234567"),
        ("+7 495 123 45 67", "+74951234567"),
        ("4951234567", "+74951234567"),
        ("тел. 8-916-123-45-67", "+79161234567"),
        ("+7 916 123-45-67 доб. 12", "+79161234567;ext=12"),
        ("+7 916 123-45-67, доб 12", "+79161234567;ext=12"),
        ("+375 29 123-45-67", "+375291234567"),
        ("123", None),
        ("+7 000 000-00-00", None),
        ("89161234567;89161234568", None),
        ("нет", None),
        ("", None),
    ],
)
def test_phone(text: str, expected: str | None) -> None:
    assert phone(text) == expected


def test_a_number_without_a_code_belongs_to_the_region() -> None:
    assert phone("650 253 0000", region="US") == "+16502530000"
    assert phone("650 253 0000") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7707083893", "7707083893"),
        (" 7707 083893 ", "7707083893"),
        ("7707083894", None),
        ("500100732259", "500100732259"),
        ("500100732258", None),
        ("770708389", None),
        ("0000000000", None),
        ("000000000000", None),
        ("77070838٩3", None),
        ("", None),
    ],
)
def test_inn(text: str, expected: str | None) -> None:
    assert inn(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("770701001", "770701001"),
        ("7707 01 001", "770701001"),
        ("7707ab001", "7707AB001"),
        ("7707АБ001", None),  # Cyrillic letters
        ("77070100", None),
        ("7707010011", None),
    ],
)
def test_kpp(text: str, expected: str | None) -> None:
    assert kpp(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Ivan.Petrov+crm@Mail.Example.com ", "ivan.petrov+crm@mail.example.com"),
        ("иван@почта.рф", "иван@почта.рф"),
        ("a@b.xn--p1ai", "a@b.xn--p1ai"),
        ("a@b", None),
        ("a@b.c", None),
        ("a@b..ru", None),
        ("a@b.ru,", None),
        ("a@b.ru;c@d.ru", None),
        ("<a@b.ru>", None),
        ("a b@c.ru", None),
        ("@b.ru", None),
        ("нет", None),
    ],
)
def test_email(text: str, expected: str | None) -> None:
    assert email(text) == expected


# -- the short way gives what the libraries give -----------------------------------------------------------

STARTS = st.sampled_from(["7", "8", "+7", "+7 ", "8 ", "(8", "-7", "+-7", "+7 8", "", "+8", "7 7"])
AREAS = st.sampled_from(
    ["495", "916", "800", "803", "804", "808", "810", "336", "701", "000", "123", "301", ""]
)
DIGITS = st.text("0123456789", min_size=5, max_size=11)
MARKS = st.sampled_from(["", "", "", " ", "-", "(", ")", " (", ") ", "--"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Return something like a Russian number, most often with as many digits as one has."""
    digits = draw(AREAS) + draw(DIGITS)
    digits = digits[:10] if draw(st.booleans()) else digits
    return draw(STARTS) + "".join(draw(MARKS) + digit for digit in digits) + draw(MARKS)


def by_the_library(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, 0) if phonenumbers.is_valid_number(number) else None


@settings(max_examples=600, deadline=None)
@given(numbers())
def test_a_plain_russian_number_is_what_the_library_says(text: str) -> None:
    assert phone(text) == by_the_library(text)


@given(st.text("0123456789", min_size=10, max_size=10).filter(lambda text: text.strip("0")))
def test_ten_digits_are_an_inn_if_the_library_says_so(text: str) -> None:
    assert (inn(text) == text) is library.is_valid(text)


@given(st.integers(10**8, 10**9 - 1))
def test_of_ten_last_digits_one_makes_an_inn(head: int) -> None:
    assert sum(inn(f"{head}{last}") is not None for last in range(10)) == 1
