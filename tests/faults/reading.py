"""A firm that is read from a portal, and what its people do between two pulls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conftest import Project, Result
from truth import differences

from connector.sandbox.server import Sandbox
from connector.store.database import Store, open_store

Row = dict[str, str]


@dataclass
class Office:
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
            return differences(store, self.tables())

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


def an_hour_of_work(office: Office) -> None:
    """Let people do, an hour later, everything that people do to a CRM."""
    portal = office.portal
    portal.act("advance", seconds=3600)
    clients = office.ids("clients")
    handed, renamed, deleted, gone, into, without_deal, kept = clients[5:12]
    used = [handed, renamed, deleted, gone, into, without_deal]
    portal.act("change_owner", client=handed, owner="5")
    portal.act("update", table="clients", id=renamed, fields={"name": "ООО «Иначе»", "phones": "+79161234567"})
    portal.act("delete", entity="company", id=deleted)
    portal.act("merge", gone=gone, into=into)
    portal.act("delete", entity="deal", id=office.one("deals", used[:-1])["id"])
    portal.act("delete", entity="contact", id=office.one("contacts", used)["id"])
    call = office.one("events", used, kind="call", status="completed", deal="")
    portal.act("delete", entity="activity", id=call["id"])
    hold_calls_and_tasks(office, used)
    come(office, kept)
    someone = office.one("contacts", used)
    portal.act("update", table="contacts", id=someone["id"], fields={"name": "Иванова Анна Олеговна"})
    portal.act("dismiss", employee="6")


def hold_calls_and_tasks(office: Office, used: Sequence[str]) -> None:
    """Let a planned call be held and a task be done, by others than planned."""
    planned = office.one("events", used, kind="call", status="planned")
    office.portal.act(
        "complete_activity", id=planned["id"], by="4", result="Договорились", successful=True, duration_s=90
    )
    tasks = office.portal.state("vendor")["vendor"]["task"]
    office.portal.act("complete_task", id=next(task["ID"] for task in tasks if task["STATUS"] != "5"))


def come(office: Office, client: str) -> None:
    """Let a client, a person, a deal and a call be entered."""
    act = office.portal.act
    new = {"name": "ООО «Новый»", "inn": "7707083893", "kpp": "773601001", "owner": "3", "phones": "+74951234567"}
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
