"""A firm that is read from a portal, and what its people do between two pulls."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from conftest import Project, Result
from truth import differences, records

from connector.model import Task
from connector.sandbox.server import Sandbox
from connector.store.database import Store, open_store

Row = dict[str, str]


@dataclass
class Leaping:
    """Stands in for the module `time`: waits pass at once, for us and for the portal on the same clock."""

    ahead: float = 0.0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        with self.guard:
            self.ahead += seconds


@dataclass
class Reading:
    """A portal and a project that reads it; each pull looks for deletions, too."""

    portal: Sandbox
    project: Project

    def pull(self, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
        """Pull; return what the command says of each stream. `code` is how it must end."""
        result: Result = self.project("pull", *arguments, "--format", "json")
        assert result.code == code, result.err + result.out
        return {stream["stream"]: stream for stream in result.json}

    def store(self) -> Store:
        return open_store(f"sqlite:///{(self.project.folder / 'connector.db').as_posix()}")

    def unlike(self) -> list[str]:
        """Return in what the store differs from the portal's truth."""
        with self.store() as store:
            return differences(store, self.tables()) + self._tasks_unlike(store)

    def _tasks_unlike(self, store: Store) -> list[str]:
        """Compare the tasks with the portal's own rows, as some belong to no client of the neutral firm."""
        tables = self.tables()
        truth = {
            row["ID"]: (row["TITLE"], row["RESPONSIBLE_ID"], row["STATUS"] == "5", _client(row, tables))
            for row in self.portal.state("vendor")["vendor"]["task"]
        }
        held = {
            id_: (task.title, task.assignee, task.status == "done", task.client)
            for id_, task in records(store, Task).items()
            if isinstance(task, Task)
        }
        return [
            f"tasks {id_}: {held.get(id_)}, in truth {truth.get(id_)}"
            for id_ in sorted(truth | held)
            if held.get(id_) != truth.get(id_)
        ]

    def tables(self) -> dict[str, list[Row]]:
        """Return the truth, by table."""
        tables: dict[str, list[Row]] = self.portal.state("company")["company"]
        return tables

    def ids(self, table: str) -> list[str]:
        return [row["id"] for row in self.tables()[table]]

    def one(self, table: str, without: Sequence[str] = (), **cells: str) -> Row:
        """Return the first row with these cells, of no client that is named in `without`."""
        return next(
            row
            for row in self.tables()[table]
            if row.get("client", row["id"]) not in without
            and all(row[name] == wanted for name, wanted in cells.items())
        )


def _client(task: dict[str, Any], tables: dict[str, list[Row]]) -> str | None:
    """Return the company that a task is tied to, else that of its deal or of its person."""
    marks = dict(str(mark).split("_") for mark in task.get("UF_CRM_TASK") or [])
    if "CO" in marks:
        return str(marks["CO"])
    for kind, table in (("D", "deals"), ("C", "contacts")):
        for row in tables[table]:
            if row["id"] == marks.get(kind) and row["client"]:
                return row["client"]
    return None


def an_hour_of_work(office: Reading) -> None:
    """Let people do, an hour later, everything that people do to a CRM."""
    act = office.portal.act
    act("advance", seconds=3600)
    handed, renamed, deleted, gone, into, kept = used = office.ids("clients")[5:11]
    act("change_owner", client=handed, owner="5")
    act("update", table="clients", id=renamed, fields={"name": "ООО «Иначе»", "phones": "+79161234567"})
    act("delete", entity="company", id=deleted)
    act("merge", gone=gone, into=into)
    act("delete", entity="deal", id=office.one("deals", used)["id"])
    act("delete", entity="contact", id=office.one("contacts", used)["id"])
    call = office.one("events", used, kind="call", status="completed", deal="")
    act("delete", entity="activity", id=call["id"])
    hold_calls_and_tasks(office, used)
    come(office, kept)
    someone = office.one("contacts", used)
    act("update", table="contacts", id=someone["id"], fields={"name": "Иванова Анна Олеговна"})
    act("dismiss", employee="6")


def hold_calls_and_tasks(office: Reading, used: Sequence[str]) -> None:
    """Let a planned call be held by another than planned, a task be done and another be deleted."""
    planned = office.one("events", used, kind="call", status="planned")
    held = {"by": "4", "result": "Договорились", "successful": True, "duration_s": 90}
    office.portal.act("complete_activity", id=planned["id"], **held)
    tasks = office.portal.state("vendor")["vendor"]["task"]
    office.portal.act("complete_task", id=next(task["ID"] for task in tasks if task["STATUS"] != "5"))
    office.portal.act("delete", entity="task", id=tasks[-1]["ID"])


def come(office: Reading, client: str) -> None:
    """Let a client, a person, a deal and a call be entered."""
    act = office.portal.act
    new = {"name": "ООО «Новый»", "inn": "7707083893", "kpp": "773601001", "owner": "3"}
    act("insert", table="clients", row=new)
    act("insert", table="contacts", row={"client": client, "name": "Петров Пётр", "phones": "+79031112233"})
    deal = {**office.one("deals", stage_kind="open"), "client": client, "title": "Новая сделка"}
    for computed in ("id", "created_at", "closed_at"):
        del deal[computed]
    act("insert", table="deals", row=deal)
    now = office.portal.state("as_of")["as_of"]
    held = {"client": client, "employee": "3", "kind": "call", "status": "completed", "direction": "out"}
    held |= {"planned_at": now, "completed_at": now, "logged_at": now, "duration_s": "60", "successful": "1"}
    act("insert", table="events", row=held)
