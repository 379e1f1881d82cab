"""Tax numbers with their check digits, and phone numbers that could ring, none of them given twice."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from connector.sandbox.company.draws import Once

TEN = (2, 4, 10, 3, 5, 9, 4, 6, 8)
ELEVENTH = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
TWELFTH = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
"""Weights of an INN's check digits: the weighted sum modulo 11, then modulo 10."""

MOBILE = (
    "903",
    "905",
    "909",
    "910",
    "912",
    "915",
    "916",
    "917",
    "921",
    "922",
    "925",
    "926",
    "929",
    "961",
    "963",
    "985",
)
MESSY = (
    "8 ({0}) {1}-{2}-{3}",
    "8 ({0}) {1}-{2}-{3}",
    "+7 {0} {1}-{2}-{3}",
    "8({0}){1}{2}{3}",
    "8-{0}-{1}-{2}-{3}",
)


def check_digit(digits: str, weights: Sequence[int]) -> str:
    """Return one check digit of an INN."""
    return str(sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10)


def company_inn(office: str, number: int) -> str:
    """Return a firm's INN of 10 digits: tax office (4), number (5), check digit."""
    digits = f"{office}{number:05d}"
    return digits + check_digit(digits, TEN)


def trader_inn(office: str, number: int) -> str:
    """Return a sole trader's INN of 12 digits: tax office (4), number (6), two check digits."""
    digits = f"{office}{number:06d}"
    digits += check_digit(digits, ELEVENTH)
    return digits + check_digit(digits, TWELFTH)


def broken(inn: str) -> str:
    """Return the INN with its last digit wrong."""
    return inn[:-1] + str((int(inn[-1]) + 1) % 10)


class Phones:
    """Hands out Russian numbers, each of them once in the firm."""

    def __init__(self, rng: Random, once: Once) -> None:
        self._rng = rng
        self._once = once

    def fixed(self, area: str) -> str:
        """Return a new number of that area code, as +7 and ten digits."""
        return self._once.fresh(lambda: f"+7{area}{self._rng.randrange(2_000_000, 8_000_000)}")

    def mobile(self) -> str:
        """Return a new mobile number, as +7 and ten digits."""
        return self._once.fresh(
            lambda: f"+7{self._rng.choice(MOBILE)}{self._rng.randrange(1_000_000, 10_000_000)}"
        )

    def as_typed(self, phone: str, messy_share: float = 0.1) -> str:
        """Return the number as a person typed it: in that share of calls with brackets, blanks or hyphens."""
        if self._rng.random() >= messy_share:
            return phone
        return self._rng.choice(MESSY).format(phone[2:5], phone[5:8], phone[8:10], phone[10:12])
