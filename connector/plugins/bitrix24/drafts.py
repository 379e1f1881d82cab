"""Puts each kind of change into the portal's words: which method, which fields, which marker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connector.changes import (
    AddNote,
    Change,
    ChangeOwner,
    ClearFlag,
    CompleteTask,
    CreateTask,
    PlanContact,
    ReassignActivity,
    SetField,
    SetFlag,
    WithdrawContact,
)
from connector.errors import ConfigError
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.activities import ORIGINATOR
from connector.plugins.bitrix24.cardfields import MeaningfulField, explained
from connector.plugins.bitrix24.links import lead_number
from connector.plugins.bitrix24.portal import Command

_ACTIVITY_TYPES = {"meeting": 1, "call": 2}
_OUTGOING = 2
_COMPANY = 4
_ENTITY_TYPES = {"client": _COMPANY, "deal": 2, "person": 3}
_LEAD = 1
_WAITING = 2
"""STATUS of a task that is open (vendor page of tasks.task.list)."""
QUIET = {"REGISTER_SONET_EVENT": "N"}
"""No entry in the portal's news for a field that we keep up to date."""


class Drafts:
    """Makes commands of changes; `phones` are the numbers to call, by client."""

    def __init__(self, account: Account, phones: Mapping[str, str]) -> None:
        self._account = account
        self._phones = phones
        self._makers: dict[type[Change], Callable[[Any], Command]] = {
            CreateTask: self._task,
            PlanContact: self._activity,
            SetField: self._field,
            SetFlag: self._flag,
            ClearFlag: self._flag,
            ChangeOwner: _owner,
            ReassignActivity: _reassigned,
            CompleteTask: _completed,
            WithdrawContact: _withdrawn,
            AddNote: self._note,
        }

    def draft(self, change: Change) -> Command:
        """Return the command for a change; ConfigError where no field is named or a list lacks the option."""
        return self._makers[type(change)](change)

    def _task(self, change: CreateTask) -> Command:
        links = [f"CO_{change.target}", *([f"D_{change.deal}"] if change.deal else [])]
        fields = {
            "TITLE": change.title,
            "DESCRIPTION": _marked(change.text, change.marker),
            "RESPONSIBLE_ID": change.assignee,
            "DEADLINE": self._local(change.due),
            "UF_CRM_TASK": links,
            "TAGS": [change.marker],
            "XML_ID": change.marker,
        }
        return Command("tasks.task.add", {"fields": fields})

    def _activity(self, change: PlanContact) -> Command:
        due = self._local(change.due)
        phone = self._phones.get(change.target, "") if change.contact == "call" else ""
        fields = {
            "OWNER_TYPE_ID": 4,
            "OWNER_ID": change.target,
            "TYPE_ID": _ACTIVITY_TYPES[change.contact],
            "SUBJECT": change.title,
            "DESCRIPTION": change.text,
            "DESCRIPTION_TYPE": 1,
            "START_TIME": due,
            "END_TIME": due,
            "COMPLETED": "N",
            "RESPONSIBLE_ID": change.assignee,
            "ORIGINATOR_ID": ORIGINATOR,
            "ORIGIN_ID": change.marker,
            "COMMUNICATIONS": [
                {
                    "TYPE": "PHONE" if phone else "",
                    "VALUE": phone,
                    "ENTITY_ID": change.target,
                    "ENTITY_TYPE_ID": 4,
                }
            ],
        }
        direction = {"DIRECTION": _OUTGOING} if change.contact == "call" else {}
        return Command("crm.activity.add", {"fields": fields | direction})

    def _field(self, change: SetField) -> Command:
        known = self._known(self._account.config.fields, change.field, "fields")
        return _update(change.target, {known.field.code: known.spell(change.new)})

    def _flag(self, change: SetFlag) -> Command:
        known = self._known(self._account.config.flags, change.flag, "flags")
        return _update(change.target, {known.field.code: known.spell(change.new)})

    def _note(self, change: AddNote) -> Command:
        comment = _marked(change.text, change.marker)
        fields = {"ENTITY_ID": change.target, "ENTITY_TYPE": "company", "COMMENT": comment}
        return Command("crm.timeline.comment.add", {"fields": fields})

    def _known(self, named: Mapping[str, str], name: str, setting: str) -> MeaningfulField:
        by_target = {target: field for field, target in self._account.config.custom_fields.items()}
        code = named.get(name) or by_target.get(name)
        if code is None:
            advice = f'write {setting} = {{ {name} = "UF_CRM_..." }} into the [[source]]'
            raise ConfigError(
                f"no field of the card is named for {name!r}", hint=advice, where=self._account.name
            )
        return explained(self._account.directories, "company", code, name)

    def _local(self, moment: datetime) -> str:
        return str(moment.astimezone(self._account.zone).isoformat(timespec="seconds"))


def _owner(change: ChangeOwner) -> Command:
    kind, place = change.place
    number = lead_number(place) if kind == "deal" else None
    entity = _ENTITY_TYPES[kind] if number is None else _LEAD
    fields = {"assignedById": int(change.new)}
    return Command("crm.item.update", {"entityTypeId": entity, "id": int(number or place), "fields": fields})


def _reassigned(change: ReassignActivity) -> Command:
    return _item(change.of, change.item, {"RESPONSIBLE_ID": change.new})


def _completed(change: CompleteTask) -> Command:
    if change.of == "contact":
        return _item("contact", change.item, {"COMPLETED": "Y" if change.done else "N"})
    if change.done:
        return Command("tasks.task.complete", {"taskId": change.item})
    return _item("task", change.item, {"STATUS": _WAITING})


def _withdrawn(change: WithdrawContact) -> Command:
    return Command("crm.activity.delete", {"id": change.item})


def _item(kind: str, number: str, fields: Mapping[str, Any]) -> Command:
    if kind == "task":
        return Command("tasks.task.update", {"taskId": number, "fields": fields})
    return Command("crm.activity.update", {"id": number, "fields": fields})


def _marked(text: str, marker: str) -> str:
    """Return the text with the marker, which is a second evidence beside tag and XML_ID."""
    return text if marker in text else f"{text}\n\n[{marker}]".lstrip()


def _update(company: str, fields: Mapping[str, Any]) -> Command:
    return Command("crm.company.update", {"id": int(company), "fields": fields, "params": QUIET})
