"""The functions of conditions: what each takes and gives; there are no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.rules.where.fields import Kind
from connector.rules.wording import Bilingual


@dataclass(frozen=True)
class Function:
    """One function: the kinds of its arguments (the last may be repeated `more` times) and of its result.

    A kind None stands for any; a result None is of the first argument's kind.
    """

    takes: tuple[Kind | None, ...]
    gives: Kind | None
    meaning: Bilingual
    least: int = 1
    most: int = 1


MANY = 10

FUNCTIONS: Mapping[str, Function] = {
    "days_since": Function(
        ("day",), "number", Bilingual("дней от дня до сегодня", "days from the day to today")
    ),
    "wd_since": Function(
        ("day",),
        "number",
        Bilingual("рабочих дней после дня по сегодня", "working days after the day up to today"),
    ),
    "in_last": Function(
        ("day", "number", "text"),
        "truth",
        Bilingual(
            "день — один из последних n: in_last(created_at, 30), рабочих: in_last(created_at, 10, 'wd')",
            "the day is one of the last n: in_last(created_at, 30), working: in_last(created_at, 10, 'wd')",
        ),
        2,
        3,
    ),
    "coalesce": Function(
        (None,),
        None,
        Bilingual("первое известное из значений", "the first of the values that is known"),
        2,
        MANY,
    ),
    "abs": Function(("number",), "number", Bilingual("число без знака", "the number without its sign")),
    "min": Function((None,), None, Bilingual("наименьшее", "the least of the values"), 2, MANY),
    "max": Function((None,), None, Bilingual("наибольшее", "the greatest of the values"), 2, MANY),
    "lower": Function(("text",), "text", Bilingual("текст маленькими буквами", "the text in small letters")),
}
