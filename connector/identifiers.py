"""Turns phones, INN, KPP and e-mails into one comparable form, and says which are not valid."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import mul
from typing import Any

import phonenumbers
from stdnum.exceptions import ValidationError
from stdnum.ru import inn as _inn

_EMAIL = re.compile(r"""[^@\s,;:<>()"]+@(?:[\w-]+\.)+(?:xn--[a-z0-9-]+|[^\W\d_]{2,})""")
_LONGEST_EXTENSION = 7  # the library reads `89161234567;89161234568` as one number with an extension
_KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}")
_RUSSIA = "RU"
_NATIONAL = 10
"""Digits of a Russian number behind +7 or 8."""
_NO_MARKS = str.maketrans("", "", " ()-")
_INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ZEROS = ord("0") * sum(_INN_WEIGHTS)


def phone(text: str, region: str = _RUSSIA) -> str | None:
    """Return the number in E.164 (an extension as `;ext=12`), None if no such number can exist.

    `8 (495) 123-45-67` is `+74951234567`; `123` parses but is not valid (ITU-T E.164 and the numbering plan
    of the region, as the library phonenumbers has it). Two numbers in one text are none.
    """
    # Nearly all numbers are plain Russian ones, and the library takes twenty times as long for each.
    plain = _PLAIN.fullmatch(text.translate(_NO_MARKS)) if region == _RUSSIA else None
    return f"+7{plain[1]}" if plain else _parsed(text, region)


def _plain_russian() -> re.Pattern[str]:
    """Return a pattern of what the library, by the numbering plan it carries, takes for a Russian number.

    Without spaces, brackets and hyphens; behind +7, 7 or 8. What it does not match may be a number, too.
    """
    plan: Any = phonenumbers.PhoneMetadata.metadata_for_region(_RUSSIA)
    kinds = [plan.fixed_line, plan.mobile, plan.toll_free, plan.premium_rate, plan.personal_number]
    known = [kind.national_number_pattern for kind in kinds if _NATIONAL in kind.possible_length]
    every = plan.general_desc.national_number_pattern
    number = rf"(?={plan.leading_digits})(?=(?:{every})$)(?:{'|'.join(known)})"
    return re.compile(rf"(?:\+?7|8)(?=\d{{{_NATIONAL}}}$)({number})", re.ASCII)


_PLAIN = _plain_russian()


@lru_cache(maxsize=65_536)
def _parsed(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or len(number.extension or "") > _LONGEST_EXTENSION:
        return None
    extension = f";ext={number.extension}" if number.extension else ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) + extension


def inn(text: str) -> str | None:
    """Return the 10 or 12 digits of a taxpayer number whose check digits agree, else None.

    Zeros alone agree too, but are what people type into a field they may not leave empty (structure: order of
    the tax service MMV-7-6/435@).
    """
    if len(text) == len(_INN_WEIGHTS) + 1 and text.isascii() and text.isdigit():
        check = (sum(map(mul, _INN_WEIGHTS, text.encode())) - _ZEROS) % 11 % 10
        return text if check == int(text[-1]) and text.strip("0") else None
    try:
        digits = str(_inn.validate(text))
    except ValidationError:
        return None
    return digits if digits.strip("0") else None


def kpp(text: str) -> str | None:
    """Return the nine characters of a KPP (order of the tax service MMV-7-6/435@), else None."""
    bare = text.replace(" ", "").upper()
    return bare if _KPP.fullmatch(bare) else None


def email(text: str) -> str | None:
    """Return the address in lower case, None if it cannot be one."""
    bare = text.strip().lower()
    return bare if _EMAIL.fullmatch(bare) else None
