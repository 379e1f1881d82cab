"""Says which fields a table may fill, and what kind of value each one takes: the model's, seen from 1C."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic import AwareDatetime

from connector.model import Client, Contact, Deal, Employee, Entity, Event, Sale, StageChange, Task

Taste = Literal["text", "reference", "list", "time", "number", "yes_no"]
"""What a field takes: words, the id of a record, several texts, a date, a number, true or false."""

_MODELS: Mapping[str, tuple[type[Entity], ...]] = {
    "employee": (Employee,),
    "client": (Client,),
    "contact": (Contact,),
    "event": (Event,),
    "deal": (Deal,),
    "stage": (StageChange,),
    "sale": (Sale,),
    "task": (Task, Event),
}
"""Entity -> models; a task of 1C is a task and an event at once."""
_NOT_FILLED = frozenset({"ref", "raw", "flags", "updated_at", "custom", "key"})
_REFERENCES = frozenset({"owner", "client", "employee", "deal", "assignee", "head"})
_TASTES: Mapping[Any, Taste] = {
    int: "number",
    float: "number",
    date: "time",
    AwareDatetime: "time",
    bool: "yes_no",
}

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "employee": ("name",),
    "client": ("name",),
    "contact": ("name", "client"),
    "event": ("kind", "status"),
    "deal": ("stage", "stage_kind"),
    "stage": ("deal", "stage", "entered_at"),
    "sale": ("client", "date", "amount"),
    "task": ("title", "status"),
}
"""Entity -> fields without which its table cannot be read."""


def needed(entity: str, *, virtual: bool) -> tuple[str, ...]:
    """Return the fields without which a table cannot be read; a sum of a month bears its date itself."""
    return tuple(name for name in _NEEDED[entity] if not (virtual and name == "date"))


def known_fields(entity: str) -> dict[str, Taste]:
    """Return the fields that a table of the entity may fill, with what each one takes."""
    found: dict[str, Taste] = {"cost": "number"} if entity == "sale" else {}
    for model in _MODELS[entity]:
        for name, field in model.model_fields.items():
            if name not in _NOT_FILLED:
                found.setdefault(name, "reference" if name in _REFERENCES else _taste(field.annotation))
    return found


def choices(entity: str, field: str) -> tuple[str, ...]:
    """Return the words of which the field must have one, none where any text will do."""
    if entity == "task" and field == "status":
        return tuple(get_args(Event.model_fields["status"].annotation))
    for model in _MODELS[entity]:
        found = model.model_fields.get(field)
        if found is not None:
            return _literals(found.annotation)
    return ()


def _taste(annotation: Any) -> Taste:
    if get_origin(annotation) is tuple:
        return "list"
    for part in (annotation, *get_args(annotation)):
        if part in _TASTES:
            return _TASTES[part]
    return "text"


def _literals(annotation: Any) -> tuple[str, ...]:
    for part in (annotation, *get_args(annotation)):
        if get_origin(part) is Literal:
            return tuple(map(str, get_args(part)))
    return ()
