"""Cuts a condition into words, each with its place; knows nothing of their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

WordKind = Literal["name", "number", "text", "sign", "end"]

LONGEST = 4000
"""Characters of a condition; what is longer belongs into a decision table."""
MOST_WORDS = 400
DIGITS = 15
"""Digits of a number: so many a float holds exactly."""

KEYWORDS = frozenset({"and", "or", "not", "in", "between", "like", "is", "null", "true", "false"})
_RUSSIAN = {
    "и": "and", "или": "or", "не": "not", "в": "in", "между": "between", "подобно": "like", "есть": "is",
    "истина": "true", "ложь": "false",
}  # fmt: skip
"""Words of the query language of 1C, which those who write policies know."""

_WORD = re.compile(
    r"""(?P<blank>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])
      | (?P<text>'(?:[^']|'')*')
      | (?P<name>[^\W\d]\w*(?:\.(?:\w+|"[^"]*"))?)
      | (?P<sign><>|!=|<=|>=|=(?!=)|[-<>()+*/,])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `text` is a keyword in English lower case or what stands there, `at` its offset."""

    kind: WordKind
    text: str
    at: int


class ConditionError(Exception):
    """One thing wrong with a condition: `code` names the message, `at` is the offset, `about` fills it in."""

    def __init__(self, code: str, at: int, **about: Any) -> None:
        super().__init__(code)
        self.code = code
        self.at = at
        self.about = about


def words(text: str) -> list[Word]:
    """Return the condition's words and an `end`; ConditionError at the first sign that is no word."""
    if len(text) > LONGEST:
        raise ConditionError("too_long", 0, most=LONGEST)
    found = [*_cut(text), Word("end", "", len(text))]
    if len(found) > MOST_WORDS:
        raise ConditionError("too_many_words", found[MOST_WORDS].at, most=MOST_WORDS)
    return found


def _cut(text: str) -> Iterator[Word]:
    at = 0
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            raise _strange(text, at)
        if found.lastgroup != "blank":
            yield _word(found)
        at = found.end()


def _word(found: re.Match[str]) -> Word:
    said, at = found[0], found.start()
    kind: Any = found.lastgroup
    if kind == "number" and len(said.replace(".", "")) > DIGITS:
        raise ConditionError("long_number", at, most=DIGITS)
    if kind == "text":
        return Word("text", said[1:-1].replace("''", "'"), at)
    if kind == "name":
        plain = said.lower()
        keyword = _RUSSIAN.get(plain, plain)
        return Word("sign", keyword, at) if keyword in KEYWORDS else Word("name", said, at)
    return Word(kind, said.replace("!=", "<>"), at)


def _strange(text: str, at: int) -> ConditionError:
    if text[at] == "'":
        return ConditionError("open_quote", at)
    if text[at] == '"':
        return ConditionError("double_quote", at)
    if text[at].isdigit():
        return ConditionError("bad_number", at)
    if text.startswith(("&&", "||", "=="), at):
        return ConditionError("other_language", at, sign=text[at : at + 2])
    return ConditionError("strange_sign", at, sign=text[at])
