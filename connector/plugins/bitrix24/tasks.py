"""Tasks: tasks.task.list, tied to clients by their CRM links, ours told by their marker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.changes import MARKER_PREFIX
from connector.model import Task
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.clients import CLIENT
from connector.plugins.bitrix24.links import COMPANY, CONTACT, DEAL, LEAD, Owner, lead_id
from connector.plugins.bitrix24.listing import Listing, Rows
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.values import as_list, moment, reference, text

TASKS = Listing(
    "tasks.task.list",
    (
        *("ID", "TITLE", "STATUS", "DEADLINE", "CREATED_DATE", "CLOSED_DATE", "CHANGED_DATE"),
        *("RESPONSIBLE_ID", "UF_CRM_TASK", "TAGS", "XML_ID"),
    ),
    changed="CHANGED_DATE",
    row_key="id",
    inside="tasks",
    among="",
)
_DONE = "5"
"""STATUS of a task that is done (vendor page of tasks.task.list)."""
_PREFIXES = {"CO": COMPANY, "C": CONTACT, "D": DEAL, "L": LEAD}
_NEAREST = (COMPANY, DEAL, CONTACT, LEAD)


class Tasks:
    """The stream of tasks, ours and everybody's."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the tasks, each with its client under `@client`."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the tasks."""
        return Reader(self._account.portal, TASKS, self._account.times, self._find_clients)

    def parse(self, row: Row) -> Sequence[Task]:
        """Return the task; it is done in status 5 only."""
        zone = self._account.zone
        return (
            Task(
                ref=self._account.ref(row["id"]),
                client=row.get(CLIENT),
                deal=_deal(_links(row)),
                assignee=reference(row.get("responsibleId")),
                title=text(row.get("title")) or "",
                due=moment(row, "deadline", zone),
                status="done" if str(row.get("status")) == _DONE else "open",
                created_at=moment(row, "createdDate", zone),
                closed_at=moment(row, "closedDate", zone),
                key=task_key(row),
                updated_at=moment(row, "changedDate", zone),
                raw=dict(row),
            ),
        )

    def _find_clients(self, rows: Rows) -> None:
        links, sight = self._account.links, self._account.sight
        for kind, each in (owner for row in rows for owner in _links(row)):
            sight.note(kind, [each])
        links.ask(owner for row in rows for owner in _links(row))
        for row in rows:
            companies = map(links.company, _links(row))
            row[CLIENT] = next((company for company in companies if company), None)


def task_key(row: Mapping[str, Any]) -> str | None:
    """Return the key of our change from the task's XML_ID, else from its tags, which people can remove."""
    for mark in (text(row.get("xmlId")), *_tags(row)):
        if mark and mark.startswith(MARKER_PREFIX):
            return mark.removeprefix(MARKER_PREFIX)
    return None


def _deal(owners: Sequence[Owner]) -> str | None:
    """Return the deal, else the lead among our deals, that the task is tied to."""
    deals = [each if kind == DEAL else lead_id(each) for kind, each in owners if kind in {DEAL, LEAD}]
    return next(iter(deals), None)


def _tags(row: Mapping[str, Any]) -> Sequence[str | None]:
    """Return the tags, which come as `{"35": {"id": 35, "title": "x"}}` or as plain texts."""
    return [
        text(tag.get("title")) if isinstance(tag, dict) else text(tag) for tag in as_list(row.get("tags"))
    ]


def _links(row: Mapping[str, Any]) -> list[Owner]:
    """Return what the task is tied to, the company first; `CO_591` is company 591."""
    pairs = (str(link).partition("_") for link in as_list(row.get("ufCrmTask")))
    found = [(_PREFIXES[prefix], each) for prefix, _, each in pairs if prefix in _PREFIXES]
    return sorted(found, key=lambda owner: _NEAREST.index(owner[0]))
