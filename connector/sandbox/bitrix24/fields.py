"""One field of a portal entity: how it is read, written, and named in both API families."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from connector.sandbox.bitrix24.records import Record

Read = Callable[[Record], Any]
Write = Callable[[Record, Any], None]

NUMBERS = frozenset({"integer", "double", "user", "link"})
"""Kinds that are numbers inside: strings in classic methods, numbers in crm.item.*, compared as numbers."""
IRREGULAR = {
    "DATE_CREATE": "createdTime",
    "DATE_MODIFY": "updatedTime",
    "CREATED_BY_ID": "createdBy",
    "MODIFY_BY_ID": "updatedBy",
    "MOVED_BY_ID": "movedBy",
    "COMPANY_TYPE": "typeId",
}


@dataclass(frozen=True)
class Field:
    """A field; `read` gives the classic JSON value (numbers as text), `group` says when a list returns it.

    Groups: `plain` with `*`, `custom` with `UF_*`, `named` only when named,
    `described` only in crm.*.fields, `hidden` never (filter only).
    Kinds: integer, double, user, link (0 for none), string, char, boolean, status, enumeration, datetime,
    date, list.
    `item` is the name in crm.item.*: empty = by the rule, None = not offered there.
    `find` says which records may equal one of some values, for fields that other records tell.
    """

    name: str
    kind: str
    read: Read
    write: Write | None = None
    group: str = "plain"
    item: str | None = ""
    title: str = ""
    multiple: bool = False
    find: Callable[[list[Any]], Iterable[int]] | None = None

    @property
    def item_name(self) -> str | None:
        """Return the name in crm.item.*, or None if the field is not offered there."""
        return item_name(self.name) if self.item == "" else self.item


def item_name(name: str) -> str:
    """Turn a classic name into the item one: `ASSIGNED_BY_ID` -> `assignedById`, `UF_CRM_1` -> `ufCrm_1`."""
    if name in IRREGULAR:
        return IRREGULAR[name]
    camel = re.sub(r"_([a-z])", lambda found: found[1].upper(), name.lower())
    return camel if name.startswith("UF_") else re.sub(r"_(\d)", r"\1", camel)


def kept(name: str, kind: str = "string", default: Any = None, **more: Any) -> Field:
    """Make a field the neutral company knows nothing of: kept in the record's `extra`, open to clients."""

    def read(record: Record) -> Any:
        return record.extra.get(name, default)

    return Field(name, kind, read, more.pop("write", keeper(name)), **more)


def constant(name: str, value: Any = None, kind: str = "string", **more: Any) -> Field:
    """Make a read-only field with the same value in every record."""
    return Field(name, kind, lambda _: value, **more)


def computed(name: str, kind: str, read: Read, **more: Any) -> Field:
    """Make a read-only field worked out from the record; the portal itself may override it in `extra`."""
    return Field(
        name, kind, lambda record: record.extra[name] if name in record.extra else read(record), **more
    )


def column(name: str, source: str, kind: str = "string", empty: Any = None, **more: Any) -> Field:
    """Make a field that is a column of the neutral row; clients may write it."""

    def write(record: Record, value: Any) -> None:
        record.row[source] = text(value)

    return Field(name, kind, lambda record: record.row[source] or empty, more.pop("write", write), **more)


def keeper(name: str) -> Write:
    """Return the writer of a field kept in `extra`: empty text clears."""

    def write(record: Record, value: Any) -> None:
        record.put(name, value if isinstance(value, list | dict) else text(value) or None)

    return write


def text(value: Any) -> str:
    """Turn a client's scalar into text as PHP does: null and false are empty, true is `1`."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def flag(value: Any) -> str:
    """Turn a client's Y/N, 1/0 or true/false into Y or N."""
    return "Y" if text(value).upper() in {"Y", "1", "TRUE"} else "N"


def whole(value: Any) -> int:
    """Turn anything into a whole number as PHP's cast does: leading digits count, the rest is 0."""
    found = re.match(r"\s*-?\d+", text(value))
    return int(found[0]) if found else 0
