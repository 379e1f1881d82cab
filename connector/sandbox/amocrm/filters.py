"""Filters of lists: what each list knows; anything else is passed over in silence, as the vendor does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from connector.sandbox.amocrm.entities.cards import CARDS
from connector.sandbox.amocrm.fields import CustomField, CustomFields
from connector.sandbox.amocrm.query import listed, mapping, whole
from connector.sandbox.amocrm.records import Entity, Record

Test = Callable[[Record], bool]
PERSONS = ("created_by", "updated_by", "responsible_user_id")
CHANGED = ("created_at", "updated_at", "closest_task_at")


@dataclass(frozen=True)
class Known:
    """The filters of one list: exact values, and ranges with from and to (both inclusive)."""

    exact: tuple[str, ...]
    ranges: tuple[str, ...]
    order: tuple[str, ...]
    since: bool = False
    """A bare time means "since", where entities of the alpha filter take it for equality."""


CARD = Known(("id", "name", *PERSONS), CHANGED, ("updated_at", "id"))
LISTS: dict[str, Known] = {
    "leads": Known(
        (*CARD.exact, "pipeline_id"), ("price", *CHANGED, "closed_at"), ("created_at", "updated_at", "id")
    ),
    "contacts": CARD,
    "companies": CARD,
    "tasks": Known(
        ("id", "created_by", "responsible_user_id", "task_type_id", "entity_type"),
        ("updated_at",),
        ("created_at", "complete_till", "id"),
    ),
    "notes": Known(("id", "entity_id", "note_type"), ("updated_at",), ("updated_at", "id"), since=True),
}
"""Collection -> what can be filtered by and ordered by (documents and official library)."""
NUMBER = re.compile(r"-?\d+(\.\d+)?")
RENAMED = {"task_type": "task_type_id"}


def tests(entity: Entity, raw: dict[str, Any], fields: CustomFields) -> list[Test]:
    """Return the tests a row must pass; filters the list does not know are not there."""
    known = LISTS[entity.name]
    found: list[Test] = []
    for key, value in raw.items():
        name = RENAMED.get(key, key)
        if name in known.ranges:
            found.append(ranged(entity.getters[name], value, since=known.since))
        elif name in known.exact:
            found.append(exact(entity.getters[name], value))
    if entity.name == "leads" and "statuses" in raw:
        found.append(in_statuses(entity, raw["statuses"]))
    if entity.name == "tasks":
        found += of_tasks(entity, raw)
    if entity.name in CARDS and "custom_fields_values" in raw:
        found += by_fields(fields, entity.name, mapping(raw["custom_fields_values"]))
    return found


def exact(getter: Callable[[Record], Any], value: Any) -> Test:
    """Keep rows whose value is one of those given."""
    allowed = frozenset(listed(value))
    return lambda record: str(getter(record)) in allowed


def ranged(getter: Callable[[Record], Any], value: Any, *, since: bool) -> Test:
    """Keep rows inside a range; a bare value is equality, or the beginning where the list takes it so."""
    if not isinstance(value, dict):
        bare = whole(value, 0)
        return lambda record: (getter(record) or 0) >= bare if since else getter(record) == bare
    if not {"from", "to"} & set(value):
        return exact(getter, value)
    first, last = whole(value.get("from"), -(1 << 60)), whole(value.get("to"), 1 << 60)

    def inside(record: Record) -> bool:
        found = getter(record)
        return found is not None and first <= found <= last

    return inside


def in_statuses(entity: Entity, value: Any) -> Test:
    """Keep leads in one of the pairs of pipeline and status."""
    pairs = {
        (whole(mapping(one).get("pipeline_id"), 0), whole(mapping(one).get("status_id"), 0))
        for one in mapping(value).values()
    }
    pipeline, status = entity.getters["pipeline_id"], entity.getters["status_id"]
    return lambda record: (pipeline(record), status(record)) in pairs


def of_tasks(entity: Entity, raw: dict[str, Any]) -> Iterable[Test]:
    """Return the tests only tasks know: completed or not, and the card, which needs its type beside it."""
    if "is_completed" in raw:
        done = {one not in {"0", "", "false"} for one in listed(raw["is_completed"])}
        yield lambda record: bool(entity.getters["is_completed"](record)) in done
    if "entity_id" in raw and "entity_type" in raw:
        yield exact(entity.getters["entity_id"], raw["entity_id"])


def by_fields(fields: CustomFields, entity: str, raw: dict[str, Any]) -> Iterable[Test]:
    """Return the tests of custom fields, by their numbers: one of some values, or a range."""
    for number, value in raw.items():
        one = fields.known.get(whole(number, 0))
        if one is None or one.entity != entity:
            continue
        if isinstance(value, dict) and {"from", "to"} & set(value):
            yield ranged(first_of(one), value, since=False)
        else:
            yield holding(one, frozenset(listed(value)))


def first_of(one: CustomField) -> Callable[[Record], Any]:
    """Return how the first value of a field is read as a number; what is none is in no range."""

    def read(record: Record) -> float | None:
        found = str(next(iter(texts(one, record)), ""))
        return float(found) if NUMBER.fullmatch(found) else None

    return read


def holding(one: CustomField, allowed: frozenset[str]) -> Test:
    """Keep cards with one of these values in a field."""
    return lambda record: bool(allowed & set(map(str, texts(one, record))))


def texts(one: CustomField, record: Record) -> list[Any]:
    """Return the values of a custom field, choices by value and by number."""
    items = one.read(record)
    return [item.get("value") for item in items] + [item["enum_id"] for item in items if item.get("enum_id")]


def ordered(entity: Entity, numbers: list[int], raw: dict[str, Any]) -> list[int]:
    """Order rows by the one field asked for.

    Unasked, cards come with the last changed first and the rest by number.
    """
    known = LISTS[entity.name].order
    name, direction = next(((key, value) for key, value in raw.items() if key in known), ("", ""))
    if not name:
        name, direction = ("updated_at", "desc") if entity.name in CARDS else ("id", "asc")
    getter, records = entity.getters[name], entity.records
    down = str(direction).lower() == "desc"
    if name == "id":
        return sorted(numbers, reverse=down)
    return sorted(numbers, key=lambda number: (getter(records[number]) or 0, number), reverse=down)
