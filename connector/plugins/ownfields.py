"""Puts what a CRM's own fields hold into the client: the standard fields of ours, or `custom` by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from connector.changes import Change, SetField, SetFlag
from connector.model import ClientStatus

STATUSES: dict[str, ClientStatus] = {
    **dict.fromkeys(("active", "активен", "активный", "действующий", "работает"), "active"),
    **dict.fromkeys(("closed", "закрыт", "закрытый", "закрыта", "ликвидирован", "архив"), "closed"),
    **dict.fromkeys(
        ("blacklisted", "blacklist", "чёрный список", "черный список", "стоп-лист"), "blacklisted"
    ),
}
CLASSES = {"A": "A", "B": "B", "C": "C", "А": "A", "В": "B", "С": "C"}
"""Classes, also where somebody wrote them in Cyrillic letters."""
_TEXTS = frozenset({"industry", "region", "address", "site", "inn", "kpp"})

Row = Mapping[str, Any]
Flags = Sequence[str]
Values = dict[str, Any]


def unplaced(
    change: Change, fields: Mapping[str, str], flags: Mapping[str, str], read: Mapping[str, str]
) -> str | None:
    """Return "fields" or "flags" where the change writes one that neither that setting names nor is `read`.

    `read` are the fields that are read, with our names for them: these may be written under the same.
    """
    if isinstance(change, SetField) and change.field not in {*fields, *read.values()}:
        return "fields"
    if isinstance(change, SetFlag) and change.flag not in {*flags, *read.values()}:
        return "flags"
    return None


class OwnField(Protocol):
    """A field that a firm added to its cards, and our name for it, `target`."""

    @property
    def target(self) -> str:
        """Our name for what it holds."""
        ...

    @property
    def is_flag(self) -> bool:
        """Whether it holds yes or no."""
        ...

    def read(self, row: Row) -> tuple[str, ...]:
        """Return the texts that the row holds, none if the field is empty."""
        ...

    def read_flag(self, row: Row) -> bool | None:
        """Return the yes or no that the row holds; None if the field is empty or holds neither."""
        ...

    def read_moment(self, row: Row, zone: ZoneInfo) -> datetime | None:
        """Return the time that the row holds, None if the field is empty. RecordError if it is no time."""
        ...


def take(known: OwnField, row: Row, values: Values, zone: ZoneInfo) -> Flags:
    """Put one field into `values`, under our field of that name or into `values["custom"]`; return its flags.

    An empty field changes nothing. A status or a class that is not known is left out and flagged
    `invalid:FIELD`.
    """
    special = _SPECIAL.get(known.target)
    if special is not None:
        return special(known, row, values, zone)
    words = known.read(row)
    if not words:
        return ()
    if known.target in _TEXTS:
        values[known.target] = words[0]
    else:
        values["custom"][known.target] = _custom(known, row, words)
    return ()


def _custom(known: OwnField, row: Row, words: Sequence[str]) -> Any:
    if known.is_flag:
        return known.read_flag(row)
    return words[0] if len(words) == 1 else list(words)


def _key_account(known: OwnField, row: Row, values: Values, _: ZoneInfo) -> Flags:
    values["key_account"] = known.read_flag(row)
    return ()


def _tags(known: OwnField, row: Row, values: Values, _: ZoneInfo) -> Flags:
    values["tags"] = known.read(row)
    return ()


def _closed_at(known: OwnField, row: Row, values: Values, zone: ZoneInfo) -> Flags:
    values["closed_at"] = known.read_moment(row, zone)
    return ()


def _status(known: OwnField, row: Row, values: Values, _: ZoneInfo) -> Flags:
    found = [STATUSES.get(word.casefold()) for word in known.read(row)[:1]]
    if found and found[0]:
        values["status"] = found[0]
    return ("invalid:status",) if found == [None] else ()


def _class(known: OwnField, row: Row, values: Values, _: ZoneInfo) -> Flags:
    found = [CLASSES.get(word.upper()) for word in known.read(row)[:1]]
    values["abc"] = found[0] if found else None
    return ("invalid:abc",) if found == [None] else ()


_SPECIAL: dict[str, Callable[[OwnField, Row, Values, ZoneInfo], Flags]] = {
    "key_account": _key_account,
    "tags": _tags,
    "closed_at": _closed_at,
    "status": _status,
    "abc": _class,
}
