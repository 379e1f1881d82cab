"""The decisions of the rules, kept when the answer changes, so that each can be explained later."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, func, select

from connector import clock
from connector.store.engine import Database
from connector.store.ledgers import DECISION
from connector.store.upsert import upsert

PART = 50_000
"""Decisions in memory at once while they are saved."""


@dataclass(frozen=True)
class Decision:
    """One decision to keep.

    `document` is its line in the decisions format, `answer` the part of it whose change makes it a new
    answer: numbers that grow each day do not.
    """

    policy: str
    rule: str
    subject: str
    employee: str | None
    period: str
    document: str
    answer: str


@dataclass(frozen=True)
class StoredDecision:
    """A decision as it was kept: from `as_of` on this was the answer."""

    policy: str
    rule: str
    subject: str
    employee: str | None
    period: str
    as_of: datetime
    document: str


class Decisions:
    """The ledger of decisions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._upsert = upsert(DECISION, database.dialect)

    def save(self, decisions: Iterable[Decision], as_of: datetime) -> int:
        """Keep those whose answer differs from the last one up to `as_of`; return how many that were.

        The last answer is that of the same policy, subject, employee and period. A repetition for the same
        `as_of` replaces what was kept for it. All are kept or none; few of them are in memory at once.
        """
        moment, saved, waiting = clock.to_micros(as_of), 0, iter(decisions)
        known: set[tuple[str, str]] = set()
        last: dict[tuple[str, str, str, str], str] = {}
        with self._database.write() as connection:
            while part := list(islice(waiting, PART)):
                for policy, period in sorted({(one.policy, one.period) for one in part} - known):
                    last.update(_last_answers(connection, policy, period, moment))
                    known.add((policy, period))
                rows = [_values(one, moment) for one in part if last.get(_name(one)) != _hash(one)]
                self._upsert.execute(connection, rows)
                saved += len(rows)
        return saved

    def of_subject(self, subject: str, policy: str | None = None) -> list[StoredDecision]:
        """Return what was decided about a subject (`client:C2`), oldest first."""
        query = select(DECISION).where(DECISION.c.subject == subject)
        if policy is not None:
            query = query.where(DECISION.c.policy == policy)
        order = (DECISION.c.as_of, DECISION.c.policy, DECISION.c.period, DECISION.c.employee)
        with self._database.read() as connection:
            return [_decision(row) for row in connection.execute(query.order_by(*order))]

    def last(self, until: datetime, periods: Collection[str]) -> list[StoredDecision]:
        """Return the answer that stood last up to `until` for each policy, subject, employee and period.

        Of the periods named.
        """
        names = ("policy", "subject", "employee", "period")
        place = func.row_number().over(
            partition_by=[DECISION.c[name] for name in names], order_by=DECISION.c.as_of.desc()
        )
        past = (DECISION.c.as_of <= clock.to_micros(until)) & DECISION.c.period.in_(sorted(periods))
        ranked = select(DECISION, place.label("place")).where(past).subquery()
        with self._database.read() as connection:
            return [_decision(row) for row in connection.execute(select(ranked).where(ranked.c.place == 1))]


def _last_answers(
    connection: Connection, policy: str, period: str, until: int
) -> dict[tuple[str, str, str, str], str]:
    same = (DECISION.c.policy == policy) & (DECISION.c.period == period) & (DECISION.c.as_of <= until)
    query = select(DECISION.c.subject, DECISION.c.employee, DECISION.c.answer_hash).where(same)
    rows = connection.execute(query.order_by(DECISION.c.as_of))
    return {(policy, row.subject, row.employee, period): row.answer_hash for row in rows}


def _name(one: Decision) -> tuple[str, str, str, str]:
    return one.policy, one.subject, one.employee or "", one.period


def _hash(one: Decision) -> str:
    return hashlib.blake2b(one.answer.encode(), digest_size=8).hexdigest()


def _values(one: Decision, as_of: int) -> tuple[Any, ...]:
    now = clock.to_micros(clock.now())
    return (*_name(one), as_of, one.rule, one.document, _hash(one), now)


def _decision(row: Row[Any]) -> StoredDecision:
    moment = clock.from_micros(row.as_of)
    return StoredDecision(
        row.policy, row.rule, row.subject, row.employee or None, row.period, moment, row.document
    )
