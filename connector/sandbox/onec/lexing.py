"""Cuts a filter into tokens, as 1C reads it: literals with their types, names, brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connector.sandbox.onec.errors import NOT_IN_WHERE, bad_literal, bad_option, unhandled
from connector.sandbox.onec.keys import is_key

TOKEN = re.compile(
    r"\s*(?:(?P<typed>(?:guid|datetime|time|binary|X)'(?:[^']|'')*')|(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>-?\d+(?:\.\d+)?[LlMmDdFf]?)(?![\w])|(?P<name>[^\W\d]\w*(?:/[^\W\d]\w*)*)|(?P<sign>[(),:=])|(?P<plus>\+))"
)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")


@dataclass(frozen=True)
class Token:
    """One token: its sort (guid, datetime, string, number, name, sign, end) and its value."""

    sort: str
    value: str


END = Token("end", "")


def tokens(text: str, option: str = "$filter") -> Iterator[Token]:
    """Yield the tokens of a filter; ODataError where it cannot be read.

    A plus sign stands for nothing but itself: 1C answers it with HTTP 500, as live bases were seen to do.
    """
    place, text = 0, text.rstrip()
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise bad_option(option)
        place = found.end()
        yield token(found)


def token(found: re.Match[str]) -> Token:
    """Return the token of a match."""
    sort = found.lastgroup or ""
    value = found[sort]
    if sort == "plus":
        raise unhandled(NOT_IN_WHERE)
    if sort == "typed":
        return typed(value)
    if sort == "string":
        return Token("string", unquoted(value))
    return Token(sort, value.rstrip("LlMmDdFf") if sort == "number" else value)


def typed(value: str) -> Token:
    """Return a literal with a prefix; ODataError if it is none of its type."""
    prefix, _, rest = value.partition("'")
    inner = rest[:-1].replace("''", "'")
    if prefix == "guid":
        if not is_key(inner):
            raise bad_literal(inner, "Edm.Guid")
        return Token("guid", inner.lower())
    if prefix == "datetime":
        return Token("datetime", moment(inner))
    raise bad_option("$filter")


def moment(text: str) -> str:
    """Return the time; ODataError unless it is `YYYY-MM-DDTHH:MM:SS`: no fraction, no zone."""
    try:
        if MOMENT.fullmatch(text):
            datetime.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise bad_literal(text, "Edm.DateTime")


def unquoted(value: str) -> str:
    """Return what stands between quotes, doubled ones undone."""
    return value[1:-1].replace("''", "'")
