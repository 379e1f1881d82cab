"""Reads deals, people, tasks and planned contacts as they are: before a change is sent, and after it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from connector.changes import RecordKind, Value
from connector.errors import MissingRecordError
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.links import lead_number
from connector.plugins.bitrix24.listing import PAGE
from connector.plugins.bitrix24.lists import chunks
from connector.plugins.bitrix24.people import USERS
from connector.plugins.bitrix24.portal import Command
from connector.plugins.bitrix24.values import as_map, flag, moment, reference, text

Named = dict[str, Value]
Row = Mapping[str, Any]

_DONE = "5"
"""STATUS of a task that is done (vendor page of tasks.task.list)."""
_TASK_FIELDS = ["ID", "TITLE", "STATUS", "DEADLINE", "RESPONSIBLE_ID"]


class Records:
    """The records that hang on a client, 50 a request, each by the method that reads one."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def current(self, kind: RecordKind, ids: Sequence[str]) -> dict[str, Named]:
        """Return id -> name -> value; a record that is gone is left out."""
        reading = _KINDS[kind]
        wanted = list(dict.fromkeys(ids))
        commands = [reading.command(number) for number in wanted]
        rows = self._account.portal.batch(commands, tolerate=(MissingRecordError,)).result
        return {
            number: reading.named(as_map(row), self._account.zone)
            for number, row in zip(wanted, rows, strict=True)
            if not isinstance(row, MissingRecordError)
        }

    def dismissed(self, employees: Sequence[str]) -> set[str]:
        """Return those of the employees who have left; one that the portal does not show is none of them."""
        commands = [USERS.command({"ID": some}) for some in chunks(employees, PAGE)]
        pages = self._account.portal.batch(commands).result
        rows = [row for page in pages for row in USERS.rows(page)]
        return {str(row.get("ID")) for row in rows if flag(row.get("ACTIVE")) is False}


class _Reading(NamedTuple):
    """How one kind is read, and what of it a change compares."""

    command: Callable[[str], Command]
    named: Callable[[Row, ZoneInfo], Named]


def _deal(number: str) -> Command:
    lead = lead_number(number)
    return Command("crm.deal.get", {"id": number}) if lead is None else Command("crm.lead.get", {"id": lead})


def _owned(row: Row, _: ZoneInfo) -> Named:
    return {"owner": reference(row.get("ASSIGNED_BY_ID"))}


def _contact(row: Row, zone: ZoneInfo) -> Named:
    return {
        "open": flag(row.get("COMPLETED")) is not True,
        "assignee": reference(row.get("RESPONSIBLE_ID")),
        "title": text(row.get("SUBJECT")),
        "due": _due(moment(row, "START_TIME", zone) or moment(row, "DEADLINE", zone)),
    }


def _task(row: Row, zone: ZoneInfo) -> Named:
    task = as_map(row.get("task"))
    return {
        "open": str(task.get("status")) != _DONE,
        "assignee": reference(task.get("responsibleId")),
        "title": text(task.get("title")),
        "due": _due(moment(task, "deadline", zone)),
    }


def _due(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


_KINDS: Mapping[RecordKind, _Reading] = {
    "deal": _Reading(_deal, _owned),
    "person": _Reading(lambda number: Command("crm.contact.get", {"id": number}), _owned),
    "contact": _Reading(lambda number: Command("crm.activity.get", {"id": number}), _contact),
    "task": _Reading(
        lambda number: Command("tasks.task.get", {"taskId": number, "select": _TASK_FIELDS}), _task
    ),
}
