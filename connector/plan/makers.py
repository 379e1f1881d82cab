"""Makes the change that an action of a decision asks for, one maker a kind, and what goes along with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    ClearFlag,
    CreateTask,
    PlanContact,
    ReassignActivity,
    SetField,
    SetFlag,
    derived_key,
    same_value,
)
from connector.plan.known import Card
from connector.store.belongings import Belonging

TASK_DUE = time(18, 0)
CONTACT_DUE = time(10, 0)
"""Due times fall in working hours: a task by the end of the day, a call or meeting in its morning."""

ALONG = {"deals": "deal", "contacts": "person", "tasks": "task", "activities": "contact"}
"""What a policy calls that which goes along with a client, and the kind of record it means."""

Common = dict[str, Any]
Action = Mapping[str, Any]
Maker = Callable[[Common, Action, Card, ZoneInfo], AnyChange | None]


def _task(common: Common, action: Action, card: Card, zone: ZoneInfo) -> AnyChange:
    return CreateTask(
        **common,
        purpose=action.get("purpose", "contact"),
        expected={"owner": card.owner, "status": card.status},
        assignee=action.get("assignee") or "",
        title=action["title"],
        text=action.get("text", ""),
        due=_due(action["due"], TASK_DUE, zone),
    )


def _contact(common: Common, action: Action, card: Card, zone: ZoneInfo) -> AnyChange:
    return PlanContact(
        **common,
        expected={"owner": card.owner, "status": card.status},
        contact=action.get("contact", "call"),
        assignee=action.get("assignee") or "",
        title=action["title"],
        text=action.get("text", ""),
        due=_due(action["due"], CONTACT_DUE, zone),
    )


def _field(common: Common, action: Action, card: Card, zone: ZoneInfo) -> AnyChange | None:
    name, new = action["field"], action["new"]
    old = card.fields.get(name)
    if same_value(old, new):
        return None
    return SetField(**common, expected={name: old}, field=name, old=old, new=new)


def _set_flag(common: Common, action: Action, card: Card, zone: ZoneInfo) -> AnyChange | None:
    return _flag(common, action["field"], bool(action.get("new", True)), card, SetFlag)


def _clear_flag(common: Common, action: Action, card: Card, zone: ZoneInfo) -> AnyChange | None:
    return _flag(common, action["field"], False, card, ClearFlag)


def _flag(common: Common, name: str, new: bool, card: Card, kind: type[SetFlag]) -> AnyChange | None:
    held = card.fields.get(name)
    if bool(held) is new:
        return None
    old = None if held is None else bool(held)
    given: Common = {"expected": {name: old}, "flag": name, "old": old, "new": new}
    return kind.model_validate({**common, **given})


def _owner(common: Common, action: Action, card: Card, zone: ZoneInfo) -> AnyChange | None:
    new = str(action["new"])
    if card.owner == new:
        return None
    return ChangeOwner(**common, expected={"owner": card.owner}, old=card.owner, new=new)


def _note(common: Common, action: Action, card: Card, zone: ZoneInfo) -> AnyChange:
    return AddNote(**common, expected={"status": card.status}, text=action["text"])


MAKERS: Mapping[str, Maker] = {
    "create_task": _task,
    "plan_contact": _contact,
    "set_field": _field,
    "set_flag": _set_flag,
    "clear_flag": _clear_flag,
    "change_owner": _owner,
    "add_note": _note,
}
"""Kind of an action -> what makes its change; None where the CRM holds already what it would write."""


def going_along(
    change: ChangeOwner, belongings: Sequence[Belonging], names: Sequence[str]
) -> Iterator[AnyChange]:
    """Yield a change for each record that goes along with the client, all of them after the client's own.

    Only what belongs to the old owner goes along: a deal that a colleague leads stays with the colleague.
    """
    kinds = {ALONG[name] for name in names}
    for each in belongings:
        if each.kind in kinds and (each.kind == "person" or each.owner == change.old):
            yield _along(change, each)


def behind(move: ChangeOwner, change: AnyChange) -> AnyChange:
    """Return the change as one that waits until the client has its new owner, and expects just that."""
    expected = change.expected | ({"owner": move.new} if "owner" in change.expected else {})
    return change.model_copy(update={"after": move.key, "expected": expected})


def _along(change: ChangeOwner, each: Belonging) -> AnyChange:
    moves = "change_owner" if each.kind in ("deal", "person") else "reassign_activity"
    held = "owner" if moves == "change_owner" else "assignee"
    given = change.model_dump(exclude={"kind", "key", "expected", "of", "item"}) | {
        "key": derived_key(change.key, moves, f"{each.kind}:{each.id}"),
        "expected": {held: change.old},
        "after": change.key,
        "of": each.kind,
        "item": each.id,
    }
    return ChangeOwner(**given) if moves == "change_owner" else ReassignActivity(**given)


def _due(day: str, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day), at, tzinfo=zone)
