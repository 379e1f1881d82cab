"""Finds where a sign inside a string of a TOML text stands, whatever its quotes and escapes."""

from __future__ import annotations

import re

from connector.tomlplaces import KeyPath, Position, find_values

_LONG = ('"""', "'''")
_PIECE = re.compile(
    r"""\\u[0-9A-Fa-f]{4} | \\U[0-9A-Fa-f]{8} | \\[ \t]*\n[ \t\n]* | \\. | [^\\]""", re.VERBOSE | re.DOTALL
)


def place_inside(text: str, keys: KeyPath, index: int) -> Position | None:
    """Return line and column of the sign at `index` of the string under the key; None if it is no string.

    `index` may be the string's length: that is the place after its last sign.
    """
    start, end = find_values(text).get(keys, (0, 0))
    raw = text[start:end]
    if not raw or raw[0] not in "\"'":
        return None
    offsets = _offsets(raw)
    at = start + offsets[min(index, len(offsets) - 1)]
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _offsets(raw: str) -> list[int]:
    """Return the offset in the raw string, quotes included, of each sign of its value, and of its end."""
    quotes = raw[:3] if raw[:3] in _LONG and len(raw) >= 2 * len(raw[:3]) else raw[:1]
    first, last = len(quotes), len(raw) - len(quotes)
    if len(quotes) > 1 and raw[first] == "\n":
        first += 1
    if quotes[0] == "'":
        return list(range(first, last + 1))
    found, at = [], first
    while at < last:
        piece = _PIECE.match(raw, at)
        assert piece is not None, "tomllib has read this string"
        if not _joins_lines(piece[0]):
            found.append(at)
        at = piece.end()
    return [*found, last]


def _joins_lines(piece: str) -> bool:
    """Tell whether the piece is a backslash at the end of a line: it says nothing itself."""
    return piece[0] == "\\" and "\n" in piece
