"""The plan that takes a run back: what it wrote returns to what it was, except what people changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    ClearFlag,
    CompleteTask,
    CreateTask,
    Place,
    PlanContact,
    ReassignActivity,
    SetField,
    SetFlag,
    Value,
    WithdrawContact,
    derived_key,
    same_value,
)
from connector.locale import Texts, texts
from connector.plan.draft import unsent
from connector.plan.model import Plan, Unsent, Why
from connector.store.change_rows import StoredChange

Record = Mapping[str, Value]
Records = Mapping[tuple[str, Place], Record]
"""Source and place -> what the record holds now; a record that is gone is left out."""
Common = dict[str, Any]


class _ObstacleError(Exception):
    """The change cannot be taken back: why, and a note for people."""

    def __init__(self, why: Why, note: str) -> None:
        super().__init__(note)
        self.why: Why = why
        self.note = note


def written_place(stored: StoredChange) -> tuple[str, Place]:
    """Return the source and the record that a change wrote: what it made, else what it changed."""
    change, made = stored.change, stored.external_id or ""
    match change:
        case CreateTask():
            return change.source, ("task", made)
        case PlanContact():
            return change.source, ("contact", made)
        case _:
            return change.source, change.place


def names_of(stored: StoredChange) -> list[str]:
    """Return what must be read of a client's card to take the change back."""
    change = stored.change
    match change:
        case SetField():
            return [change.field]
        case SetFlag():
            return [change.flag]
        case _:
            return ["owner"]


@dataclass(frozen=True)
class Undoing:
    """Makes the plan for one run; `run` is its id, of which people see the first 8 characters."""

    run: str
    as_of: datetime
    zone: str
    language: str

    def plan(self, written: Sequence[StoredChange], records: Records) -> Plan:
        """Return the plan, the latest write taken back first; what cannot be taken back is in `unsent`.

        A record that a person changed since the run is a `conflict`; notes are `lasting`.
        """
        words = texts(self.language)
        changes: list[AnyChange] = []
        left: list[Unsent] = []
        for stored in reversed(written):
            try:
                changes.append(self._inverse(stored, records, words))
            except _ObstacleError as obstacle:
                left.append(unsent(stored.change, obstacle.why, obstacle.note, stored.change.key))
        return Plan.model_validate(
            {
                "as_of": self.as_of,
                "zone": self.zone,
                "language": self.language,
                "policies": (),
                "changes": tuple(changes),
                "unsent": tuple(left),
            }
        )

    def _inverse(self, stored: StoredChange, records: Records, words: Texts) -> AnyChange:
        change = stored.change
        if stored.state != "done":
            raise _ObstacleError("conflict", words.say("undo.unknown", client=_client(change)))
        if isinstance(change, AddNote | WithdrawContact):
            kind = "note" if isinstance(change, AddNote) else "withdrawn"
            raise _ObstacleError("lasting", words.say(f"undo.{kind}"))
        inverse, ours = _INVERSES[type(change)](stored, self._common(change, words), words)
        record = records.get(written_place(stored))
        if record is None:
            raise _ObstacleError("conflict", words.say("undo.gone", client=_client(change)))
        _check(change, inverse, ours, record, words)
        return inverse.model_copy(update={"expected": ours})

    def _common(self, change: AnyChange, words: Texts) -> Common:
        copied = ("source", "target", "policy", "policy_version", "rule", "subject", "client_name", "period")
        return {
            **{name: getattr(change, name) for name in copied},
            "key": derived_key(change.key, "undo"),
            "reason": words.say("undo.reason", run=self.run[:8], why=change.reason),
            "undoes": change.key,
        }


def _check(change: AnyChange, inverse: AnyChange, ours: Record, record: Record, words: Texts) -> None:
    """Raise unless the record holds what we wrote, or what it held before, so that nothing is left to do."""
    before = _aim(inverse)
    if before is not None and same_value(record.get(before[0]), before[1]) and before[0] != "open":
        return
    for name, value in ours.items():
        if not same_value(record.get(name), value):
            said = {"what": name, "now": repr(record.get(name)), "ours": repr(value)}
            raise _ObstacleError("conflict", words.say("undo.changed", client=_client(change), **said))


def _aim(change: AnyChange) -> tuple[str, Value] | None:
    match change:
        case SetField():
            return change.field, change.new
        case SetFlag():
            return change.flag, change.new
        case ChangeOwner():
            return "owner", change.new
        case ReassignActivity():
            return "assignee", change.new
        case _:
            return None


Inverse = tuple[AnyChange, dict[str, Value]]
"""The change that takes another back, and what the record holds if nobody touched it since."""


def _task(stored: StoredChange, common: Common, words: Texts) -> Inverse:
    change = stored.change
    assert isinstance(change, CreateTask)
    return CompleteTask(**common, of="task", item=stored.external_id or ""), _untouched(change)


def _contact(stored: StoredChange, common: Common, words: Texts) -> Inverse:
    change = stored.change
    assert isinstance(change, PlanContact)
    return WithdrawContact(**common, item=stored.external_id or ""), _untouched(change)


def _untouched(change: CreateTask | PlanContact) -> dict[str, Value]:
    due = change.due.astimezone(UTC).isoformat(timespec="seconds")
    return {"open": True, "assignee": change.assignee, "title": change.title, "due": due}


def _field(stored: StoredChange, common: Common, words: Texts) -> Inverse:
    change = stored.change
    assert isinstance(change, SetField)
    back = SetField(**common, field=change.field, old=change.new, new=change.old)
    return back, {change.field: change.new}


def _flag(stored: StoredChange, common: Common, words: Texts) -> Inverse:
    change = stored.change
    assert isinstance(change, SetFlag)
    back = SetFlag(**common, flag=change.flag, old=change.new, new=bool(change.old))
    return back, {change.flag: change.new}


def _owner(stored: StoredChange, common: Common, words: Texts) -> Inverse:
    change = stored.change
    assert isinstance(change, ChangeOwner)
    if change.old is None:
        raise _ObstacleError("lasting", words.say("undo.nobody"))
    back = ChangeOwner(**common, of=change.of, item=change.item, old=change.new, new=change.old)
    return back, {"owner": change.new}


def _activity(stored: StoredChange, common: Common, words: Texts) -> Inverse:
    change = stored.change
    assert isinstance(change, ReassignActivity)
    if change.old is None:
        raise _ObstacleError("lasting", words.say("undo.nobody"))
    back = ReassignActivity(**common, of=change.of, item=change.item, old=change.new, new=change.old)
    return back, {"assignee": change.new}


def _completion(stored: StoredChange, common: Common, words: Texts) -> Inverse:
    change = stored.change
    assert isinstance(change, CompleteTask)
    back = CompleteTask(**common, of=change.of, item=change.item, done=not change.done)
    return back, {"open": not change.done}


_INVERSES: Mapping[type[AnyChange], Callable[[StoredChange, Common, Texts], Inverse]] = {
    CreateTask: _task,
    PlanContact: _contact,
    SetField: _field,
    SetFlag: _flag,
    ClearFlag: _flag,
    ChangeOwner: _owner,
    ReassignActivity: _activity,
    CompleteTask: _completion,
}


def _client(change: AnyChange) -> str:
    return change.client_name or change.subject
