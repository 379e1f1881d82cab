"""The plans that were made, and what a person approved of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from connector import clock
from connector.errors import ConfigError
from connector.store.engine import Database
from connector.store.ledgers import APPROVAL, PLAN
from connector.store.upsert import upsert


@dataclass(frozen=True)
class StoredPlan:
    """A plan as it was made: `document` is its file, byte for byte."""

    fingerprint: str
    as_of: datetime
    created_at: datetime
    document: str


@dataclass(frozen=True)
class Approval:
    """Who approved a change of a plan, and when."""

    by: str
    at: datetime


class Plans:
    """The ledger of plans and approvals."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._plans = upsert(PLAN, database.dialect, keep=None)
        self._approvals = upsert(APPROVAL, database.dialect, keep=None)

    def save(self, fingerprint: str, as_of: datetime, document: str) -> None:
        """Keep a plan; the same plan made again stays as it was kept first."""
        row = (fingerprint, clock.to_micros(as_of), clock.to_micros(clock.now()), document)
        with self._database.write() as connection:
            self._plans.execute(connection, [row])

    def find(self, beginning: str) -> StoredPlan:
        """Return the plan whose fingerprint begins so; ConfigError if there is none or more than one."""
        query = select(PLAN).where(PLAN.c.fingerprint.startswith(beginning, autoescape=True)).limit(2)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        if len(rows) != 1:
            found = "several plans begin" if rows else "no plan begins"
            raise ConfigError(f"{found} with {beginning!r}", hint="make one with `connector plan`")
        return _plan(rows[0])

    def latest(self) -> StoredPlan | None:
        """Return the plan that was made last."""
        query = select(PLAN).order_by(PLAN.c.created_at.desc(), PLAN.c.fingerprint).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _plan(row)

    def approve(self, fingerprint: str, keys: Iterable[str], by: str) -> None:
        """Write down that a person approved these changes of the plan; the first approval of each stands."""
        now = clock.to_micros(clock.now())
        with self._database.write() as connection:
            self._approvals.execute(connection, [(fingerprint, key, by, now) for key in keys])

    def approvals(self, fingerprint: str) -> dict[str, Approval]:
        """Return the plan's approvals by the key of the change."""
        query = select(APPROVAL).where(APPROVAL.c.plan == fingerprint)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {row.key: Approval(row.by, clock.from_micros(row.at)) for row in rows}


def _plan(row: Row[Any]) -> StoredPlan:
    moments = (clock.from_micros(row.as_of), clock.from_micros(row.created_at))
    return StoredPlan(row.fingerprint, *moments, row.document)
