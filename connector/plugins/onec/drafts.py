"""Puts new records into the base's words: which set, which columns, our mark in the text."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connector.changes import MARKER_PREFIX, AddNote, Change, CreateTask, PlanContact
from connector.errors import ConfigError, RefusedError
from connector.plugins.onec.profile import Column, Purpose, Target
from connector.plugins.onec.publication import Publication
from connector.plugins.onec.values import SPACE

NAMESPACE = uuid.UUID("6f2d1a5e-0c2b-5d0e-9a57-3b6f1c0e8d42")
"""Makes keys of records from keys of changes (RFC 9562, version 5): the same for ever, and nobody else's."""
TITLE = 150
"""Characters of a title: the Description of a task has 150 to 250 of them, and what is longer is cut."""
Record = dict[str, Any]


def record_key(change: Change) -> str:
    """Return the key that the record of a change gets; sent twice it is refused with code 15."""
    return str(uuid.uuid5(NAMESPACE, change.marker))


def purpose_of(change: Change) -> Purpose:
    """Return which target of the profile a change that makes a record is written to."""
    if isinstance(change, CreateTask):
        return "task"
    if isinstance(change, PlanContact):
        return change.contact
    if isinstance(change, AddNote):
        return "note"
    raise TypeError(f"{type(change).__name__} makes no record")


class Drafts:
    """Makes new records of one base."""

    def __init__(self, base: Publication) -> None:
        self._base = base

    def target(self, purpose: Purpose) -> Target:
        """Return where such a change is written; ConfigError where the profile or the base has no place."""
        found = self._base.profile.targets.get(purpose)
        if found is None:
            lacks = (each for each in self._base.profile.missing if each.table == f"write {purpose}")
            lack = next(lacks, None)
            said = lack.message if lack else f"the profile does not say where a {purpose} is written"
            hint = lack.hint if lack else f"add [writes.{purpose}] to a profile of your own"
            raise ConfigError(said, hint=hint, where=self._base.name)
        return found

    def new(self, change: CreateTask | PlanContact) -> tuple[Target, Record]:
        """Return where a new record goes, and all that it holds.

        RefusedError where its assignee is not known in the catalogue that the base wants.
        """
        target = self.target(purpose_of(change))
        words = self._words(change)
        record: Record = {"Ref_Key": record_key(change), **target.constants}
        for name, column in target.columns.items():
            record |= self._cell(column, words.get(name))
        for named in target.named:
            record |= self._cell(named.column, self._named(named.column, named.description))
        if target.section:
            line: Record = {"LineNumber": 1}
            for name, column in target.line.items():
                line |= self._cell(column, words.get(name))
            record[target.section] = [line]
        return target, record

    def closed(self, target: Target) -> Record:
        """Return what a finished record holds."""
        record: Record = dict(target.closed)
        for named in target.closed_named:
            record |= self._cell(named.column, self._named(named.column, named.description))
        return record

    def person(self, column: Column, employee: str) -> Record:
        """Return the cells that name an employee in a column; RefusedError where the base cannot."""
        return self._cell(column, self._employee(column, employee))

    def reference(self, column: Column, entity_set: str, key: str) -> Record:
        """Return the cells that name an object of a set in a column."""
        return self._cell(column, _Reference(entity_set, key))

    def _words(self, change: CreateTask | PlanContact) -> dict[str, Any]:
        """Return what the words of a target stand for."""
        now, due = self._base.api.now(), change.due.astimezone(self._base.zone).replace(tzinfo=None)
        client = _Reference(self._client_set(), change.target)
        text = f"{change.text}\n[{change.marker}]" if change.text else f"[{change.marker}]"
        return {
            "title": change.title[:TITLE],
            "text": text,
            "assignee": change.assignee,
            "author": change.assignee,
            "client": client,
            "client_name": change.client_name or None,
            "deal": self._deal(change),
            "due": due,
            "begun": now if isinstance(change, CreateTask) else due,
            "ends": due,
            "created": now,
        }

    def _cell(self, column: Column, value: Any) -> Record:
        """Return the published cells of one value; nothing for none."""
        if value is None:
            return {}
        if isinstance(value, datetime):
            return {column.published: value.isoformat(timespec="seconds")}
        if column.form == "plain":
            return {column.published: value}
        ref = value if isinstance(value, _Reference) else self._employee(column, str(value))
        if column.form == "key":
            return {column.published: ref.key}
        return {column.name: ref.key, f"{column.name}_Type": SPACE + ref.set}

    def _employee(self, column: Column, employee: str) -> _Reference:
        """Return the employee as the column wants it: as it is, or as whoever it is in another catalogue."""
        own = [table.set for table in self._base.profile.of("employee")]
        fitting = [each for each in own if not column.targets or each in column.targets]
        if fitting:
            return _Reference(fitting[0], employee)
        found = self._base.cells.back(employee, column.targets)
        if found is None:
            said = f"nobody in {' or '.join(column.targets)} has the name of the employee"
            raise RefusedError(said, where=f"{self._base.name}: {employee}")
        return _Reference(*found)

    def _named(self, column: Column, description: str) -> _Reference:
        lookups = self._base.lookups
        for each in column.targets:
            lookups.want(each, ("Description",))
            for record in lookups.all(each):
                if record.get("Description") == description:
                    return _Reference(each, str(record["Ref_Key"]))
        said = f"{' or '.join(column.targets) or column.name} has no {description!r}"
        raise ConfigError(said, hint="name the right one in a profile of your own", where=self._base.name)

    def _client_set(self) -> str:
        return self._base.profile.of("client")[0].set

    def _deal(self, change: CreateTask | PlanContact) -> _Reference | None:
        deal = getattr(change, "deal", None)
        tables = self._base.profile.of("deal")
        return _Reference(tables[0].set, deal) if deal and tables else None


class _Reference:
    """An object of a set."""

    def __init__(self, entity_set: str, key: str) -> None:
        self.set = entity_set
        self.key = key


def marked(text: str, marker: str) -> bool:
    """Tell whether a text carries the mark of a change."""
    return marker in text


def is_ours(text: str) -> bool:
    """Tell whether a text carries a mark of ours at all."""
    return MARKER_PREFIX in text


def differing(sent: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """Return the names of what the base did not keep as it was sent.

    1C passes over unknown fields, cuts long texts and keeps broken references, all with 200
    (odata1c-gate, probe P8). A date may come back with parts that were not sent.
    """
    return [name for name, value in sent.items() if not _kept(value, answer.get(name))]


def _kept(sent: Any, held: Any) -> bool:
    if isinstance(sent, list):
        lines = held if isinstance(held, list) else []
        return len(sent) == len(lines) and not any(
            differing(one, other) for one, other in zip(sent, lines, strict=True)
        )
    if isinstance(sent, bool) or isinstance(held, bool):
        return str(sent).lower() == str(held).lower()
    if isinstance(sent, int | float) and held is not None:
        return str(sent) == str(held) or _number(sent) == _number(held)
    return str(sent if sent is not None else "").strip() == str(held if held is not None else "").strip()


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
