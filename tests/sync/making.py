"""Changes and plans about the clients of a stand-in portal, made by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connector.changes import (
    AddNote,
    AnyChange,
    ChangeOwner,
    ClearFlag,
    CreateTask,
    PlanContact,
    SetField,
    SetFlag,
    change_key,
)
from connector.plan.model import Plan
from connector.sandbox.server import Sandbox

SOURCE = "portal"
MARK = re.compile(r"\[(cpc-[0-9a-f]{20})[ a-z]*\]")
"""What ends the text of a task of ours in amoCRM."""
DUE = datetime(2026, 10, 5, 9, tzinfo=UTC)
FIRST, LATER = datetime(2026, 10, 1, 6, tzinfo=UTC), datetime(2026, 10, 2, 6, tzinfo=UTC)


def plan_of(*changes: AnyChange, as_of: datetime = FIRST) -> Plan:
    return Plan(as_of=as_of, zone="Europe/Moscow", policies=(), changes=changes)


class Maker:
    """Makes changes that expect each client as it stands in the portal now."""

    def __init__(self, portal: Sandbox) -> None:
        rows = portal.state("vendor")["vendor"]
        if "companies" in rows:
            self._owners = {str(row["id"]): str(row["responsible_user_id"]) for row in rows["companies"]}
            self.employees = [str(row["id"]) for row in rows["users"] if row["rights"]["is_active"]]
            return
        self._owners = {row["ID"]: row["ASSIGNED_BY_ID"] for row in rows["company"]}
        self.employees = [row["ID"] for row in rows["user"] if row["ACTIVE"] is True]

    def owner(self, client: int) -> str:
        return str(self._owners[str(client)])

    def somebody(self, client: int) -> str:
        """Return the owner, or somebody who has not left."""
        mine = [str(each) for each in self.employees if str(each) == self.owner(client)]
        return (mine or [str(self.employees[0])])[0]

    def another_owner(self, client: int) -> str:
        return next(str(each) for each in self.employees if each != self.owner(client))

    def task(self, client: int, **fields: Any) -> CreateTask:
        return CreateTask(**self._common(client, "create_task", _todo(self.somebody(client)) | fields))

    def contact(self, client: int, **fields: Any) -> PlanContact:
        return PlanContact(**self._common(client, "plan_contact", _todo(self.somebody(client)) | fields))

    def note(self, client: int) -> AddNote:
        return AddNote(**self._common(client, "add_note", {"text": "Передан"}))

    def abc(self, client: int, new: str, old: str | None = None) -> SetField:
        given = {"field": "abc_class", "old": old, "new": new, "expected": {"abc_class": old}}
        return SetField(**self._common(client, "set_field", given))

    def key_account(self, client: int, new: bool, old: bool) -> SetFlag:
        given = {"flag": "key_account", "old": old, "new": new, "expected": {"key_account": old}}
        return SetFlag(**self._common(client, "set_flag", given))

    def no_key_account(self, client: int) -> ClearFlag:
        given = {"flag": "key_account", "old": True, "new": False, "expected": {"key_account": True}}
        return ClearFlag(**self._common(client, "clear_flag", given))

    def hand_over(self, client: int, new: str) -> ChangeOwner:
        given = {"old": self.owner(client), "new": new, "expected": {"owner": self.owner(client)}}
        return ChangeOwner(**self._common(client, "change_owner", given))

    def _common(self, client: int, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "key": change_key("norm", client, f"{SOURCE}:{client}", kind, "2026-10"),
            "source": SOURCE,
            "target": str(client),
            "policy": "norm",
            "policy_version": "1",
            "rule": "contact_norm",
            "subject": f"client:{client}",
            "period": "2026-10",
            "reason": "контактов 1 из 4",
            "expected": {"owner": self.owner(client), "status": "active"},
        } | given


def _todo(assignee: str) -> dict[str, Any]:
    return {"assignee": assignee, "title": "Связаться", "due": DUE}


def writes(portal: Sandbox, method: str = "") -> list[dict[str, Any]]:
    """Return what was committed in the portal, by one method or by any."""
    return [each for each in portal.state("writes")["writes"] if method in ("", each["method"])]


def markers(portal: Sandbox) -> list[str]:
    """Return the markers of the tasks that stand in the portal, one for each task of ours."""
    return sorted(ours(portal).values())


def ours(portal: Sandbox) -> dict[Any, str]:
    """Return id -> marker of the tasks of ours that stand in the portal.

    amoCRM deletes no tasks: what was taken back as a twin says so and stands no more.
    """
    rows = portal.state("vendor")["vendor"]
    if "tasks" in rows:
        marks = {row["id"]: MARK.search(row["text"]) for row in rows["tasks"]}
        return {number: mark[1] for number, mark in marks.items() if mark and "twin" not in mark[0]}
    marks_of = {task["ID"]: str(task.get("XML_ID") or "") for task in rows["task"]}
    return {number: mark for number, mark in marks_of.items() if mark.startswith("cpc-")}


def marked(changes: Sequence[AnyChange]) -> list[str]:
    return sorted(change.marker for change in changes)
