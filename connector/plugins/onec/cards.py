"""Reads records as they are now, in our words: before a change is sent, and after it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connector.changes import RecordKind, Value
from connector.errors import MissingRecordError, RefusedError
from connector.model import Client, Deal, Employee, Entity, Event, Task
from connector.plugins.onec.profile import EntityName, Purpose, Table
from connector.plugins.onec.publication import Publication

Named = dict[str, Value]
_KINDS: Mapping[RecordKind, EntityName] = {
    "client": "client",
    "deal": "deal",
    "person": "contact",
    "task": "task",
    "contact": "event",
}
_TARGETS: Mapping[RecordKind, tuple[Purpose, ...]] = {"task": ("task",), "contact": ("call", "meeting")}


class Cards:
    """The records of one base, put into our words as its streams are."""

    def __init__(self, base: Publication) -> None:
        self._base = base

    def current(self, target: str, names: Sequence[str]) -> Named:
        """Return the named values of one client; MissingRecordError when it is gone."""
        found = self.records("client", [target], names)
        if target not in found:
            raise MissingRecordError("the client is gone", where=f"{self._base.name}:{target}")
        return found[target]

    def records(self, kind: RecordKind, ids: Sequence[str], names: Sequence[str]) -> dict[str, Named]:
        """Return id -> name -> value for records of one kind, without those that are gone."""
        asked = names if kind == "client" else None
        return {
            entity.ref.external_id: self._named(kind, entity, names)
            for _, entity in self.entities(kind, ids, asked)
        }

    def entities(
        self, kind: RecordKind, ids: Sequence[str], names: Sequence[str] | None = None
    ) -> Iterator[tuple[Table, Entity]]:
        """Yield the records with the tables in which they stand, with the named fields only if some are."""
        left = dict.fromkeys(ids)
        for whole in self.tables(kind):
            if not left:
                return
            table = whole if names is None else _only(whole, names)
            for row in (row for rows in self._base.single(table).again(list(left)) for row in rows):
                key = str(row["Ref_Key"])
                left.pop(key, None)
                for entity in self._base.builder.entities(table, row, key)[:1]:
                    yield table, entity

    def dismissed(self, employees: Sequence[str]) -> set[str]:
        """Return those of the employees who are not valid any more, marked as deleted, or not there."""
        left = set(employees)
        for table in (_only(whole, ("active",)) for whole in self._base.profile.of("employee")):
            rows = (row for rows in self._base.single(table).again(sorted(left)) for row in rows)
            built = (self._base.builder.entities(table, row, str(row["Ref_Key"])) for row in rows)
            people = (one for found in built for one in found if isinstance(one, Employee))
            left -= {one.ref.external_id for one in people if one.active}
        return left

    def tables(self, kind: RecordKind) -> Sequence[Table]:
        """Return the tables in which records of a kind stand; of planned contacts those that we write."""
        targets = [self._base.profile.targets.get(purpose) for purpose in _TARGETS.get(kind, ())]
        sets = {target.set for target in targets if target}
        tables = self._base.profile.tables
        if kind in _TARGETS:
            return [table for table in tables if table.set in sets]
        return [table for table in tables if table.entity == _KINDS[kind]]

    def _named(self, kind: RecordKind, entity: Entity, names: Sequence[str]) -> Named:
        if isinstance(entity, Client):
            return {name: self._value(entity, name) for name in names}
        if isinstance(entity, Task):
            return _activity(entity.status == "open", entity.assignee, entity.title, entity.due)
        if isinstance(entity, Event):
            planned = entity.status == "planned"
            return _activity(planned, entity.employee, entity.subject, entity.planned_at)
        return {"owner": entity.owner if isinstance(entity, Deal) else None}

    def _value(self, client: Client, name: str) -> Value:
        if name in client.custom:
            value = client.custom[name]
        elif name in Client.model_fields:
            value = getattr(client, name)
        elif name in self._known():
            value = None
        else:
            raise RefusedError(f"no field of the card is named for {name!r}", where=self._base.name)
        return " | ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def _known(self) -> set[str]:
        config = self._base.config
        return {*config.flags, *config.fields, *config.custom_fields.values()}


def _only(table: Table, names: Sequence[str]) -> Table:
    """Return the table with the named fields alone, and the joins that fill them: less is asked for."""
    wanted = {"name", *names}
    fields = {name: cells for name, cells in table.fields.items() if name in wanted}
    joins = tuple(join for join in table.joins if wanted & join.fields.keys())
    return replace(table, fields=fields, joins=joins)


def _activity(is_open: bool, assignee: str | None, title: str | None, due: datetime | None) -> Named:
    return {
        "open": is_open,
        "assignee": assignee,
        "title": title,
        "due": due.isoformat(timespec="seconds") if due else None,
    }
