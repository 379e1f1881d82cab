"""Keeps which records are one client, why, and what people said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, func, insert, or_, select, update

from connector import clock
from connector.model import Client, Deal, Entity, Ref, Sale
from connector.store.batches import batches
from connector.store.columns import dump_json, load_json
from connector.store.engine import Database
from connector.store.ledgers import IDENTITY, IDENTITY_STATE, LINK, LINK_VERDICT
from connector.store.lock import Lock
from connector.store.tables import ENTITY_TABLES
from connector.store.upsert import upsert

_ONLY = 1
YEAR = 365
"""Days of turnover by which the share of what is linked is measured."""
CLIENT, DEAL, SALE = ENTITY_TABLES[Client], ENTITY_TABLES[Deal], ENTITY_TABLES[Sale]


class Said(NamedTuple):
    """What somebody said of two records: `same` or `different`."""

    one: Ref
    other: Ref
    said: str
    by: str
    at: datetime


class Link(NamedTuple):
    """Why two records are one client."""

    one: Ref
    other: Ref
    way: str
    value: str


class Made(NamedTuple):
    """How the kept grouping was made: whether clients changed since, after what files, with what numbers."""

    stale: bool
    fingerprint: str
    numbers: Mapping[str, Any]
    at: datetime | None


class Identities:
    """The grouping of records into clients, made anew by each pull, and people's word, which stays."""

    def __init__(self, database: Database, lock: Lock) -> None:
        self._database = database
        self._lock = lock
        self._identities = upsert(IDENTITY, database.dialect)
        self._links = upsert(LINK, database.dialect, keep=None)

    def made(self) -> Made:
        """Return how the kept grouping was made; one that never was is stale."""
        rows = self._rows(select(IDENTITY_STATE))
        if not rows:
            return Made(stale=True, fingerprint="", numbers={}, at=None)
        (row,) = rows
        return Made(bool(row.stale), row.fingerprint, load_json(row.numbers), clock.from_micros(row.made_at))

    def save(
        self,
        records: Iterable[tuple[str, str, int, str | None]],
        links: Iterable[tuple[str, ...]],
        *,
        fingerprint: str,
        numbers: Mapping[str, Any],
    ) -> None:
        """Replace the grouping, all of it or nothing; LockedError without the lock.

        `records` are source, id, client and doubt; `links` the columns of the table in order.
        """
        state = {"id": _ONLY, "stale": 0, "fingerprint": fingerprint, "numbers": dump_json(dict(numbers))}
        with self._lock.write() as connection:
            connection.execute(delete(IDENTITY))
            connection.execute(delete(LINK))
            connection.execute(delete(IDENTITY_STATE))
            self._identities.execute(connection, list(records))
            self._links.execute(connection, list(links))
            now = clock.to_micros(clock.now())
            connection.execute(insert(IDENTITY_STATE).values(**state, made_at=now))

    def said(self) -> list[Said]:
        """Return what people said, in order of the records."""
        rows = self._rows(select(LINK_VERDICT).order_by(*LINK_VERDICT.primary_key.columns))
        return [Said(*_refs(row), row.said, row.by, clock.from_micros(row.at)) for row in rows]

    def say(self, pairs: Sequence[tuple[Ref, Ref]], said: str, by: str) -> None:
        """Keep what was said of the pairs, in place of what was said before."""
        now = clock.to_micros(clock.now())
        with self._lock.write() as connection:
            for pair in pairs:
                _forget(connection, pair)
                values = dict(zip(LINK_VERDICT.primary_key.columns.keys(), _ordered(pair), strict=True))
                connection.execute(insert(LINK_VERDICT).values(**values, said=said, by=by, at=now))

    def forget(self, pairs: Sequence[tuple[Ref, Ref]]) -> None:
        """Forget what was said of the pairs."""
        with self._lock.write() as connection:
            for pair in pairs:
                _forget(connection, pair)

    def several_sources(self) -> bool:
        """Tell whether clients came from more than one source."""
        ends = self._rows(
            select(func.min(CLIENT.c.source).label("first"), func.max(CLIENT.c.source).label("last"))
        )
        return any(row.first != row.last for row in ends)

    def turnover(self) -> list[tuple[str, str, int]]:
        """Return what each client record bought in the last twelve months: source, id, minor units.

        Won deals stand in where no source has sales (clarification 19). Currencies are not told apart: it is
        a measure of how much is linked, and no base of a decision.
        """
        since = clock.now() - timedelta(days=YEAR)
        sold = SALE.c.deleted_at.is_(None) & (SALE.c.date >= since.date().isoformat())
        rows = self._rows(_sums(SALE, sold))
        if not rows:
            won = DEAL.c.deleted_at.is_(None) & (DEAL.c.stage_kind == "won") & DEAL.c.client.is_not(None)
            rows = self._rows(_sums(DEAL, won & (DEAL.c.closed_at >= clock.to_micros(since))))
        return [(row.source, row.client, int(row.amount or 0)) for row in rows]

    def owned(self) -> dict[tuple[str, str], int]:
        """Return how many clients each account of an employee owns, by source and id."""
        count = func.count().label("clients")
        which = CLIENT.c.owner.is_not(None) & CLIENT.c.deleted_at.is_(None)
        query = select(CLIENT.c.source, CLIENT.c.owner, count).where(which)
        rows = self._rows(query.group_by(CLIENT.c.source, CLIENT.c.owner))
        return {(row.source, row.owner): row.clients for row in rows}

    def doubtful(self, refs: Sequence[Ref]) -> dict[Ref, str]:
        """Return the doubt about each of the records, for those that have one."""
        found: dict[Ref, str] = {}
        for ref in refs:
            here = and_(IDENTITY.c.source == ref.source, IDENTITY.c.external_id == ref.external_id)
            rows = self._rows(select(IDENTITY.c.doubt).where(here & IDENTITY.c.doubt.is_not(None)))
            found.update((ref, row.doubt) for row in rows)
        return found

    def client_of(self, ref: Ref) -> int | None:
        """Return the number of the client that the record is part of, None for one that stands alone."""
        here = and_(IDENTITY.c.source == ref.source, IDENTITY.c.external_id == ref.external_id)
        rows = self._rows(select(IDENTITY.c.client).where(here))
        return rows[0].client if rows else None

    def members(self, client: int) -> list[Ref]:
        """Return the records that were grouped into the client, in order."""
        rows = self._rows(
            select(IDENTITY.c.source, IDENTITY.c.external_id).where(IDENTITY.c.client == client)
        )
        return sorted(Ref(row.source, row.external_id) for row in rows)

    def links_of(self, refs: Sequence[Ref]) -> list[Link]:
        """Return why these records are one client with others."""
        found: set[Link] = set()
        for some in batches(refs, 100):
            named = [_ends(LINK, ref) for ref in some]
            found |= {
                Link(*_refs(row), row.way, row.value) for row in self._rows(select(LINK).where(or_(*named)))
            }
        return sorted(found)

    def _rows(self, query: Any) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(query))


def _sums(table: Table, which: ColumnElement[bool]) -> Any:
    amount = func.sum(table.c.amount).label("amount")
    return (
        select(table.c.source, table.c.client, amount).where(which).group_by(table.c.source, table.c.client)
    )


def mark_stale(connection: Connection, entity: type[Entity]) -> None:
    """Note, with the writing of records, that the grouping has to be made anew."""
    if entity is Client:
        connection.execute(update(IDENTITY_STATE).where(IDENTITY_STATE.c.stale == 0).values(stale=1))


def _ordered(pair: tuple[Ref, Ref]) -> tuple[str, str, str, str]:
    one, other = sorted(pair)
    return (*one, *other)


def _forget(connection: Connection, pair: tuple[Ref, Ref]) -> None:
    columns = zip(LINK_VERDICT.primary_key.columns, _ordered(pair), strict=True)
    connection.execute(delete(LINK_VERDICT).where(and_(*(column == value for column, value in columns))))


def _refs(row: Row[Any]) -> tuple[Ref, Ref]:
    return Ref(row.source, row.external_id), Ref(row.other_source, row.other_id)


def _ends(table: Any, ref: Ref) -> Any:
    first = and_(table.c.source == ref.source, table.c.external_id == ref.external_id)
    return or_(first, and_(table.c.other_source == ref.source, table.c.other_id == ref.external_id))
