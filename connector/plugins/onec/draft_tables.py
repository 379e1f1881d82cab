"""Drafts the tables of an unknown configuration, each of what looks likeliest, with what else it may be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.plugins.onec.cells import CONTACTS
from connector.plugins.onec.probe import Candidate
from connector.plugins.onec.profile_fields import needed
from connector.plugins.onec.schema import EntityType, Schema

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
QUOTE = '"'
_ASK = 'впишите слова базы: words = { "В работе" = "open", "Успех" = "won", "Отказ" = "lost" }'


@dataclass
class DraftTable:
    """One table; where it lacks what it cannot do without, it stands there as a remark.

    `fields`: our field -> value as TOML. `others`: our field -> what may be meant instead, `instead`: other
    sets that may be. `refused`: it cannot be read as it is.
    """

    stream: str
    entity: str
    head: dict[str, str]
    fields: dict[str, str]
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    instead: Sequence[Candidate] = ()
    refused: bool = False

    def take(self, name: str) -> None:
        """Do without a field, or without the whole table where no field is named."""
        self.refused = self.refused or not name
        self.fields.pop(name, None)
        self.head.pop(name, None)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        lacking = [name for name in needed(self.entity, virtual=False) if name not in self.fields]
        sign = "# " if lacking or self.refused else ""
        if lacking:
            name, wanted = self.head["set"].strip(QUOTE), ", ".join(lacking)
            yield f"# {name}: не найдено, что здесь {wanted}; допишите и снимите решётки."
        yield f"{sign}[tables.{self.stream}]"
        yield from (f"{sign}{key} = {value}" for key, value in self.head.items())
        yield f"{sign}[tables.{self.stream}.fields]"
        for name, value in self.fields.items():
            yield f"{sign}{name} = {value}{self._remark(name)}"
        for other in self.instead:
            yield f"# или: set = {quoted(other.set)} ({', '.join(other.why)})"

    def _remark(self, name: str) -> str:
        if name == "stage_kind":
            return f"  # {_ASK}"
        others = self.others.get(name, ())
        return f"  # или: {', '.join(others)}" if others else ""


def tables_for(entity: str, those: Sequence[Candidate], schema: Schema) -> Iterator[DraftTable]:
    """Yield the table of the best candidate, of events that of each."""
    chosen = those if entity == "event" else those[:1]
    for place, candidate in enumerate(chosen):
        type_ = schema.of_set(candidate.set)
        if type_ is not None:
            stream = _STREAMS[entity] + (str(place + 1) if place else "")
            last = place == len(chosen) - 1
            yield _table(stream, candidate, type_, those[len(chosen) :] if last else ())


def _table(stream: str, candidate: Candidate, type_: EntityType, instead: Sequence[Candidate]) -> DraftTable:
    fields = {name: quoted(columns[0]) for name, columns in candidate.fields.items()}
    others = {name: columns[1:] for name, columns in candidate.fields.items()}
    known = {name: value for name, value in _known(candidate, type_).items() if value}
    return DraftTable(stream, candidate.entity, _head(candidate, type_), fields | known, others, instead)


def _head(candidate: Candidate, type_: EntityType) -> dict[str, str]:
    """Return what a table says of its set: filters that are sure, and the date of documents."""
    there = type_.properties
    where = {"IsFolder": False} if "IsFolder" in there else {}
    if candidate.entity == "client":
        where |= dict.fromkeys([name for name in ("Клиент", "Покупатель") if name in there][:1], True)
    if candidate.entity == "sale" and "Posted" in there:
        where |= {"Posted": True}
    said = {"entity": quoted(candidate.entity), "set": quoted(candidate.set)}
    if where:
        filters = ", ".join(f"{quoted(name)} = {quoted(value)}" for name, value in where.items())
        said["where"] = f"{{ {filters} }}"
    return said | ({"date": '"Date"'} if there.get("Date") == "Edm.DateTime" else {})


def _known(candidate: Candidate, type_: EntityType) -> dict[str, str]:
    """Return the fields that every configuration holds in the same way, "" for what is not there."""
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
        found["completed_at"] = _time("ДатаИсполнения", ["completed"], there)
    return found


def _event(name: str, there: Mapping[str, str]) -> dict[str, str]:
    kind = next((kind for word, kind in _KINDS.items() if word in name.lower()), "other")
    return {
        "kind": f"{{ value = {quoted(kind)} }}",
        "status": _status("Рассмотрено" if "Рассмотрено" in there else ""),
        "planned_at": _time("Date", ["planned", "cancelled"], there),
        "completed_at": _time("Date", ["completed"], there),
    }


def _time(column: str, only: Sequence[str], there: Mapping[str, str]) -> str:
    return f"{{ column = {quoted(column)}, only = {quoted(only)} }}" if column in there else ""


def _status(column: str) -> str:
    """Return the cells of a status: what is marked for deletion was cancelled, else by the column."""
    marked = '{ column = "DeletionMark", words = { true = "cancelled" } }'
    if not column:
        return f'[{marked}, {{ value = "completed" }}]'
    return f'[{marked}, {{ column = {quoted(column)}, words = {{ true = "completed", false = "planned" }} }}]'


def quoted(value: Any) -> str:
    """Return the value as TOML: texts, booleans and lists are written as JSON has them."""
    return json.dumps(value, ensure_ascii=False)
