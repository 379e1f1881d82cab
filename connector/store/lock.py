"""One run at a time works on a store: the lock, its heartbeat, and the fence that stops who lost it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from connector import clock
from connector.errors import LockedError, StoreError
from connector.store.engine import Database
from connector.store.ledgers import LOCK, RUN
from connector.store.processes import pid_space, process_exists, this_host

BEAT_SECONDS = 10.0
STALE_SECONDS = 60.0
_FREE = {"run": None, "command": None, "pid": None, "pid_space": None, "host": None, "since": None}


@dataclass(frozen=True)
class Holder:
    """Who works on the store; `token` grows with every holder."""

    token: int
    run: str | None
    command: str
    pid: int
    host: str
    since: datetime
    heartbeat: datetime


class Lock:
    """The store's only lock. Commands that pull or write to CRMs work inside `acquire`."""

    def __init__(
        self, database: Database, *, beat_seconds: float = BEAT_SECONDS, stale_seconds: float = STALE_SECONDS
    ) -> None:
        self._database = database
        self._beat_seconds = beat_seconds
        self._stale_seconds = stale_seconds
        self._token: int | None = None
        self.run: str | None = None

    @contextmanager
    def acquire(self, command: str, run: str | None = None) -> Iterator[int]:
        """Hold the lock for the block and give its fencing token; LockedError if another run holds it.

        A holder that gave no sign of life for 60 s, or whose process on this machine is gone, is put aside.
        """
        token = self._take(command, run)
        self._token, self.run = token, run
        stop = threading.Event()
        heart = threading.Thread(
            target=self._beat, args=(stop, token, run), name="lock-heartbeat", daemon=True
        )
        heart.start()
        try:
            yield token
        finally:
            stop.set()
            heart.join()
            self._token = self.run = None
            self._release(token)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction of the holder; LockedError if we do not hold the lock (any more)."""
        with self._database.write() as connection:
            self._fence(connection)
            yield connection

    @contextmanager
    def write_freely(self) -> Iterator[Connection]:
        """One writing transaction, fenced only while we hold the lock: for approvals beside a run."""
        with self._database.write() as connection:
            if self._token is not None:
                self._fence(connection)
            yield connection

    def confirm(self) -> None:
        """Raise LockedError unless we still hold the lock: the last look before a request that writes.

        A process that was frozen after its claim, and put aside meanwhile, wakes up right here.
        """
        with self._database.read() as connection:
            self._fence(connection)

    def holder(self) -> Holder | None:
        """Return who holds the lock, None if nobody does or its holder is gone."""
        with self._database.read() as connection:
            row = _read(connection)
        return None if row.pid is None or self._is_stale(row) else _holder(row)

    def _take(self, command: str, run: str | None) -> int:
        with self._database.write() as connection:
            row = _read(connection)
            if row.pid is not None:
                self._put_aside(connection, row)
            token = int(row.token) + 1
            connection.execute(update(LOCK).values(token=token, **_signature(command, run)))
        return token

    def _put_aside(self, connection: Connection, row: Row[Any]) -> None:
        if not self._is_stale(row):
            raise self._held_by(_holder(row))
        crashed = update(RUN).where(RUN.c.id == row.run, RUN.c.ended_at.is_(None))
        connection.execute(crashed.values(ended_at=RUN.c.heartbeat, outcome="crashed"))

    def _is_stale(self, row: Row[Any]) -> bool:
        # Either way off: after the clock was set back a live holder's next beat mends it
        silence = abs(clock.now() - clock.from_micros(row.heartbeat))
        if silence > timedelta(seconds=self._stale_seconds):
            return True
        here = (row.host, row.pid_space) == (this_host(), pid_space())
        return here and not process_exists(row.pid)

    def _held_by(self, holder: Holder) -> LockedError:
        since = holder.since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        silence = f"{self._stale_seconds:.0f} s of silence"
        return LockedError(
            f"`{holder.command}` works on this store since {since} (pid {holder.pid} on {holder.host})",
            hint=f"wait for it, or stop that process; after {silence} its lock falls",
            where=self._database.where,
        )

    def _fence(self, connection: Connection) -> None:
        if self._token is None:
            raise LockedError(
                "the lock of the store is not held", hint="report this as a bug", where=self._database.where
            )
        row = _read(connection)
        if row.token != self._token:
            raise LockedError(
                "another run took the store over after this one gave no sign of life",
                hint="nothing of this step was written; run the command again",
                where=self._database.where,
            )

    def _beat(self, stop: threading.Event, token: int, run: str | None) -> None:
        while not stop.wait(self._beat_seconds):
            # A beat that does not come through is no harm: the next one may, and the fence stands in any case
            with suppress(StoreError), self._database.write() as connection:
                now = clock.to_micros(clock.now())
                connection.execute(update(LOCK).where(LOCK.c.token == token).values(heartbeat=now))
                connection.execute(update(RUN).where(RUN.c.id == run).values(heartbeat=now))

    def _release(self, token: int) -> None:
        # If it fails the process is about to end, and with it the lock
        with suppress(StoreError), self._database.write() as connection:
            connection.execute(update(LOCK).where(LOCK.c.token == token).values(heartbeat=None, **_FREE))


def _read(connection: Connection) -> Row[Any]:
    return connection.execute(select(LOCK)).one()


def _holder(row: Row[Any]) -> Holder:
    since, heartbeat = clock.from_micros(row.since), clock.from_micros(row.heartbeat)
    return Holder(row.token, row.run, row.command, row.pid, row.host, since, heartbeat)


def _signature(command: str, run: str | None) -> dict[str, Any]:
    now = clock.to_micros(clock.now())
    return {
        "run": run,
        "command": command,
        "pid": os.getpid(),
        "pid_space": pid_space(),
        "host": this_host(),
        "since": now,
        "heartbeat": now,
    }
