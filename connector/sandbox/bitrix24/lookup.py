"""Finds where a filter's rows may be without walking through all records."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import partial
from typing import Any

from connector.sandbox.bitrix24.fields import Field
from connector.sandbox.bitrix24.filters import Dialect, items_of, key_of, quirky, split_key
from connector.sandbox.bitrix24.index import ByTime, ByValue
from connector.sandbox.bitrix24.params import as_list
from connector.sandbox.bitrix24.records import Entity, Record

BY_VALUE = frozenset({
    "ENTITY_ID", "OWNER_ID", "COMPANY_ID", "CONTACT_ID", "LEAD_ID", "CRM_ACTIVITY_ID", "ASSOCIATED_ENTITY_ID",
    "COMPANY_IDS", "TAG", "UF_CRM_TASK", "ORIGIN_ID", "PHONE", "EMAIL", "BINDINGS",
})  # fmt: skip
"""Fields with an index of their values: links and marks. Words that many records share would gain nothing."""


def equal(entity: Entity, name: str, *values: Any) -> list[int]:
    """Return, sorted, the numbers of all records whose field may equal one of the values."""
    return by_value(entity, entity.fields[name], values)


def by_value(entity: Entity, field: Field, values: Iterable[Any]) -> list[int]:
    """Return, sorted, the numbers of all records that may hold one of the values."""
    index = entity.indexes.get(field.name)
    if not isinstance(index, ByValue):
        index = entity.indexes[field.name] = ByValue(entity, partial(keys_of, field))
    return index.find(key_of(field, value) for value in values)


def since(entity: Entity, field: Field, moment: Any) -> list[int]:
    """Return, sorted, the numbers of all records whose time may stand at or after the moment."""
    index = entity.indexes.get(field.name)
    if not isinstance(index, ByTime):
        index = entity.indexes[field.name] = ByTime(entity, partial(time_of, field))
    return index.since(key_of(field, moment))


def keys_of(field: Field, record: Record) -> Iterable[Hashable]:
    """Return what a record is listed under; an empty multiple field under the empty value."""
    if not field.multiple:
        return (key_of(field, field.read(record)),)
    return {key_of(field, item) for item in items_of(field, record) or [""]}


def time_of(field: Field, record: Record) -> str:
    """Return a record's moment in the portal's spelling, empty if it has none."""
    return str(key_of(field, field.read(record)))


def candidates(entity: Entity, raw: Mapping[str, Any], dialect: Dialect) -> list[int]:
    """Return, sorted, the numbers where all records that pass are; the first term with an index decides.

    Without such a term these are all numbers.
    """
    terms = [(key, value) for key, value in raw.items() if key.upper() != "LOGIC" and not key.isdigit()]
    late: list[int] | None = None
    for key, value in terms:
        operator, name = split_key(key, dialect.operators)
        field = dialect.names.get(name)
        if field is None or quirky(field, value, dialect):
            continue
        if operator in {"=", "@"} and field.find:
            return sorted(field.find(listed(value)))
        if operator in {"=", "@"} and field.name in BY_VALUE:
            return by_value(entity, field, listed(value))
        if operator in {">", ">="} and field.kind == "datetime" and late is None:
            late = since(entity, field, value)
    return entity.ids if late is None else late


def listed(value: Any) -> list[Any]:
    """Return the values of a term as a list."""
    return as_list(value) if isinstance(value, list | dict) else [value]


def told_by_others(raw: Mapping[str, Any], dialect: Dialect) -> bool:
    """Tell whether a filter asks for what other records tell, so that its answer cannot be remembered."""
    fields = (dialect.names.get(split_key(key, dialect.operators)[1]) for key in raw)
    return any(field is not None and field.find is not None for field in fields)
