"""Creates, changes and deletes records, with everything that 1C passes over in silence."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from connector.sandbox.onec.base import Base, Key, Record
from connector.sandbox.onec.edm import EntityType, Row, fill
from connector.sandbox.onec.errors import FORBIDDEN, HANDLER, ODataError, no_instance, unhandled
from connector.sandbox.onec.keys import is_key
from connector.sandbox.onec.mirroring import forget, reflect
from connector.sandbox.onec.values import assign, section_rows

FIXED = frozenset({"Ref_Key", "DataVersion", "Posted", "Executed", "Predefined", "PredefinedDataName"})
"""What a write cannot set: 1C takes the property and passes it over."""


def create(base: Base, entity: EntityType, given: Mapping[str, Any]) -> tuple[Key, Record]:
    """Add an object under the key the client chose, or a record of an independent register."""
    if "RecordSet" in entity.sections:
        raise ODataError(405, 19, FORBIDDEN)
    row = fill(entity.columns, {})
    row |= {name: [] for name in entity.sections}
    write(entity, row, given)
    key = chosen_key(base, entity, row, given)
    record = Record(row, version=-1)
    stamp_new(base, entity, row, given)
    check_code(base, entity, row, given)
    check_refusals(base, entity, row)
    base.records[entity.name][key] = record
    finish(base, entity, key, record, None)
    return key, record


def chosen_key(base: Base, entity: EntityType, row: Row, given: Mapping[str, Any]) -> Key:
    """Return the key of a new record; ODataError 15 if it is taken."""
    if not entity.is_object:
        key: Key = tuple(row[name] for name in entity.key)
    else:
        wanted = str(given.get("Ref_Key") or "").lower()
        if wanted and not is_key(wanted):
            raise ODataError(400, 1, f"Не удалось разобрать строку '{wanted}' как значение типа Edm.Guid!")
        key = wanted if wanted and not base.faults.on("own_keys") else base.new_key(entity.name)
        row["Ref_Key"] = key
        for name in entity.sections:
            for line in row[name]:
                line["Ref_Key"] = key
    if base.get(entity.name, key) is not None:
        raise ODataError(400, 15, "Сущность с таким ключом уже существует")
    return key


def stamp_new(base: Base, entity: EntityType, row: Row, given: Mapping[str, Any]) -> None:
    """Give a new object what the server gives it: a code or number, and a date."""
    count = len(base.records[entity.name]) + 1
    if "Code" in row and not row["Code"]:
        row["Code"] = f"00-{count:08d}"
    if "Number" in row and not row["Number"]:
        row["Number"] = f"{count:09d}"
    if "Date" in row and "Date" not in given:
        row["Date"] = base.now()


def change(
    base: Base, entity: EntityType, key: Key, given: Mapping[str, Any], *, whole: bool, version: str = ""
) -> Record:
    """Change a record: what is given (PATCH), or all of it (PUT: what is not given becomes empty)."""
    record = found(base, entity, key)
    check_version(base, record, version)
    before, row = deepcopy(record.row), deepcopy(record.row)
    if whole:
        empty = fill(entity.columns, {}) | {name: [] for name in entity.sections}
        kept = {"Code", "Number", "Date", *FIXED, *entity.key}
        row |= {name: value for name, value in empty.items() if name not in kept}
    write(entity, row, given)
    row |= {name: before[name] for name in entity.key}
    check_code(base, entity, row, given)
    check_refusals(base, entity, row, before)
    for name in filter(None, base.faults.text("changed_back").split(",")):
        row |= {each: before[each] for each in (name, f"{name}_Key") if each in before}
    record.row.clear()
    record.row.update(row)
    finish(base, entity, key, record, before)
    return record


def delete(base: Base, entity: EntityType, key: Key) -> None:
    """Remove a record for good, with what it recorded in registers."""
    record = found(base, entity, key)
    check_refusals(base, entity, record.row)
    base.remove(entity.name, key)
    forget(base, entity.name, record)
    withdraw(base, key)


def withdraw(base: Base, key: Key) -> None:
    """Remove what a document has recorded in registers."""
    for name, entity in base.types.items():
        if "RecordSet" in entity.sections:
            for place in [one for one in base.records[name] if isinstance(one, tuple) and one[0] == key]:
                base.remove(name, place)


def found(base: Base, entity: EntityType, key: Key) -> Record:
    """Return a record; ODataError 9 if there is none."""
    record = base.get(entity.name, key)
    if record is None:
        raise no_instance()
    return record


def finish(base: Base, entity: EntityType, key: Key, record: Record, before: Row | None) -> None:
    """Give a written record its version, and let the neutral company know."""
    base.touch(entity, key, record)
    reflect(base, entity.name, record, before)


def write(entity: EntityType, row: Row, given: Mapping[str, Any]) -> None:
    """Put the given properties into the row; unknown ones are passed over in silence."""
    for name, value in given.items():
        plain = name.removesuffix("@odata.bind")
        if plain in FIXED:
            continue
        if plain in entity.sections:
            row[plain] = section_rows(entity, plain, value, row)
        else:
            assign(entity.columns, row, name, value)


def check_version(base: Base, record: Record, version: str) -> None:
    """Compare the version a client sent, if this base cares for it at all; ODataError 412 if it is old."""
    if base.faults.on("if_match") and version and version.strip('W/"') != record.row.get("DataVersion"):
        raise ODataError(412, -1, "Версия объекта не соответствует значению заголовка If-Match")


def check_code(base: Base, entity: EntityType, row: Row, given: Mapping[str, Any]) -> None:
    """Refuse a code that another object of the catalogue has; ODataError -1."""
    code = row.get("Code") if "Code" in given else None
    others = (other for other in base.rows(entity.name) if other["Ref_Key"] != row["Ref_Key"])
    if code and any(other["Code"] == code for other in others):
        raise unhandled(f'Значение поля "Код" не уникально: {code}')


def check_refusals(base: Base, entity: EntityType, row: Row, before: Row | None = None) -> None:
    """Run the handlers of the configuration; ODataError -1 if one of them refuses."""
    if base.faults.strikes("refused_write", [entity.name]):
        raise unhandled(HANDLER)
    limit = base.faults.text("change_ban")
    dates = [one["Date"] for one in (row, before or row) if "Date" in one]
    if limit and dates and min(dates) < f"{datetime.fromisoformat(limit):%Y-%m-%d}":
        raise unhandled(f"{HANDLER}: Изменения до {limit} запрещены: дата запрета изменений")
