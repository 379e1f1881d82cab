"""Tells what single records hold now, for a plugin whose streams read them again by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from connector.changes import RecordKind, Value
from connector.model import Client, Contact, Deal, Entity, Event, Task

if TYPE_CHECKING:
    from connector.plugins.base import Stream

ENTITIES: Mapping[RecordKind, type[Entity]] = {
    "client": Client,
    "deal": Deal,
    "person": Contact,
    "task": Task,
    "contact": Event,
}
"""Which entity a kind of record is read as."""


def held_now(
    streams: Sequence[Stream], kind: RecordKind, ids: Sequence[str], names: Sequence[str]
) -> dict[str, dict[str, Value]]:
    """Return what records of a kind hold, by id, without those that are gone.

    Read by the `again` of the streams that bring the kind: of a client its fields and own fields by name, of
    the others what `Source.current_records` says. NotImplementedError where no such stream has `again`.
    """
    bring = [each for each in streams if ENTITIES[kind] in each.kinds and each.again is not None]
    if not bring:
        raise NotImplementedError(f"no stream reads a {kind} again by its id: give one `again`")
    found = {
        entity.ref.external_id: entity
        for stream in bring
        for entity in _read(stream, ids)
        if isinstance(entity, ENTITIES[kind])
    }
    return {each: _held(found[each], names) for each in ids if each in found}


def _read(stream: Stream, ids: Sequence[str]) -> Iterator[Entity]:
    assert stream.again is not None
    for rows in stream.again(ids):
        for row in rows:
            yield from stream.parse(row)


def _held(entity: Entity, names: Sequence[str]) -> dict[str, Value]:
    match entity:
        case Client():
            return {name: _plain(entity.custom.get(name, getattr(entity, name, None))) for name in names}
        case Task():
            return _item(entity.status == "open", entity.assignee, entity.title, entity.due)
        case Event():
            return _item(entity.status == "planned", entity.employee, entity.subject, entity.planned_at)
        case _:
            return {"owner": getattr(entity, "owner", None)}


def _item(is_open: bool, assignee: str | None, title: str | None, due: datetime | None) -> dict[str, Value]:
    moment = None if due is None else due.astimezone(UTC).isoformat(timespec="seconds")
    return {"open": is_open, "assignee": assignee, "title": title, "due": moment}


def _plain(value: Any) -> Value:
    """Return a field's value as changes and plans spell it: a list as one text, a day as ISO."""
    if isinstance(value, list | tuple):
        return " | ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else value
