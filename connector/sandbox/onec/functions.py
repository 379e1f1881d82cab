"""The functions a filter may call; every other name of OData 3 (length, tolower, indexof ...) is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connector.sandbox.onec.edm import FLAG, MOMENT, NUMBER, STRING
from connector.sandbox.onec.errors import bad_option
from connector.sandbox.onec.expressions import Expression, Scope

ROUND = "round"


def contains(needle: str, text: str) -> bool:
    """Tell whether the first text stands in the second, case aside, as the query language compares."""
    return needle.lower() in text.lower()


def begins(text: str, start: str) -> bool:
    """Tell whether the text begins so."""
    return text.lower().startswith(start.lower())


def ends(text: str, end: str) -> bool:
    """Tell whether the text ends so."""
    return text.lower().endswith(end.lower())


def like(text: str, pattern: str) -> bool:
    """Match a pattern of ПОДОБНО: `%` any characters, `_` one."""
    wanted = re.escape(pattern).replace("%", ".*").replace("_", ".")
    return re.fullmatch(wanted, text, re.IGNORECASE | re.DOTALL) is not None


def cut(text: str, first: int, length: int | None = None) -> str:
    """Return a part of a text; characters count from 1."""
    begin = max(0, int(first) - 1)
    return text[begin:] if length is None else text[begin : begin + int(length)]


def part(name: str) -> Callable[[str], int]:
    """Return the function that takes a part out of a time."""
    return lambda text: int(getattr(datetime.fromisoformat(text), name))


def moved(text: str, unit: str, count: float) -> str:
    """Return a time moved by a number of seconds, minutes, hours or days."""
    step = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}.get(unit.lower())
    if step is None:
        raise bad_option("$filter")
    return (datetime.fromisoformat(text) + timedelta(seconds=step * count)).strftime("%Y-%m-%dT%H:%M:%S")


def days_between(first: str, second: str, unit: str) -> int:
    """Return the whole units from the first time to the second."""
    step = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}.get(unit.lower())
    if step is None:
        raise bad_option("$filter")
    gap = datetime.fromisoformat(second) - datetime.fromisoformat(first)
    return int(gap.total_seconds() // step)


FUNCTIONS: dict[str, tuple[str, Callable[..., Any]]] = {
    "substringof": (FLAG, contains),
    "startswith": (FLAG, begins),
    "endswith": (FLAG, ends),
    "like": (FLAG, like),
    "concat": (STRING, lambda one, other: one + other),
    "substring": (STRING, cut),
    ROUND: (NUMBER, round),
    "second": (NUMBER, part("second")),
    "minute": (NUMBER, part("minute")),
    "hour": (NUMBER, part("hour")),
    "day": (NUMBER, part("day")),
    "month": (NUMBER, part("month")),
    "year": (NUMBER, part("year")),
    "quarter": (NUMBER, lambda text: (datetime.fromisoformat(text).month + 2) // 3),
    "dayofweek": (NUMBER, lambda text: datetime.fromisoformat(text).isoweekday()),
    "dayofyear": (NUMBER, lambda text: datetime.fromisoformat(text).timetuple().tm_yday),
    "dateadd": (MOMENT, moved),
    "datedifference": (NUMBER, days_between),
}


def called(name: str, arguments: list[Expression]) -> Expression:
    """Return the call of a function; ODataError if 1C has no such one or cannot call it so."""
    if name not in FUNCTIONS:
        raise bad_option("$filter")
    kind, work = FUNCTIONS[name]

    def get(scope: Scope) -> Any:
        try:
            return work(*(argument.get(scope) for argument in arguments))
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            raise bad_option("$filter") from error

    return Expression(kind, get)
