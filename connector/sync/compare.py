"""Compares a change with the client's record as it is now: written already, still to write, or overtaken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    CreateTask,
    PlanContact,
    SetField,
    SetFlag,
    Value,
)
from connector.store.states import State

CREATES = (CreateTask, PlanContact, AddNote)
"""Changes that make a new record: only a look-up by marker may decide on a repeat."""

Record = Mapping[str, Value]


def wanted(change: AnyChange) -> tuple[str, Value] | None:
    """Return the name and the value that a change sets; None for one that makes a new record."""
    match change:
        case SetField():
            return change.field, change.new
        case SetFlag():
            return change.flag, change.new
        case ChangeOwner():
            return "owner", change.new
        case _:
            return None


def names(changes: Sequence[AnyChange]) -> list[str]:
    """Return what must be read of the records before these changes can be compared, sorted."""
    expected = {name for change in changes for name in change.expected}
    return sorted(expected | {named[0] for change in changes if (named := wanted(change))})


def holds(change: AnyChange, now: Record) -> bool:
    """Tell whether the record already holds what the change sets; a flag never set counts as cleared."""
    named = wanted(change)
    if named is None:
        return False
    name, new = named
    held = now.get(name)
    if isinstance(new, bool):
        return bool(held) is new
    return held == new or (held in (None, "") and new in (None, ""))


def objection(change: AnyChange, now: Record | None) -> tuple[State, str] | None:
    """Return the state and the reason when the change may not be written; None when all is as expected.

    `now` is None where the client is gone. ConflictError's promise holds: nothing was written.
    """
    if now is None:
        return "conflict", "stale_plan: the client is gone from the CRM"
    if holds(change, now):
        return "skipped", "the CRM already holds this value"
    for name, expected in change.expected.items():
        if now.get(name) != expected:
            return "conflict", f"stale_plan: {name} is {now.get(name)!r}, the plan expects {expected!r}"
    return None
