"""Keeps what stops the sending: a pause that a person ordered, a doubt about the store itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from connector import clock
from connector.errors import ConnectorError, ExitCode
from connector.store.engine import Database
from connector.store.ledgers import HALT

Kind = Literal["pause", "doubt"]
US = "connector"
"""Stands for a person where the program itself ordered or ended something."""


class PausedError(ConnectorError):
    """A person paused the sending: nothing of this step left; what waits goes out after `resume`."""

    exit_code = ExitCode.PARTIAL


@dataclass(frozen=True)
class Halt:
    """One halt: who ordered it, why, since when, until when (None: until it is ended)."""

    kind: Kind
    reason: str
    by: str
    since: datetime
    until: datetime | None

    def __str__(self) -> str:
        until = f" until {_minute(self.until)}" if self.until else ""
        reason = f": {self.reason}" if self.reason else ""
        return f"{_WORDS[self.kind]} since {_minute(self.since)} by {self.by}{until}{reason}"


_WORDS = {"pause": "paused", "doubt": "in doubt"}


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


class Halts:
    """The ledger of halts; every change of it is one commit, without the lock: it must work beside a run.

    A `pause` stops every write. A `doubt` stops only what a look-up in the CRM cannot decide.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, kind: Kind, reason: str, by: str = US, until: datetime | None = None) -> None:
        """Write down a halt; one of the same kind that stands is ended by it."""
        values = {"kind": kind, "reason": reason, "by": by, "since": clock.to_micros(clock.now())}
        end = None if until is None else clock.to_micros(until)
        with self._database.write() as connection:
            _end(connection, kind, by)
            connection.execute(insert(HALT).values(**values, until=end))

    def end(self, kind: Kind, by: str = US) -> bool:
        """End what stands of the kind; tell whether anything did."""
        with self._database.write() as connection:
            return _end(connection, kind, by)

    def standing(self, kind: Kind) -> Halt | None:
        """Return the halt of the kind that stands now; one whose `until` has passed does not."""
        query = select(HALT).where(HALT.c.kind == kind, HALT.c.ended_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query.order_by(HALT.c.id.desc()).limit(1)).one_or_none()
        halt = None if row is None else _halt(row)
        return None if halt is None or (halt.until and halt.until <= clock.now()) else halt

    def last_ended(self, kind: Kind) -> datetime | None:
        """Return when a halt of the kind was last ended, None if never."""
        query = select(HALT.c.ended_at).where(HALT.c.kind == kind, HALT.c.ended_at.is_not(None))
        with self._database.read() as connection:
            found = connection.execute(query.order_by(HALT.c.ended_at.desc()).limit(1)).scalar()
        return None if found is None else clock.from_micros(found)

    def check(self) -> None:
        """Raise PausedError while a pause stands; to be asked before every request that writes."""
        halt = self.standing("pause")
        if halt is not None:
            raise PausedError(f"sending is {halt}", hint="`connector resume` lets it go on")


def _end(connection: Connection, kind: Kind, by: str) -> bool:
    now = clock.to_micros(clock.now())
    open_ones = update(HALT).where(HALT.c.kind == kind, HALT.c.ended_at.is_(None))
    return connection.execute(open_ones.values(ended_at=now, ended_by=by)).rowcount > 0


def _halt(row: Row[Any]) -> Halt:
    until = None if row.until is None else clock.from_micros(row.until)
    return Halt(row.kind, row.reason, row.by, clock.from_micros(row.since), until)
