"""The runs of commands, and what each read of each stream."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, insert, select, update

from connector import clock
from connector.errors import ConfigError
from connector.store.columns import dump_json, load_json
from connector.store.engine import Database
from connector.store.ledgers import RUN, STREAM_RUN
from connector.store.processes import this_host
from connector.store.upsert import upsert


@dataclass(frozen=True)
class Run:
    """One command's run; `outcome` and `ended_at` are None while it goes on."""

    id: str
    command: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    numbers: Mapping[str, Any]
    note: str
    pid: int
    host: str
    heartbeat: datetime


@dataclass(frozen=True)
class StreamRun:
    """What one run did with one stream, in rows.

    `refused` counts requests that the vendor refused, `visibility` tells how much of it the account can see.
    """

    source: str
    stream: str
    status: str
    read: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    refused: int = 0
    error: str = ""
    visibility: str = "unknown"


class Runs:
    """The ledger of runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._streams = upsert(STREAM_RUN, database.dialect)

    def start(self, command: str) -> str:
        """Write down that a run begins and return its id: 32 hex digits, of which people type the first 8."""
        run, now = uuid.uuid4().hex, clock.to_micros(clock.now())
        row = {
            "id": run,
            "command": command,
            "started_at": now,
            "heartbeat": now,
            "numbers": "{}",
            "note": "",
        }
        with self._database.write() as connection:
            connection.execute(insert(RUN).values(**row, pid=os.getpid(), host=this_host()))
        return run

    def end(self, run: str, outcome: str, numbers: Mapping[str, Any], note: str = "") -> None:
        """Write down how the run ended, with its numbers."""
        now = clock.to_micros(clock.now())
        values = {"outcome": outcome, "numbers": dump_json(dict(numbers)), "note": note}
        with self._database.write() as connection:
            connection.execute(
                update(RUN).where(RUN.c.id == run).values(ended_at=now, heartbeat=now, **values)
            )

    def save_stream(self, run: str, stream: StreamRun) -> None:
        """Write down what the run did with a stream; a second call replaces the first."""
        with self._database.write() as connection:
            self._streams.execute(connection, [(run, *asdict(stream).values())])

    def streams(self, run: str) -> list[StreamRun]:
        """Return what the run did, by source and stream."""
        query = select(*(c for c in STREAM_RUN.c if c.name != "run")).where(STREAM_RUN.c.run == run)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(STREAM_RUN.c.source, STREAM_RUN.c.stream)).all()
        return [StreamRun(*row) for row in rows]

    def last_reads(self) -> dict[tuple[str, str], StreamRun]:
        """Return what the last run that read it did with each stream, by (source, stream)."""
        columns = [c for c in STREAM_RUN.c if c.name != "run"]
        newest = func.row_number().over(
            partition_by=(STREAM_RUN.c.source, STREAM_RUN.c.stream),
            order_by=(RUN.c.started_at.desc(), RUN.c.id),
        )
        ranked = select(*columns, newest.label("place")).join(RUN, RUN.c.id == STREAM_RUN.c.run).subquery()
        query = select(*(ranked.c[column.name] for column in columns)).where(ranked.c.place == 1)
        with self._database.read() as connection:
            found = [StreamRun(*row) for row in connection.execute(query)]
        return {(one.source, one.stream): one for one in found}

    def first_pulls(self) -> dict[str, datetime]:
        """Return when the first run ended that read every stream of a source that it read without failure.

        By source; one that was never read to its end is left out.
        """
        failed = func.sum(case((STREAM_RUN.c.status == "ok", 0), else_=1))
        runs = (
            select(STREAM_RUN.c.source, RUN.c.ended_at)
            .join(RUN, RUN.c.id == STREAM_RUN.c.run)
            .where(RUN.c.ended_at.is_not(None))
            .group_by(STREAM_RUN.c.source, RUN.c.id, RUN.c.ended_at)
            .having(failed == 0)
            .subquery()
        )
        query = select(runs.c.source, func.min(runs.c.ended_at)).group_by(runs.c.source)
        with self._database.read() as connection:
            return {source: clock.from_micros(at) for source, at in connection.execute(query)}

    def latest(self, limit: int = 20) -> list[Run]:
        """Return the last runs, newest first."""
        query = select(RUN).order_by(RUN.c.started_at.desc(), RUN.c.id).limit(limit)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(query)]

    def find(self, beginning: str) -> Run:
        """Return the run whose id begins so; ConfigError if there is none or more than one."""
        query = select(RUN).where(RUN.c.id.startswith(beginning, autoescape=True)).limit(2)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        if len(rows) != 1:
            found = "several runs begin" if rows else "no run begins"
            raise ConfigError(f"{found} with {beginning!r}", hint="list them with `connector runs`")
        return _run(rows[0])


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        command=row.command,
        started_at=clock.from_micros(row.started_at),
        ended_at=None if row.ended_at is None else clock.from_micros(row.ended_at),
        outcome=row.outcome,
        numbers=load_json(row.numbers),
        note=row.note,
        pid=row.pid,
        host=row.host,
        heartbeat=clock.from_micros(row.heartbeat),
    )
