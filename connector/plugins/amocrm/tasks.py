"""Tasks: /tasks. Calls and meetings among them are events; what is left is a task, and an event as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from connector.changes import MARKER_PREFIX
from connector.flagwords import COMPLETED_BY_US
from connector.model import Entity, Event, EventKind, Task
from connector.plugins.amocrm import links
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.listing import Listing, Rows
from connector.plugins.amocrm.reading import Reader
from connector.plugins.amocrm.values import as_map, moment, reference, text
from connector.plugins.base import Cursor, Page, Row

TASKS = Listing("tasks", "tasks", shifted_by=("task_deleted",), leaving="task_deleted")
FOLLOW_UP, MEETING = "1", "2"
"""Types of tasks that every account has: to get in touch, and a meeting (vendor page "Tasks")."""
MARK = re.compile(rf"\[{MARKER_PREFIX}([0-9a-f]{{20}})( \w+)*\]")
"""What we leave in the text of a task: the key of our change, and what it is if it is no plain task."""
CONTACT, VOID, TWIN = "contact", "void", "twin"
"""Words of a mark: a contact that we planned, what was taken off again, and that because it stood twice."""
CLIENT = "@client"
"""The key under which a row carries the id of its client's company."""
_HELD: frozenset[EventKind] = frozenset({"call", "meeting"})


class Tasks:
    """The stream of tasks, ours and everybody's.

    A task of ours is a task; a contact that we planned an event. Of other people's a meeting is an event, and
    so is a planned call; every other is both: something to do, which may go along with its client, and a
    touch.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    @cached_property
    def kinds(self) -> dict[str, EventKind]:
        """Kinds by id of the type: that of the settings, by name, code or id, else of the built-in table."""
        named = {name.casefold(): kind for name, kind in self._account.config.event_kinds.items()}
        known: dict[str, EventKind] = {FOLLOW_UP: "call", MEETING: "meeting"}
        for number, names in self._account.directories.task_types.items():
            for name in (*names, number):
                if name.casefold() in named:
                    known[number] = named[name.casefold()]
        return known

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the tasks, each with its client under `@client`."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the tasks."""
        _ = self.kinds
        return self._account.reader(TASKS, self._find_clients)

    def parse(self, row: Row) -> Sequence[Entity]:
        """Return the task, the event, or both."""
        key, words = mark_of(row)
        if key and CONTACT not in words:
            return (self._task(row, None if TWIN in words else key),)
        kind = self._kind(row, key)
        if kind in _HELD:
            return (self._event(row, kind, key, words),)
        return (self._task(row, None), self._event(row, kind, None, ()))

    def _kind(self, row: Row, key: str | None) -> EventKind:
        """Return the kind; of what people planned only meetings are proved by a tick.

        A follow-up that is ticked off may be no call, unless the settings say that it is one.
        """
        number = str(row.get("task_type_id"))
        kind = self.kinds.get(number, "task")
        proved = key is not None or kind == "meeting" or (kind == "call" and self._said(number))
        return "task" if done(row) and not proved else kind

    def _said(self, number: str) -> bool:
        """Tell whether the settings name the type."""
        named = {name.casefold() for name in self._account.config.event_kinds}
        names = (number, *self._account.directories.task_types.get(number, ()))
        return any(name.casefold() in named for name in names)

    def _task(self, row: Row, key: str | None) -> Task:
        return Task(
            ref=self._account.ref(row["id"]),
            client=row.get(CLIENT),
            deal=_deal(row),
            assignee=reference(row.get("responsible_user_id")),
            title=title(row) or "",
            due=moment(row, "complete_till"),
            status="done" if done(row) else "open",
            created_at=moment(row, "created_at"),
            closed_at=_closed(row),
            key=key,
            updated_at=moment(row, "updated_at"),
            raw=dict(row),
        )

    def _event(self, row: Row, kind: EventKind, key: str | None, words: Sequence[str]) -> Event:
        """Return the event; it was held when the task was last touched, as nothing else tells it."""
        held, ours = done(row), result_is_ours(row)
        return Event(
            ref=self._account.ref(row["id"]),
            client=row.get(CLIENT),
            employee=reference(row.get("responsible_user_id")),
            kind=kind,
            status="cancelled" if VOID in words else "completed" if held else "planned",
            planned_at=moment(row, "complete_till"),
            completed_at=_closed(row) if VOID not in words else None,
            logged_at=moment(row, "created_at"),
            subject=title(row),
            result=None if ours else text(as_map(row.get("result")).get("text")),
            deal=_deal(row),
            key=None if TWIN in words else key,
            flags=(COMPLETED_BY_US,) if held and ours else (),
            updated_at=moment(row, "updated_at"),
            raw=dict(row),
        )

    def _find_clients(self, rows: Rows) -> None:
        known = self._account.links
        cards = [(str(row.get("entity_type")), str(row.get("entity_id"))) for row in rows]
        known.ask(cards)
        for row, card in zip(rows, cards, strict=True):
            row[CLIENT] = known.company(card)


def mark_of(row: Mapping[str, Any]) -> tuple[str | None, Sequence[str]]:
    """Return the key of our change from the mark in a task's text, and the mark's other words."""
    found = MARK.search(str(row.get("text") or ""))
    return (found[1], found[0].strip("[]").split()[1:]) if found else (None, ())


def title(row: Mapping[str, Any]) -> str | None:
    """Return the text's first line without our mark: a task has no other title."""
    lines = MARK.sub("", str(row.get("text") or "")).strip().splitlines()
    return text(lines[0]) if lines else None


def done(row: Mapping[str, Any]) -> bool:
    """Tell whether the task is completed."""
    return row.get("is_completed") in (True, 1, "1")


def result_is_ours(row: Mapping[str, Any]) -> bool:
    """Tell whether we ticked the task off: then its result carries our mark."""
    return MARK.search(str(as_map(row.get("result")).get("text") or "")) is not None


def _closed(row: Mapping[str, Any]) -> datetime | None:
    return moment(row, "updated_at") if done(row) else None


def _deal(row: Mapping[str, Any]) -> str | None:
    return reference(row.get("entity_id")) if row.get("entity_type") == links.LEADS else None
