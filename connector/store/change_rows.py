"""One change as a row of the store, there and back, and the log of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from connector import clock
from connector.changes import CHANGE as DOCUMENT
from connector.changes import AnyChange
from connector.store.batches import batches
from connector.store.ledgers import CHANGE, CHANGE_LOG
from connector.store.states import WAITING, State

_COPIED = (
    "kind",
    "source",
    "target",
    "policy",
    "policy_version",
    "rule",
    "subject",
    "period",
    "mode",
    "marker",
)


@dataclass(frozen=True)
class StoredChange:
    """A change and how far it got; `external_id` is the id of the record written, `run` what sent it."""

    change: AnyChange
    plan: str
    state: State
    attempts: int
    external_id: str | None
    reason: str
    run: str | None
    created_at: datetime
    updated_at: datetime


def stored_change(row: Row[Any]) -> StoredChange:
    """Turn a row of the table `change` back."""
    return StoredChange(
        change=DOCUMENT.validate_json(row.document),
        plan=row.plan,
        state=row.state,
        attempts=row.attempts,
        external_id=row.external_id,
        reason=row.reason,
        run=row.run,
        created_at=clock.from_micros(row.created_at),
        updated_at=clock.from_micros(row.updated_at),
    )


def read_changes(connection: Connection, keys: Sequence[str]) -> dict[str, Row[Any]]:
    """Return the rows of those keys that are there."""
    rows: dict[str, Row[Any]] = {}
    for some in batches(keys):
        for row in connection.execute(select(CHANGE).where(CHANGE.c.key.in_(some))):
            rows[row.key] = row
    return rows


def is_renewed(row: Row[Any], change: AnyChange) -> bool:
    """Whether a plan's version says something else than the stored one, or that one no longer waits."""
    return row.state not in WAITING or row.document != change.model_dump_json()


def insert_changes(connection: Connection, changes: Sequence[AnyChange], plan: str) -> None:
    """Write changes that were never seen before, as planned."""
    now = clock.to_micros(clock.now())
    life = {"state": "planned", "attempts": 0, "reason": "", "created_at": now, "updated_at": now}
    rows = [{"key": change.key, **_columns(change, plan), **life} for change in changes]
    if rows:
        connection.execute(insert(CHANGE), rows)
    _log(connection, [change.key for change in changes], "planned", _by(plan))


def renew_changes(connection: Connection, changes: Sequence[AnyChange], plan: str) -> None:
    """Put a plan's versions in the place of the stored ones, as planned."""
    for change in changes:
        set_state(connection, change.key, "planned", _by(plan), **_columns(change, plan))


def move_to_plan(connection: Connection, changes: Sequence[AnyChange], plan: str) -> None:
    """Let changes that wait with the same content belong to a newer plan."""
    for some in batches([change.key for change in changes]):
        connection.execute(update(CHANGE).where(CHANGE.c.key.in_(some)).values(plan=plan))


def set_state(connection: Connection, key: str, state: State, note: str, **columns: Any) -> None:
    """Put a change into a state, with what else changes in its row, and log the step."""
    now = clock.to_micros(clock.now())
    values = {"state": state, "reason": note, "updated_at": now, **columns}
    connection.execute(update(CHANGE).where(CHANGE.c.key == key).values(**values))
    _log(connection, [key], state, note)


def _columns(change: AnyChange, plan: str) -> dict[str, Any]:
    copied = {name: getattr(change, name) for name in _COPIED}
    return {**copied, "plan": plan, "document": change.model_dump_json()}


def _by(plan: str) -> str:
    return f"plan {plan[:8]}"


def _log(connection: Connection, keys: Sequence[str], state: State, note: str) -> None:
    now = clock.to_micros(clock.now())
    if keys:
        connection.execute(
            insert(CHANGE_LOG), [{"key": key, "at": now, "state": state, "note": note} for key in keys]
        )
