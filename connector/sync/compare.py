"""Compares a change with its record as it is now: written already, still to write, or overtaken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    CompleteTask,
    CreateTask,
    PlanContact,
    Value,
    WithdrawContact,
    aim,
    same_value,
)
from connector.store.states import State

CREATES = (CreateTask, PlanContact, AddNote)
"""Changes that make a new record: only a look-up by marker may decide on a repeat."""

Record = Mapping[str, Value]


def stands(change: AnyChange, now: Record | None) -> bool:
    """Tell whether a change that makes no record was made: its value is held, or what it takes is gone."""
    return isinstance(change, WithdrawContact) if now is None else holds(change, now)


def names(changes: Sequence[AnyChange]) -> list[str]:
    """Return what must be read of the records before these changes can be compared, sorted."""
    expected = {name for change in changes for name in change.expected}
    return sorted(expected | {named[0] for change in changes if (named := aim(change))})


def holds(change: AnyChange, now: Record) -> bool:
    """Tell whether the record already holds what the change sets; a flag never set counts as cleared."""
    named = aim(change)
    if named is None:
        return False
    name, new = named
    held = now.get(name)
    return bool(held) is new if isinstance(new, bool) else same_value(held, new)


def objection(change: AnyChange, now: Record | None) -> tuple[State, str] | None:
    """Return the state and the reason when the change may not be written; None when all is as expected.

    `now` is None where the record is gone. ConflictError's promise holds: nothing was written.
    """
    if now is None:
        return _gone(change)
    if holds(change, now):
        return "skipped", "the CRM already holds this value"
    for name, expected in change.expected.items():
        if not same_value(now.get(name), expected):
            return _overtaken(change, name, now.get(name))
    return None


def _gone(change: AnyChange) -> tuple[State, str]:
    kind, _ = change.place
    if kind == "client":
        return "conflict", "stale_plan: the client is gone from the CRM"
    if isinstance(change, CompleteTask | WithdrawContact):
        return "skipped", "it is gone from the CRM"
    return "conflict", f"stale_plan: the {kind} is gone from the CRM"


def _overtaken(change: AnyChange, name: str, held: Value) -> tuple[State, str]:
    if isinstance(change, ChangeOwner) and change.of == "person":
        # Nobody knows before whose the people at a client are: only those of the old owner go along.
        return "skipped", f"it belongs to {held!r}, not to the client's former owner"
    return "conflict", f"stale_plan: {name} is {held!r}, the plan expects {change.expected[name]!r}"
