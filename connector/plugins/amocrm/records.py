"""Reads leads, people and tasks as they are: before a change is sent, and after it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector.changes import RecordKind, Value
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.contacts import CONTACTS
from connector.plugins.amocrm.deals import DEALS
from connector.plugins.amocrm.listing import Listing
from connector.plugins.amocrm.tasks import TASKS, VOID, done, mark_of, title
from connector.plugins.amocrm.values import moment, reference

Named = dict[str, Value]
Row = Mapping[str, Any]
LISTS: Mapping[RecordKind, Listing] = {
    "deal": DEALS,
    "person": CONTACTS,
    "task": TASKS,
    "contact": TASKS,
}


class Records:
    """The records that hang on a client, 100 a request."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def rows(self, kind: RecordKind, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the rows of records of one kind, without those that are gone or were taken off by us."""
        reader = self._account.reader(LISTS[kind])
        found = [row for rows in reader.again(list(dict.fromkeys(ids))) for row in rows]
        return [row for row in found if VOID not in mark_of(row)[1]]

    def current(self, kind: RecordKind, ids: Sequence[str]) -> dict[str, Named]:
        """Return id -> name -> value; a record that is gone is left out."""
        named = _task if kind in {"task", "contact"} else _owned
        return {str(row["id"]): named(row) for row in self.rows(kind, ids)}


def _owned(row: Row) -> Named:
    return {"owner": reference(row.get("responsible_user_id"))}


def _task(row: Row) -> Named:
    due = moment(row, "complete_till")
    return {
        "open": not done(row),
        "assignee": reference(row.get("responsible_user_id")),
        "title": title(row),
        "due": due.isoformat(timespec="seconds") if due else None,
    }
