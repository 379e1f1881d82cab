from random import Random

import phonenumbers
import pytest

from connector.sandbox.company.draws import Once
from connector.sandbox.company.requisites import Phones, broken, company_inn, trader_inn


def test_company_inn_has_the_check_digit_of_a_known_firm() -> None:
    assert company_inn("7707", 8389) == "7707083893"


def test_trader_inn_has_the_check_digits_of_a_known_trader() -> None:
    assert trader_inn("5001", 7322) == "500100732259"


def test_broken_inn_differs_in_its_last_digit_only() -> None:
    assert broken("7707083893") == "7707083894"
    assert broken("7707083899") == "7707083890"


def test_phones_are_valid_and_never_repeat() -> None:
    phones = Phones(Random(1), Once())
    given = [phones.fixed(area) for area in ("495", "499", "812", "343") for _ in range(50)]
    given += [phones.mobile() for _ in range(200)]
    assert len(set(given)) == 400
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number, None)) for number in given)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_messy_phone_is_still_the_same_number(share: float) -> None:
    phones = Phones(Random(2), Once())
    for _ in range(50):
        number = phones.fixed("495")
        typed = phones.as_typed(number, share)
        assert (typed == number) == (share == 0.0)
        read = phonenumbers.parse(typed, "RU")
        assert phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164) == number
