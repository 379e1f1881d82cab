"""Turns a row's values into the record of the model; what can be compared is brought to one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from connector import identifiers
from connector.model import (
    Absence,
    Answer,
    Client,
    Contact,
    Deal,
    Employee,
    Entity,
    Event,
    FieldChange,
    Ownership,
    Ref,
    Sale,
    StageChange,
)

ENTITIES: dict[str, type[Entity]] = {
    "employees": Employee,
    "clients": Client,
    "contacts": Contact,
    "deals": Deal,
    "stage_history": StageChange,
    "events": Event,
    "sales": Sale,
    "ownership": Ownership,
    "absences": Absence,
    "field_changes": FieldChange,
    "answers": Answer,
}
"""What the rows of each table become."""

_SEVERAL: dict[str, Callable[[str], str | None]] = {
    "phones": identifiers.phone,
    "emails": identifiers.email,
}
_SINGLE: dict[str, Callable[[str], str | None]] = {"inn": identifiers.inn, "kpp": identifiers.kpp}


def entity(
    table: str, ref: Ref, values: dict[str, Any], custom: dict[str, str], raw: dict[str, str]
) -> Entity:
    """Return the record; an INN, KPP, phone or e-mail that cannot be one stays as it is, `invalid:FIELD`.

    `custom` are cells of columns that the format does not know: they are kept on a client, and in `raw`.
    Raises pydantic's ValidationError where the values do not fit together.
    """
    kind = ENTITIES[table]
    given = {name: value for name, value in values.items() if value is not None and name != "id"}
    flags: list[str] = []
    if kind in (Client, Contact, Employee):
        flags = [*_compared(given), *_compared_one_by_one(given)]
    if kind is Client:
        given["custom"] = custom
    return kind.model_validate({**given, "ref": ref, "raw": raw, "flags": tuple(flags)})


def _compared(given: dict[str, Any]) -> Iterable[str]:
    for name, normal in _SEVERAL.items():
        if name in given:
            found = [(normal(value), value) for value in given[name]]
            given[name] = tuple(dict.fromkeys(known or value for known, value in found))
            if any(known is None for known, _ in found):
                yield f"invalid:{name}"


def _compared_one_by_one(given: dict[str, Any]) -> Iterable[str]:
    for name, normal in _SINGLE.items():
        if name in given:
            known = normal(given[name]) or normal(_with_lost_zero(given[name]))
            given[name] = known or given[name]
            if known is None:
                yield f"invalid:{name}"


def _with_lost_zero(digits: str) -> str:
    """Return the number with the leading zero that a spreadsheet takes away: regions 01 to 09 have one."""
    return f"0{digits}" if digits.isdecimal() and len(digits) in (8, 9, 11) else digits
