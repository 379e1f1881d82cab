"""Drafts a profile for an unknown configuration: what was found, and what a person has to decide."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.plugins.onec.cells import CONTACTS
from connector.plugins.onec.probe import Candidate, Fit, candidates, fits
from connector.plugins.onec.profile_fields import needed
from connector.plugins.onec.schema import EntityType, Schema

ENOUGH = 0.5
"""Share of the tables of a shipped profile from which on a draft builds upon it."""
_STREAMS: Mapping[str, str] = {
    "employee": "employees",
    "client": "clients",
    "contact": "contacts",
    "deal": "deals",
    "event": "events",
    "task": "tasks",
    "sale": "sales",
}
_KINDS: Mapping[str, str] = {
    "звонок": "call",
    "встреча": "meeting",
    "письмо": "email",
    "сообщение": "message",
}
"""Part of the name of a document -> kind of the events in it; others are "other"."""
_HEAD = """\
# Черновик профиля: его сделала команда `connector onec probe`. Ничего из этого не принято молча:
# проверьте каждую строку, положите файл рядом с plugins.toml и укажите в [[source]]: profile = "{name}".
"""
_ASK = 'впишите слова базы: words = { "В работе" = "open", "Успех" = "won", "Отказ" = "lost" }'
Lines = Iterator[str]


def draft(schema: Schema, name: str) -> str:
    """Return the text of the profile file `name`: it can be read, and lacks nothing of the base."""
    best = fits(schema)[0]
    found = candidates(schema)
    lines = [_HEAD.format(name=name)]
    if best.share >= ENOUGH and best.profile.of("client"):
        lines += _upon(best, found, schema)
    else:
        lines += ['title = "Своя конфигурация"', ""]
        for entity, those in found.items():
            lines += _tables(entity, those, schema)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _upon(best: Fit, found: Mapping[str, Sequence[Candidate]], schema: Schema) -> Lines:
    """Yield a draft that extends a shipped profile: what of it is not there is dropped, and said."""
    missing = best.profile.missing
    tables = [lack.table for lack in missing if not lack.field and not lack.table.startswith("write ")]
    writes = [lack.table.removeprefix("write ") for lack in missing if lack.table.startswith("write ")]
    yield f'title = "Своя конфигурация, похожая на {best.name}"'
    yield f'extends = "{best.name}"'
    for lack in missing:
        yield f"# {lack.table}{'.' if lack.field else ''}{lack.field}: {lack.message}"
    if tables:
        yield f"drop = {_toml(tables)}"
    if writes:
        yield f"drop_writes = {_toml(writes)}"
    yield ""
    yield from _without(best)
    for entity, those in found.items():
        if not best.profile.of(entity):  # type: ignore[arg-type]  # the keys are those of the looks
            yield from _tables(entity, those, schema)


def _without(best: Fit) -> Lines:
    """Yield the tables of which a field is not there."""
    fields: dict[str, list[str]] = {}
    for lack in best.profile.missing:
        if lack.field and best.profile.table(lack.table):
            fields.setdefault(lack.table, []).extend(lack.field.split(", "))
    for table, names in fields.items():
        yield f"[tables.{table}.fields]"
        yield from (f'{name} = ""' for name in names)
        yield ""


def _tables(entity: str, those: Sequence[Candidate], schema: Schema) -> Lines:
    """Yield the table of the best candidate, of events that of each, and the others as a remark."""
    if not those:
        yield f"# {entity}: ничего похожего в составе OData нет."
        yield ""
    chosen = those if entity == "event" else those[:1]
    for place, candidate in enumerate(chosen):
        stream = _STREAMS[entity] + (str(place + 1) if place else "")
        type_ = schema.of_set(candidate.set)
        if type_ is not None:
            yield from _table(stream, candidate, type_)
    for other in those[len(chosen) :]:
        yield f"# или: set = {_toml(other.set)} ({', '.join(other.why)})"
    yield ""


def _table(stream: str, candidate: Candidate, type_: EntityType) -> Lines:
    """Yield one table; as a remark where something is missing that it cannot be read without."""
    head = _settings(candidate, type_)
    fields = {name: _toml(columns[0]) for name, columns in candidate.fields.items()}
    fields |= {name: value for name, value in _known(candidate, type_).items() if value}
    lacking = [name for name in needed(candidate.entity, virtual=False) if name not in fields]
    sign = "# " if lacking else ""
    if lacking:
        yield f"# {candidate.set}: не найдено, что здесь {', '.join(lacking)}; допишите и снимите решётки."
    yield f"{sign}[tables.{stream}]"
    yield from (f"{sign}{key} = {value}" for key, value in head.items())
    yield f"{sign}[tables.{stream}.fields]"
    for name, value in fields.items():
        others = candidate.fields.get(name, ())[1:]
        remark = f"  # или: {', '.join(others)}" if others else f"  # {_ASK}" if name == "stage_kind" else ""
        yield f"{sign}{name} = {value}{remark}"
    yield ""


def _settings(candidate: Candidate, type_: EntityType) -> dict[str, str]:
    """Return what a table says of its set: filters that are sure, and the date of documents."""
    there = type_.properties
    where = {"IsFolder": False} if "IsFolder" in there else {}
    if candidate.entity == "client":
        where |= dict.fromkeys([name for name in ("Клиент", "Покупатель") if name in there][:1], True)
    if candidate.entity == "sale" and "Posted" in there:
        where |= {"Posted": True}
    said = {"entity": _toml(candidate.entity), "set": _toml(candidate.set)}
    if where:
        said["where"] = (
            "{ " + ", ".join(f"{_toml(name)} = {_toml(value)}" for name, value in where.items()) + " }"
        )
    return said | ({"date": '"Date"'} if there.get("Date") == "Edm.DateTime" else {})


def _known(candidate: Candidate, type_: EntityType) -> dict[str, str]:
    """Return the fields that every configuration holds in the same way."""
    entity, there = candidate.entity, type_.properties
    found: dict[str, str] = {}
    if CONTACTS in there and entity in {"client", "contact", "employee"}:
        mail = "email" if entity == "employee" else "emails"
        found |= {"phones": '{ contacts = "Телефон" }', mail: '{ contacts = "АдресЭлектроннойПочты" }'}
    if entity == "employee" and "Недействителен" in there:
        found["active"] = '{ column = "Недействителен", words = { true = "false", false = "true" } }'
    if entity == "deal" and "stage" in candidate.fields:
        found["stage_kind"] = '{ value = "open" }'
    if entity == "event":
        found |= _event(candidate.set, there)
    if entity == "task":
        found |= {"kind": '{ value = "task" }', "status": _status("Executed")}
        found["completed_at"] = (
            '{ column = "ДатаИсполнения", only = ["completed"] }' if "ДатаИсполнения" in there else ""
        )
    return found


def _event(name: str, there: Mapping[str, str]) -> dict[str, str]:
    kind = next((kind for word, kind in _KINDS.items() if word in name.lower()), "other")
    return {
        "kind": f"{{ value = {_toml(kind)} }}",
        "status": _status("Рассмотрено" if "Рассмотрено" in there else ""),
        "planned_at": '{ column = "Date", only = ["planned", "cancelled"] }',
        "completed_at": '{ column = "Date", only = ["completed"] }',
    }


def _status(column: str) -> str:
    """Return the cells of a status: what is marked for deletion was cancelled, else by the column."""
    marked = '{ column = "DeletionMark", words = { true = "cancelled" } }'
    if not column:
        return f'[{marked}, {{ value = "completed" }}]'
    return f'[{marked}, {{ column = {_toml(column)}, words = {{ true = "completed", false = "planned" }} }}]'


def _toml(value: Any) -> str:
    """Return the value as TOML: texts, booleans and lists are written as JSON has them."""
    return json.dumps(value, ensure_ascii=False)
