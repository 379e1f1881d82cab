"""Decides which records of a page have to be written, given what the store knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, null, select

from connector.errors import RecordError
from connector.model import Client, Entity
from connector.store.batches import batches
from connector.store.ownership import Handover
from connector.store.quarantine import Rejected
from connector.store.rows import Row, encode
from connector.store.tables import ENTITY_TABLES


class Batch(NamedTuple):
    """A page's records as rows, by kind, and those that cannot be kept."""

    rows: Mapping[type[Entity], Sequence[Row]]
    rejected: Sequence[Rejected]

    def ids(self) -> Iterator[str]:
        """Yield the ids of all rows."""
        return (row.external_id for rows in self.rows.values() for row in rows)


class Known(NamedTuple):
    """What the store has of a record, as far as it decides on a write."""

    hash: str
    updated_at: int | None
    deleted: bool
    owner: str | None


class Choice(NamedTuple):
    """The rows to write, by id; ids that are only to be live again; and how many are new and changed."""

    writes: Mapping[str, Row]
    revived: Sequence[str]
    new: int
    changed: int


def batch(entities: Sequence[Entity]) -> Batch:
    """Turn records into rows; one that cannot be kept is rejected by itself."""
    rows: dict[type[Entity], list[Row]] = {}
    rejected = []
    for entity in entities:
        try:
            rows.setdefault(type(entity), []).append(encode(entity))
        except RecordError as error:
            rejected.append(Rejected(entity.ref.external_id, error.message, entity.raw, error.field))
    return Batch(rows, rejected)


def look_up(
    connection: Connection, entity: type[Entity], source: str, rows: Sequence[Row]
) -> dict[str, Known]:
    """Return what the store has of the rows, by id; without those that it has not."""
    table = ENTITY_TABLES[entity]
    owner = table.c.owner if entity is Client else null()
    columns = (table.c.external_id, table.c.row_hash, table.c.updated_at, table.c.deleted_at, owner)
    known: dict[str, Known] = {}
    for some in batches(rows):
        ids = [row.external_id for row in some]
        query = select(*columns).where(table.c.source == source, table.c.external_id.in_(ids))
        for name, digest, updated_at, deleted_at, owned_by in connection.execute(query):
            known[name] = Known(digest, updated_at, deleted_at is not None, owned_by)
    return known


def choose(rows: Sequence[Row], known: Mapping[str, Known]) -> Choice:
    """Leave out what is equal to, or older than, what is stored or stands earlier in the page."""
    writes: dict[str, Row] = {}
    revived: dict[str, None] = {}
    new = changed = 0
    for row in rows:
        name = row.external_id
        old = writes.get(name) or known.get(name)
        deleted = isinstance(old, Known) and old.deleted
        if old is None:
            new += 1
            writes[name] = row
        elif _is_older(row, old):
            revived.update({name: None} if deleted else {})
        elif deleted or row.hash != old.hash:
            changed += 1
            writes[name] = row
    back = [name for name in revived if name not in writes]
    return Choice(writes, back, new, changed + len(back))


def handovers(writes: Mapping[str, Row], known: Mapping[str, Known]) -> list[Handover]:
    """Return which of the written clients are new or have another owner than before."""
    return [
        Handover(name, row.owner, row.created_at, first=name not in known)
        for name, row in writes.items()
        if name not in known or known[name].owner != row.owner
    ]


def _is_older(row: Row, old: Row | Known) -> bool:
    return row.updated_at is not None and old.updated_at is not None and row.updated_at < old.updated_at
