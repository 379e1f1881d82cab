"""Keeps the history of owners where a CRM keeps none: what each pull saw, day by day of the company's zone.

A row's `known` says how its days are known: `vendor` (the CRM's own history), `snapshot` (a pull saw it) or
`assumed` (the owner at first sight, taken back to the day the client was created).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, update

from connector import clock
from connector.model import Ownership
from connector.store.engine import Database
from connector.store.tables import ENTITY_TABLES
from connector.store.upsert import upsert

_TABLE = ENTITY_TABLES[Ownership]
_FILLED = ("source", "external_id", "client", "employee", "valid_from", "valid_to", "known", "seen_at")
_CONSTANT = {"stream": "", "row_hash": "", "flags": "[]", "raw": "{}"}
_ALL = (*_FILLED, *_CONSTANT)
_IN_ORDER = itemgetter(*(_ALL.index(c.name) if c.name in _ALL else len(_ALL) for c in _TABLE.columns))
"""Takes the values of `_ALL` and a None into the order of the columns."""
_DAY = timedelta(days=1)


class Handover(NamedTuple):
    """A client's owner as a pull found it: `first` at the first sight of the client, then when it changed."""

    client: str
    owner: str | None
    created_at: datetime | None
    first: bool


class OwnershipHistory:
    """Writes the rows that no vendor gives."""

    def __init__(self, database: Database) -> None:
        self._upsert = upsert(_TABLE, database.dialect)

    def record(
        self, connection: Connection, source: str, handovers: Iterable[Handover], at: datetime, zone: ZoneInfo
    ) -> None:
        """Close what is open and begin the new owners' rows on the day of `at` in the zone.

        A second change on one day replaces the first: a day has one owner. No owner: days without a row.
        """
        today = clock.local_day(at, zone)
        every = list(handovers)
        _close(connection, source, [handover.client for handover in every if not handover.first], today)
        spans = [span for handover in every for span in _spans(handover, today, zone)]
        self._upsert.execute(connection, [_row(source, span, clock.to_micros(at)) for span in spans])


class _Span(NamedTuple):
    client: str
    owner: str
    first_day: date | None
    last_day: date | None
    known: str


def _spans(handover: Handover, today: date, zone: ZoneInfo) -> list[_Span]:
    if handover.owner is None:
        return []
    seen = _Span(handover.client, handover.owner, today, None, "snapshot")
    created = None if handover.created_at is None else clock.local_day(handover.created_at, zone)
    if not handover.first or (created is not None and created >= today):
        return [seen]
    return [_Span(handover.client, handover.owner, created, today - _DAY, "assumed"), seen]


def _close(connection: Connection, source: str, clients: list[str], today: date) -> None:
    if not clients:
        return
    ours = (_TABLE.c.source == source) & (_TABLE.c.client == bindparam("of")) & (_TABLE.c.known == "snapshot")
    still = ours & _TABLE.c.valid_to.is_(None)
    named = [{"of": client} for client in clients]
    begun_today = still & (_TABLE.c.valid_from == today.isoformat())
    connection.execute(_TABLE.delete().where(begun_today), named)
    connection.execute(update(_TABLE).where(still).values(valid_to=(today - _DAY).isoformat()), named)


def _row(source: str, span: _Span, at: int) -> tuple[object, ...]:
    first = None if span.first_day is None else span.first_day.isoformat()
    last = None if span.last_day is None else span.last_day.isoformat()
    named = f"{span.known}:{span.client}:{first or ''}"
    filled = (source, named, span.client, span.owner, first, last, span.known, at)
    row: tuple[object, ...] = _IN_ORDER((*filled, *_CONSTANT.values(), None))
    return row
