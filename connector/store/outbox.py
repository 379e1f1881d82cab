"""What is to be written to CRMs: one row a change for ever, moved by the steps of `states`, all logged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from connector import clock
from connector.changes import MARKER_PREFIX, AnyChange
from connector.errors import StoreError
from connector.store.batches import batches
from connector.store.change_list import Wanted, list_changes
from connector.store.change_rows import (
    StoredChange,
    insert_changes,
    is_renewed,
    move_to_plan,
    read_changes,
    renew_changes,
    set_state,
    stored_change,
)
from connector.store.engine import Database
from connector.store.ledgers import CHANGE, CHANGE_LOG
from connector.store.lock import Lock
from connector.store.states import ADOPTABLE, MOVES, RENEWABLE, IllegalMoveError, State


@dataclass(frozen=True)
class Step:
    """One line of a change's log."""

    at: datetime
    state: State
    note: str


@dataclass(frozen=True)
class Added:
    """What became of a plan's changes, by key.

    `new` were never seen before, `renewed` are planned again with new content, `waiting` wait as they did,
    and `settled` went further than a plan may touch.
    """

    new: tuple[str, ...]
    renewed: tuple[str, ...]
    waiting: tuple[str, ...]
    settled: Mapping[str, State]


class Outbox:
    """The ledger of changes. Every call is one commit: a step is kept before the next leaves the process."""

    def __init__(self, database: Database, lock: Lock) -> None:
        self._database = database
        self._lock = lock

    def add(self, changes: Sequence[AnyChange], plan: str) -> Added:
        """Take a plan's changes in, in state `planned`.

        A change that waits keeps its state if its content is the same, else it is planned anew and needs its
        approval again. One that was refused, overtaken or not needed is planned anew in any case. One that
        was sent, or that people settled, is not touched.
        """
        with self._lock.write_freely() as connection:
            stored = read_changes(connection, [change.key for change in changes])
            new = [change for change in changes if change.key not in stored]
            settled = {key: row.state for key, row in stored.items() if row.state not in RENEWABLE}
            open_ones = [c for c in changes if c.key in stored and c.key not in settled]
            renewed = [c for c in open_ones if is_renewed(stored[c.key], c)]
            waiting = [c for c in open_ones if not is_renewed(stored[c.key], c)]
            insert_changes(connection, new, plan)
            renew_changes(connection, renewed, plan)
            move_to_plan(connection, waiting, plan)
        return Added(_keys(new), _keys(renewed), _keys(waiting), settled)

    def claim(self, key: str) -> int:
        """Move an approved change, or one of unknown fate, to `sending`; return the attempts so far.

        Committed before the request leaves: after a crash `sending` means unknown fate. Raises LockedError
        without the lock, IllegalMoveError for a dry run's change or one in another state.
        """
        return self.claim_all([key])[key]

    def claim_all(self, keys: Sequence[str]) -> dict[str, int]:
        """Claim the changes of one request together, all or none; return the attempts of each."""
        with self._lock.write() as connection:
            return {key: self._claim(connection, key) for key in keys}

    def approve_all(self, keys: Sequence[str], note: str) -> None:
        """Move planned changes to `approved`, all or none."""
        with self._lock.write_freely() as connection:
            for key in keys:
                self._checked(connection, key, "approved")
                set_state(connection, key, "approved", note)

    def move(self, key: str, to: State, *, note: str = "", external_id: str | None = None) -> None:
        """Move a change to a state that may follow; IllegalMoveError otherwise, and for a claim."""
        with self._lock.write_freely() as connection:
            row = self._checked(connection, key, to)
            if to == "sending":
                raise self._illegal(row, to)
            named = {} if external_id is None else {"external_id": external_id}
            set_state(connection, key, to, note, **named)
            if to in ("done", "skipped"):
                _take_back(connection, row)

    def adopt(self, key: str, external_id: str, note: str) -> int:
        """Take a change for done because its marker stands in the CRM; return how often we had sent it.

        Zero: another copy of the store, or another installation, wrote it.
        """
        with self._lock.write() as connection:
            row = self._existing(connection, key)
            if row.state not in ADOPTABLE:
                raise self._illegal(row, "done")
            set_state(connection, key, "done", note, external_id=external_id)
        return int(row.attempts)

    def get(self, key: str) -> StoredChange | None:
        """Return the change of that key or marker."""
        with self._database.read() as connection:
            rows = read_changes(connection, [key.removeprefix(MARKER_PREFIX)])
        return next((stored_change(row) for row in rows.values()), None)

    def by_state(self, *states: State) -> list[StoredChange]:
        """Return the changes in these states, oldest first."""
        return self._select(CHANGE.c.state.in_(states))

    def of_plan(self, plan: str) -> list[StoredChange]:
        """Return the changes whose last plan this is, oldest first."""
        return self._select(CHANGE.c.plan == plan)

    def of_run(self, run: str) -> list[StoredChange]:
        """Return the changes that the run was the last to send, oldest first."""
        return self._select(CHANGE.c.run == run)

    def matching(self, wanted: Wanted, limit: int | None = None) -> list[StoredChange]:
        """Return the changes that fit what is asked, the last touched first."""
        return list_changes(self._database, wanted, limit)

    def known(self, keys: Iterable[str]) -> dict[str, State]:
        """Return the states of those keys that were ever planned."""
        states: dict[str, State] = {}
        with self._database.read() as connection:
            for some in batches(list(keys)):
                query = select(CHANGE.c.key, CHANGE.c.state).where(CHANGE.c.key.in_(some))
                states.update((row.key, row.state) for row in connection.execute(query))
        return states

    def done_at(self, keys: Iterable[str]) -> dict[str, datetime]:
        """Return since when those of the keys are done that are."""
        found: dict[str, datetime] = {}
        with self._database.read() as connection:
            for some in batches(list(keys)):
                query = select(CHANGE.c.key, CHANGE.c.updated_at)
                done = query.where(CHANGE.c.key.in_(some), CHANGE.c.state == "done")
                found.update((row.key, clock.from_micros(row.updated_at)) for row in connection.execute(done))
        return found

    def done_since(self, moment: datetime, kinds: Sequence[str]) -> list[StoredChange]:
        """Return the changes of the kinds that were done since the moment, oldest first."""
        since = CHANGE.c.updated_at >= clock.to_micros(moment)
        return self._select(since & CHANGE.c.kind.in_(kinds) & (CHANGE.c.state == "done"))

    def settle(self, key: str, *, ours: bool, by: str) -> None:
        """Let a person settle a contested value: ours is planned once more, or the CRM's stands for good."""
        note = f"settled by {by}: {'ours is written once more' if ours else 'what the CRM holds stands'}"
        self.move(key, "planned" if ours else "undone", note=note)

    def log(self, key: str) -> list[Step]:
        """Return the change's steps, oldest first."""
        query = select(CHANGE_LOG).where(CHANGE_LOG.c.key == key).order_by(CHANGE_LOG.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [Step(clock.from_micros(row.at), row.state, row.note) for row in rows]

    def _select(self, which: ColumnElement[bool]) -> list[StoredChange]:
        query = select(CHANGE).where(which).order_by(CHANGE.c.created_at, CHANGE.c.key)
        with self._database.read() as connection:
            return [stored_change(row) for row in connection.execute(query)]

    def _claim(self, connection: Connection, key: str) -> int:
        row = self._checked(connection, key, "sending")
        if row.mode == "dry_run":
            raise self._illegal(row, "sending")
        attempts = int(row.attempts) + 1
        set_state(connection, key, "sending", f"attempt {attempts}", attempts=attempts, run=self._lock.run)
        return attempts

    def _existing(self, connection: Connection, key: str) -> Row[Any]:
        row = read_changes(connection, [key]).get(key)
        if row is None:
            raise StoreError(f"no change has the key {key}", hint="plan again", where=self._database.where)
        return row

    def _checked(self, connection: Connection, key: str, to: State) -> Row[Any]:
        row = self._existing(connection, key)
        if to not in MOVES[row.state]:
            raise self._illegal(row, to)
        return row

    def _illegal(self, row: Row[Any], to: State) -> IllegalMoveError:
        kind = " of a dry run" if row.mode == "dry_run" else ""
        return IllegalMoveError(
            f"the change {row.key}{kind} is {row.state} and cannot become {to}",
            hint=f"see its story with `connector changes {row.key}`",
            where=self._database.where,
        )


def _take_back(connection: Connection, row: Row[Any]) -> None:
    """Let what an undo took back be undone by the same commit."""
    undone = stored_change(row).change.undoes
    if undone is None:
        return
    for each in read_changes(connection, [undone]).values():
        if "undone" in MOVES[each.state]:
            set_state(connection, each.key, "undone", f"taken back by {row.key}")


def _keys(changes: Sequence[AnyChange]) -> tuple[str, ...]:
    return tuple(change.key for change in changes)
