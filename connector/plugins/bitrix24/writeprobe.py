"""Tries each allowed kind of write on one company and takes it back: only for `doctor --write-probe`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from connector import clock
from connector.changes import Permission
from connector.errors import ConnectorError, SourceError
from connector.plugins.base import Check
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.companies import COMPANIES
from connector.plugins.bitrix24.drafts import QUIET
from connector.plugins.bitrix24.values import as_list, as_map

TITLE = "connector doctor: a test, may be deleted"
_COMPANY = 4
_MEETING = 1
_RIGHT = "give the webhook's owner the right to do this, or take {} out of `write`"


class WriteProbe:
    """Makes and deletes a task, a planned meeting, a note; sets owner and fields to what they are already."""

    def __init__(self, account: Account, owner: str) -> None:
        self._portal = account.portal
        self._config = account.config
        self._owner = owner
        self._company: Mapping[str, Any] = {}
        self._ways: dict[Permission, Callable[[], str]] = {
            "task": self._task,
            "contact": self._contact,
            "note": self._note,
            "owner": self._set_owner,
            "field": lambda: self._set_fields(self._config.fields),
            "flag": lambda: self._set_fields(self._config.flags),
        }

    def probe(self) -> Iterator[Check]:
        """Yield a line for each kind of the settings; the writes are sent once and never repeated."""
        if not self._config.write:
            yield Check("write probe", "skipped", "write = [] in the [[source]]")
            return
        try:
            rows = as_list(self._portal.call(*COMPANIES.highest({"IS_MY_COMPANY": "N"})).result)
            self._company = as_map(self._portal.call("crm.company.get", {"id": rows[0]["ID"]}).result)
        except (ConnectorError, LookupError):
            yield Check("write probe", "skipped", "no company can be seen to try it on")
            return
        for permission in self._config.write:
            yield self._tried(permission)

    def _tried(self, permission: Permission) -> Check:
        name = f"write {permission}, tried"
        try:
            return Check(name, "ok", self._ways[permission]())
        except SourceError as error:
            return Check(name, "failed", error.message, error.hint or _RIGHT.format(permission))

    def _task(self) -> str:
        fields = {"TITLE": TITLE, "RESPONSIBLE_ID": self._owner, "UF_CRM_TASK": [f"CO_{self._company['ID']}"]}
        made = as_map(as_map(self._portal.write("tasks.task.add", {"fields": fields})).get("task")).get("id")
        return self._undone("task", made, "tasks.task.delete", {"taskId": made})

    def _contact(self) -> str:
        at = (clock.now() + timedelta(days=1)).isoformat(timespec="seconds")
        fields = {
            "OWNER_TYPE_ID": _COMPANY,
            "OWNER_ID": self._company["ID"],
            "TYPE_ID": _MEETING,
            "SUBJECT": TITLE,
            "START_TIME": at,
            "END_TIME": at,
            "COMPLETED": "N",
            "RESPONSIBLE_ID": self._owner,
            "COMMUNICATIONS": [
                {"TYPE": "", "VALUE": "", "ENTITY_ID": self._company["ID"], "ENTITY_TYPE_ID": _COMPANY}
            ],
        }
        made = self._portal.write("crm.activity.add", {"fields": fields})
        return self._undone("activity", made, "crm.activity.delete", {"id": made})

    def _note(self) -> str:
        company = self._company["ID"]
        fields = {"ENTITY_ID": company, "ENTITY_TYPE": "company", "COMMENT": TITLE}
        made = self._portal.write("crm.timeline.comment.add", {"fields": fields})
        # The owner's two keys are on no vendor page, but portals ask for them (comment there, 2025).
        given = {"id": made, "ownerTypeId": _COMPANY, "ownerId": company}
        return self._undone("note", made, "crm.timeline.comment.delete", given)

    def _set_owner(self) -> str:
        company, owner = self._company["ID"], self._company["ASSIGNED_BY_ID"]
        given = {"entityTypeId": _COMPANY, "id": int(company), "fields": {"assignedById": int(owner)}}
        self._portal.write("crm.item.update", given)
        return f"company {company} was given the owner that it has"

    def _set_fields(self, named: Mapping[str, str]) -> str:
        company = self._company["ID"]
        fields = {code: "" if (held := self._company.get(code)) is None else held for code in named.values()}
        self._portal.write("crm.company.update", {"id": int(company), "fields": fields, "params": QUIET})
        return f"company {company} was given the values that it has: {', '.join(fields)}"

    def _undone(self, what: str, made: Any, method: str, given: Mapping[str, Any]) -> str:
        """Delete what was made; SourceError, with its id, if it has to be deleted by hand."""
        try:
            self._portal.write(method, given)
        except SourceError as error:
            raise SourceError(
                f"{what} {made} was made but not deleted: {error.message}",
                hint=f"delete {what} {made} by hand",
            ) from error
        return f"{what} {made} was made and deleted"
