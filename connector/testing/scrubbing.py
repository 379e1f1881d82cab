"""Takes people's data out of a CRM's rows and leaves their shape: the same text becomes the same stand-in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

_STRUCTURE = re.compile(
    r"(^|_)(id|ids|type|kind|status|stage|semantic|currency|direction|entity|category|source|zone|active)($|_)",
    re.IGNORECASE,
)
"""Names of fields whose short codes a plugin compares: without them no row would mean anything."""
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CODE = re.compile(r"[A-Za-z0-9_:.@-]{1,40}")
_NUMBER = re.compile(r"-?(\d{1,8}|\d+[.,]\d{1,9})")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()-]{9,}")
_YES_NO = ("Y", "N", "true", "false", "")
LONG_NUMBER = 10**8
"""From nine digits on a number may be a phone, a tax number or an account."""


class Anonymous:
    """Replaces what may tell of a person, a firm or a secret; everything that is not known to be harmless is.

    Harmless are times, yes and no, numbers of up to eight digits, amounts, and short codes in fields whose
    names say that they hold an id, a type, a status or the like. Equal texts stay equal, others differ.
    `keep` are fields that the plugin's author knows to be harmless, inner ones as `currency.code`.
    """

    def __init__(self, keep: Collection[str] = ()) -> None:
        self._keep = frozenset(keep)
        self._known: dict[str, int] = {}

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row without people's data."""
        return self._record("", row)

    def _record(self, within: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(f"{within}{name}", value) for name, value in row.items()}

    def _value(self, path: str, value: Any) -> Any:
        if path in self._keep:
            return value
        if isinstance(value, Mapping):
            return self._record(f"{path}.", value)
        if isinstance(value, list | tuple):
            return [self._value(path, each) for each in value]
        if isinstance(value, str):
            return value if _is_harmless(path.rpartition(".")[2], value) else self._instead_of(value)
        if isinstance(value, int | float) and abs(value) >= LONG_NUMBER and not isinstance(value, bool):
            return LONG_NUMBER + self._number(str(value))
        return value

    def _instead_of(self, text: str) -> str:
        number = self._number(text)
        if _EMAIL.fullmatch(text):
            return f"person{number}@example.com"
        if text.isdigit():
            return str(number).rjust(len(text), "0")[-len(text) :]
        if _PHONE.fullmatch(text):
            return f"+7495{number:07}"
        if "://" in text:
            return f"https://example.com/{number}"
        return f"Text {number}"

    def _number(self, text: str) -> int:
        return self._known.setdefault(text, len(self._known) + 1)


def _is_harmless(name: str, text: str) -> bool:
    if text in _YES_NO or _MOMENT.fullmatch(text):
        return True
    if _NUMBER.fullmatch(text):
        return True
    if not _STRUCTURE.search(_WORDS.sub("_", name)):
        return False
    return bool(_CODE.fullmatch(text)) and not _EMAIL.fullmatch(text) and not _PHONE.fullmatch(text)
