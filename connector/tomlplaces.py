"""Finds where each key of a TOML text stands. Reads shape only: the text has passed `tomllib` before."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]
Position = tuple[int, int]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BETWEEN = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:\\.|[^"\\])*"|'[^']*'|[\w-]+)[ \t]*(\.?)""")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:'{0,2})|"(?:\\.|[^"\\])*"|'[^']*\'''', re.DOTALL
)
_BARE = re.compile(r"[^,\]}#\r\n]*")


def find_places(text: str) -> dict[KeyPath, Position]:
    """Return line and column (from 1, in characters) of every key, table and array element of valid TOML.

    Tables of an array stand under their index, `("source", 0, "name")`; a parent that is only implied stands
    where the first key that implies it does.
    """
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    walk = _Walk(text)
    walk.document()
    places = {}
    for keys, offset in walk.found.items():
        line = bisect_right(starts, offset)
        places[keys] = (line, offset - starts[line - 1] + 1)
    return places


def find_values(text: str) -> dict[KeyPath, tuple[int, int]]:
    """Return the offsets between which the value of every key and array element of valid TOML stands."""
    walk = _Walk(text)
    walk.document()
    return walk.values


class _Walk:
    """One pass over the text; `at` is the offset reached."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[KeyPath, int] = {}
        self.values: dict[KeyPath, tuple[int, int]] = {}
        self._last: dict[KeyPath, int] = {}

    def document(self) -> None:
        """Walk statements to the end of the text."""
        table: KeyPath = ()
        self._pass(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._pass(_BLANK)

    def _header(self) -> KeyPath:
        """Pass `[a.b]` or `[[a.b]]`; return its path, with an index after each part that names an array."""
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        keys = list(self._keys())
        self.at += brackets
        path: KeyPath = ()
        for number, (key, start) in enumerate(keys, start=1):
            path = self._note((*path, key), start)
            if brackets == len("[[") and number == len(keys):
                self._last[path] = self._last.get(path, -1) + 1
            if path in self._last:
                path = self._note((*path, self._last[path]), start)
        if brackets == len("["):
            self.found[path] = keys[-1][1]
        return path

    def _pair(self, table: KeyPath) -> None:
        """Pass `a.b = value`."""
        path = table
        for key, start in self._keys():
            path = self._note((*path, key), start)
        self.at += len("=")
        self._pass(_BLANK)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        start = self.at
        self._any_value(path)
        self.values[path] = (start, self.at)

    def _any_value(self, path: KeyPath) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._pass(_STRING)
        else:
            self._pass(_BARE)

    def _array(self, path: KeyPath) -> None:
        self.at += len("[")
        self._pass(_BLANK)
        index = 0
        while self.text[self.at] != "]":
            self._value(self._note((*path, index), self.at))
            self._pass(_BETWEEN)
            index += 1
        self.at += len("]")

    def _inline_table(self, path: KeyPath) -> None:
        self.at += len("{")
        self._pass(_BLANK)
        while self.text[self.at] != "}":
            self._pair(path)
            self._pass(_BETWEEN)
        self.at += len("}")

    def _keys(self) -> Iterator[tuple[str, int]]:
        """Pass a dotted key; yield each part, unquoted, with its offset."""
        dot = "."
        while dot:
            found = self._pass(_KEY)
            dot = found[2]
            yield _unquoted(found[1]), found.start(1)

    def _note(self, path: KeyPath, start: int) -> KeyPath:
        self.found.setdefault(path, start)
        return path

    def _pass(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"not the TOML that tomllib read, at offset {self.at}")
        self.at = found.end()
        return found


def _unquoted(key: str) -> str:
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] in "\"'" else key
