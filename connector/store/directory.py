"""Looks people and clients up: names for reports, cards for plans, a client by whatever a person types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from connector.identifiers import inn, phone
from connector.model import Client, Employee, Event, Ref, Task
from connector.store.batches import batches
from connector.store.change_rows import StoredChange, stored_change
from connector.store.columns import load_json
from connector.store.engine import Database
from connector.store.ledgers import CHANGE, CLIENT_NUMBER, IDENTITY
from connector.store.tables import ENTITY_TABLES

CLIENT, EMPLOYEE, TASK = ENTITY_TABLES[Client], ENTITY_TABLES[Employee], ENTITY_TABLES[Task]
EVENT = ENTITY_TABLES[Event]


@dataclass(frozen=True)
class ClientCard:
    """A client's record as last pulled; `fields` are its fields by readable name, `stream` brought it."""

    ref: Ref
    name: str
    owner: str | None
    status: str
    fields: Mapping[str, Any]
    stream: str


@dataclass(frozen=True)
class FoundClient:
    """A client that fits what was asked: the store's number, its name, and one of its records."""

    number: int
    name: str
    ref: Ref


@dataclass(frozen=True)
class Unexplained:
    """An id that owns clients or took part in events, and that no employee of the source has."""

    id: str
    clients: int
    events: int


@dataclass(frozen=True)
class OpenTask:
    """An open task in a CRM that carries a marker of ours, whichever store wrote it."""

    source: str
    client: str
    assignee: str
    key: str


class Directory:
    """Read-only questions about people, clients and their open tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def employee_names(self) -> dict[tuple[str, str], str]:
        """Return the name of every employee by source and id."""
        query = select(EMPLOYEE.c.source, EMPLOYEE.c.external_id, EMPLOYEE.c.name)
        return {(row.source, row.external_id): row.name for row in self._rows(query)}

    def unexplained(self, source: str, *, events: bool = True) -> list[Unexplained]:
        """Return who owns clients or took part in events of the source and is no employee there.

        Those with the most clients first. Reads every client of the source, and every event if asked to.
        """
        known = select(EMPLOYEE.c.external_id).where(EMPLOYEE.c.source == source)
        counts: dict[str, list[int]] = {}
        people = [(CLIENT, CLIENT.c.owner), (EVENT, EVENT.c.employee)]
        for place, (table, person) in enumerate(people if events else people[:1]):
            here = and_(table.c.source == source, table.c.deleted_at.is_(None))
            unknown = and_(here, person.is_not(None), person.not_in(known))
            query = select(person.label("id"), func.count().label("n")).where(unknown).group_by(person)
            for row in self._rows(query):
                counts.setdefault(row.id, [0, 0])[place] = row.n
        found = [Unexplained(person, *counted) for person, counted in counts.items()]
        return sorted(found, key=lambda each: (-each.clients, -each.events, each.id))

    def cards(self, source: str, ids: Sequence[str]) -> Iterator[ClientCard]:
        """Yield the cards of the source's clients with these ids, those that are stored."""
        names = ("external_id", "name", "owner", "status", "custom", "key_account", "stream")
        columns = [CLIENT.c[name] for name in names]
        for some in batches(ids):
            these = and_(CLIENT.c.source == source, CLIENT.c.external_id.in_(some))
            for row in self._rows(select(*columns).where(these)):
                ref = Ref(source, row.external_id)
                known = {} if row.key_account is None else {"key_account": row.key_account}
                fields = {**known, **load_json(row.custom or "{}")}
                yield ClientCard(ref, row.name, row.owner, row.status, fields, row.stream)

    def marked_open_tasks(self) -> list[OpenTask]:
        """Return the open tasks that carry a marker of ours."""
        query = select(TASK.c.source, TASK.c.client, TASK.c.assignee, TASK.c.key).where(
            TASK.c.key.is_not(None), TASK.c.status == "open", TASK.c.deleted_at.is_(None)
        )
        return [
            OpenTask(row.source, row.client or "", row.assignee or "", row.key) for row in self._rows(query)
        ]

    def find(self, asked: str) -> list[FoundClient]:
        """Return the clients that fit by a change's key, id, `source:id`, INN or phone, else by name.

        Each comes with all its records.
        """
        found = self._by_key(asked) or self._by_record(asked) or self._clients(_named(asked))
        return [*found, *self._other_records(found)]

    def changes_about(self, ref: Ref) -> list[StoredChange]:
        """Return what we ever planned to write to the record, oldest first."""
        these = and_(CHANGE.c.source == ref.source, CHANGE.c.target == ref.external_id)
        rows = self._rows(select(CHANGE).where(these).order_by(CHANGE.c.created_at, CHANGE.c.key))
        return [stored_change(row) for row in rows]

    def change_counts(self) -> dict[str, int]:
        """Return how many changes are in each state."""
        query = (
            select(CHANGE.c.state, func.count().label("n")).group_by(CHANGE.c.state).order_by(CHANGE.c.state)
        )
        return {row.state: row.n for row in self._rows(query)}

    def _other_records(self, found: Sequence[FoundClient]) -> list[FoundClient]:
        """Return the records that are one client with those found, without these."""
        numbers, refs = sorted({one.number for one in found}), {one.ref for one in found}
        others: list[FoundClient] = []
        for some in batches(numbers):
            others += self._clients(IDENTITY.c.client.in_(some))
        return [one for one in others if one.ref not in refs]

    def _by_key(self, key: str) -> list[FoundClient]:
        for row in self._rows(
            select(CHANGE.c.source, CHANGE.c.target).where(or_(CHANGE.c.key == key, CHANGE.c.marker == key))
        ):
            return self._clients(and_(CLIENT.c.source == row.source, CLIENT.c.external_id == row.target))
        return []

    def _by_record(self, asked: str) -> list[FoundClient]:
        source, _, external_id = asked.removeprefix("client:").rpartition(":")
        record = CLIENT.c.external_id == external_id
        exact = [and_(record, CLIENT.c.source == source) if source else record]
        if number := inn(asked):
            exact.append(CLIENT.c.inn == number)
        if dialled := phone(asked):
            exact.append(CLIENT.c.phones.contains(f'"{dialled}"'))
        return self._clients(or_(*exact))

    def _clients(self, which: ColumnElement[bool]) -> list[FoundClient]:
        same = and_(
            CLIENT.c.source == CLIENT_NUMBER.c.source, CLIENT.c.external_id == CLIENT_NUMBER.c.external_id
        )
        grouped = and_(CLIENT.c.source == IDENTITY.c.source, CLIENT.c.external_id == IDENTITY.c.external_id)
        number = func.coalesce(IDENTITY.c.client, CLIENT_NUMBER.c.number).label("number")
        query = select(number, CLIENT.c.source, CLIENT.c.external_id, CLIENT.c.name)
        every = CLIENT.join(CLIENT_NUMBER, same).outerjoin(IDENTITY, grouped)
        rows = self._rows(query.select_from(every).where(which))
        return [FoundClient(row.number, row.name, Ref(row.source, row.external_id)) for row in rows]

    def _rows(self, query: Any) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(query))


def _named(asked: str) -> ColumnElement[bool]:
    return func.lower(CLIENT.c.name).contains(asked.lower(), autoescape=True)
