"""Finds what hangs on a client: open deals, people, open tasks, planned calls and meetings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, null, select

from connector.changes import RecordKind
from connector.model import Contact, Deal, Event, Task
from connector.store.batches import batches
from connector.store.engine import Database
from connector.store.tables import ENTITY_TABLES


class Belonging(NamedTuple):
    """A record of a client, and whose it is; of people no owner is known."""

    kind: RecordKind
    id: str
    owner: str | None


def belongings(
    database: Database, source: str, clients: Sequence[str]
) -> Iterator[tuple[str, list[Belonging]]]:
    """Yield each client of the source that has any with its belongings, sorted by kind and id."""
    found: dict[str, list[Belonging]] = {}
    with database.read() as connection:
        for some in batches(clients):
            for kind, query in _queries(source, some):
                for row in connection.execute(query):
                    found.setdefault(row.client, []).append(Belonging(kind, row.external_id, row.owner))
    for client, each in sorted(found.items()):
        yield client, sorted(each, key=lambda one: (one.kind, len(one.id), one.id))


def _queries(source: str, clients: Sequence[str]) -> Iterator[tuple[RecordKind, Any]]:
    deal, person = ENTITY_TABLES[Deal], ENTITY_TABLES[Contact]
    task, event = ENTITY_TABLES[Task], ENTITY_TABLES[Event]

    def living(table: Table, owner: ColumnElement[Any], *which: ColumnElement[bool]) -> Any:
        here = (table.c.source == source, table.c.client.in_(clients), table.c.deleted_at.is_(None))
        return select(table.c.client, table.c.external_id, owner.label("owner")).where(*here, *which)

    planned = (event.c.status == "planned", event.c.kind.in_(("call", "meeting")))
    yield "deal", living(deal, deal.c.owner, deal.c.stage_kind == "open")
    yield "task", living(task, task.c.assignee, task.c.status == "open")
    yield "contact", living(event, event.c.employee, *planned)
    yield "person", living(person, null())
