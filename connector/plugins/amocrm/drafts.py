"""Puts each kind of change into the account's words: which list, which item, which mark in the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from connector import clock
from connector.changes import (
    AddNote,
    Change,
    ChangeOwner,
    CompleteTask,
    CreateTask,
    PlanContact,
    ReassignActivity,
    SetField,
    SetFlag,
    WithdrawContact,
)
from connector.errors import ConfigError, MissingRecordError
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.cardfields import MeaningfulField
from connector.plugins.amocrm.flags import tag_of
from connector.plugins.amocrm.tasks import CONTACT, FOLLOW_UP, MARK, MEETING, VOID

_LISTS = {"client": "companies", "deal": "leads", "person": "contacts"}
_TYPES = {"call": FOLLOW_UP, "meeting": MEETING}
_CLOSED = "Закрыто: причины больше нет."


class Draft(NamedTuple):
    """One item of a request: `verb` and `path` of the list, the item, and the record it changes, if any."""

    verb: str
    path: str
    item: dict[str, Any]
    record: str = ""


class Drafts:
    """Makes drafts of changes; `texts` are those of tasks that are taken off, by id."""

    def __init__(self, account: Account, texts: Mapping[str, str]) -> None:
        self._account = account
        self._texts = texts
        self._makers: dict[type[Change], Callable[[Any], Draft]] = {
            CreateTask: _task,
            PlanContact: _contact,
            SetField: self._field,
            SetFlag: self._flag,
            ChangeOwner: _owner,
            ReassignActivity: _reassigned,
            CompleteTask: _completed,
            WithdrawContact: self._withdrawn,
            AddNote: _note,
        }

    def draft(self, change: Change) -> Draft:
        """Return the item for a change, which carries its key as `request_id`.

        ConfigError where no field is named for it or a list lacks the option; MissingRecordError where what
        it takes off is gone.
        """
        maker = next(make for kind, make in self._makers.items() if isinstance(change, kind))
        draft = maker(change)
        return draft._replace(item={**draft.item, "request_id": change.key})

    def _field(self, change: SetField) -> Draft:
        known = self._known(self._account.config.fields, change.field, "fields")
        return _patch("companies", change.target, {"custom_fields_values": [known.spell(change.new)]})

    def _flag(self, change: SetFlag) -> Draft:
        tag = tag_of(self._account.config.flags.get(change.flag, ""))
        if tag is not None:
            name = "tags_to_add" if change.new else "tags_to_delete"
            return _patch("companies", change.target, {name: [{"name": tag}]})
        known = self._known(self._account.config.flags, change.flag, "flags")
        return _patch("companies", change.target, {"custom_fields_values": [known.spell(change.new)]})

    def _withdrawn(self, change: WithdrawContact) -> Draft:
        if change.item not in self._texts:
            raise MissingRecordError("it is gone", where=f"{change.source}: contact {change.item}")
        item = taken_off(self._texts[change.item], change.marker, _CLOSED, CONTACT, VOID)
        return _patch("tasks", change.item, item)

    def _known(self, named: Mapping[str, str], name: str, setting: str) -> MeaningfulField:
        by_target = {target: field for field, target in self._account.config.custom_fields.items()}
        place = named.get(name) or by_target.get(name)
        if place is None:
            advice = f'write {setting} = {{ {name} = "..." }} into the [[source]]'
            raise ConfigError(
                f"no field of the card is named for {name!r}", hint=advice, where=self._account.name
            )
        field = self._account.directories.field("companies", place)
        return MeaningfulField(name, field, self._account.zone)


def _task(change: CreateTask) -> Draft:
    return _new(change, FOLLOW_UP, change.deal, change.marker)


def _contact(change: PlanContact) -> Draft:
    return _new(change, _TYPES[change.contact], None, f"{change.marker} {CONTACT}")


def _new(change: CreateTask | PlanContact, kind: str, deal: str | None, mark: str) -> Draft:
    lines = [change.title, change.text] if change.text else [change.title]
    item = {
        "text": "\n".join([*lines, f"[{mark}]"]),
        "complete_till": _unix(change.due),
        "task_type_id": int(kind),
        "entity_type": "leads" if deal else "companies",
        "entity_id": int(deal or change.target),
        "responsible_user_id": int(change.assignee),
    }
    return Draft("POST", "tasks", item)


def _owner(change: ChangeOwner) -> Draft:
    kind, number = change.place
    return _patch(_LISTS[kind], number, {"responsible_user_id": int(change.new)})


def _reassigned(change: ReassignActivity) -> Draft:
    return _patch("tasks", change.item, {"responsible_user_id": int(change.new)})


def _completed(change: CompleteTask) -> Draft:
    return _patch(
        "tasks", change.item, _ticked(change.marker, _CLOSED) if change.done else {"is_completed": False}
    )


def taken_off(text: str, marker: str, why: str, *words: str) -> dict[str, Any]:
    """Return what ticks a task of ours off as never held, with these words in its mark."""
    marked = f"{MARK.sub('', text).rstrip()}\n[{' '.join([_marker(text), *words])}]"
    return {"text": marked, **_ticked(marker, why)}


def _ticked(marker: str, why: str) -> dict[str, Any]:
    """Return what ticks a task off as ours: our mark in the result tells it from a person's."""
    return {"is_completed": True, "result": {"text": f"{why} [{marker}]"}}


def _note(change: AddNote) -> Draft:
    params = {"text": f"{change.text}\n[{change.marker}]"}
    item = {"entity_id": int(change.target), "note_type": "common", "params": params}
    return Draft("POST", "companies/notes", item)


def _patch(path: str, number: str, fields: dict[str, Any]) -> Draft:
    return Draft("PATCH", path, {"id": int(number), **fields}, number)


def _marker(text: str) -> str:
    found = MARK.search(text)
    return found[0].strip("[]").split()[0] if found else ""


def _unix(due: datetime) -> int:
    return clock.to_micros(due) // 1_000_000
