"""Tries each allowed kind of write on one company and takes it back: only for `doctor --write-probe`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connector.changes import Permission
from connector.errors import ConnectorError, SourceError
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.companies import COMPANIES
from connector.plugins.amocrm.flags import has_tag, tag_of
from connector.plugins.amocrm.tasks import FOLLOW_UP, MEETING
from connector.plugins.amocrm.values import as_list, as_map, embedded
from connector.plugins.base import Check

TEXT = "connector doctor: a test"
_DAY = 86_400
_RIGHT = "give the token's user the right to do this, or take {} out of `write`"


class WriteProbe:
    """Makes a task and a meeting and ticks them off, adds a note; sets owner and fields to what they are.

    An account deletes neither tasks nor notes: what was made stays and says that it is a test.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._config = account.config
        self._company: Mapping[str, Any] = {}
        self._ways: dict[Permission, Callable[[Permission], str]] = {
            "task": lambda permission: self._task(permission, FOLLOW_UP),
            "contact": lambda permission: self._task(permission, MEETING),
            "note": self._note,
            "owner": self._set_owner,
            "field": lambda permission: self._set_fields(permission, self._config.fields),
            "flag": lambda permission: self._set_fields(permission, self._config.flags),
        }

    def probe(self) -> Iterator[Check]:
        """Yield a line for each kind of the settings; the writes are sent once and never repeated."""
        if not self._config.write:
            yield Check("write probe", "skipped", "write = [] in the [[source]]")
            return
        try:
            self._company = COMPANIES.sorted_by("id", "desc").page(self._account.api, 1, 1).rows[0]
        except (ConnectorError, LookupError):
            yield Check("write probe", "skipped", "no company can be seen to try it on")
            return
        for permission in self._config.write:
            yield self._tried(permission)

    def _tried(self, permission: Permission) -> Check:
        name = f"write {permission}, tried"
        try:
            return Check(name, "ok", self._ways[permission](permission))
        except SourceError as error:
            return Check(name, "failed", error.message, error.hint or _RIGHT.format(permission))

    def _task(self, permission: Permission, kind: str) -> str:
        item = {
            "text": TEXT,
            "complete_till": self._account.api.now() + _DAY,
            "task_type_id": int(kind),
            "entity_type": "companies",
            "entity_id": self._company["id"],
            "responsible_user_id": int(self._account.directories.user or 0),
        }
        made = self._sent("POST", "tasks", item, permission)
        done = {"id": made, "is_completed": True, "result": {"text": TEXT}}
        try:
            self._sent("PATCH", "tasks", done, permission)
        except SourceError as error:
            raise SourceError(
                f"task {made} was made but not ticked off: {error.message}",
                hint=f"tick task {made} off by hand",
            ) from error
        return f"task {made} was made and ticked off"

    def _note(self, permission: Permission) -> str:
        item = {"entity_id": self._company["id"], "note_type": "common", "params": {"text": TEXT}}
        made = self._sent("POST", "companies/notes", item, permission)
        return f"note {made} was added to company {self._company['id']} and stays: notes cannot be deleted"

    def _set_owner(self, permission: Permission) -> str:
        company = self._company["id"]
        item = {"id": company, "responsible_user_id": self._company["responsible_user_id"]}
        self._sent("PATCH", "companies", item, permission)
        return f"company {company} was given the owner that it has"

    def _set_fields(self, permission: Permission, places: Mapping[str, str]) -> str:
        company = self._company["id"]
        item: dict[str, Any] = {"id": company, "custom_fields_values": []}
        for place in places.values():
            tag = tag_of(place)
            if tag is None:
                item["custom_fields_values"].append(self._as_it_is(place))
            else:
                way = "tags_to_add" if has_tag(self._company, tag) else "tags_to_delete"
                item.setdefault(way, []).append({"name": tag})
        self._sent("PATCH", "companies", item, permission)
        return f"company {company} was given the values that it has: {', '.join(places.values())}"

    def _as_it_is(self, place: str) -> dict[str, Any]:
        number = int(self._account.directories.field("companies", place).id)
        held = (as_map(field) for field in as_list(self._company.get("custom_fields_values")))
        values = next((field.get("values") for field in held if field.get("field_id") == number), None)
        return {"field_id": number, "values": values}

    def _sent(self, verb: str, path: str, item: Mapping[str, Any], permission: Permission) -> int:
        """Send one item; return the id that the account names."""
        body = self._account.api.write(verb, path, [item], {permission})
        rows = embedded(as_map(body), path.rpartition("/")[2])
        return int(rows[0]["id"]) if rows else 0
