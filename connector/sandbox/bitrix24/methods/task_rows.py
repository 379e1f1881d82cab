"""How tasks look in answers: camel case, people as objects, tags as an object keyed by number."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24.fields import item_name, text
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Record

ICON = "/bitrix/images/tasks/default_avatar.png"
ACTIONS_YES = (
    "complete", "start", "delegate", "remove", "edit", "defer", "create", "changeDeadline",
    "checklistAddItems",
    "addFavorite", "rate", "checklist.reorder", "elapsedtime.add", "edit.plan", "checklist.add",
    "favorite.add",
)  # fmt: skip
ACTIONS_NO = (
    "accept", "decline", "approve", "disapprove", "pause", "renew", "deleteFavorite", "edit.originator",
    "dayplan.timer.toggle", "favorite.delete",
)  # fmt: skip
CHECKLIST: dict[str, Any] = {
    "id": None, "copiedId": None, "entityId": None, "userId": 1, "createdBy": None, "parentId": None,
    "title": "",
    "sortIndex": None, "displaySortIndex": "", "isComplete": False, "isImportant": False, "completedCount": 0,
    "members": [], "attachments": [],
}  # fmt: skip
UF_SIBLINGS: dict[str, Any] = {"ufTaskWebdavFiles": [], "ufMailMessage": None}
LISTED: dict[str, Any] = {
    "group": [], "accomplicesData": [], "auditorsData": [], "taskRequireResult": "N",
    "taskHasOpenResult": "N",
    "taskHasResult": "N", "timeElapsed": None, "timerIsRunningForCurrentUser": "N", "subStatus": "2",
    "lengthDeadline": "1", "descriptionInBbcode": "Y",
}  # fmt: skip
COUNTS = (
    "expired",
    "newComments",
    "projectExpired",
    "projectNewComments",
    "mutedExpired",
    "mutedNewComments",
)
PEOPLE = {"CREATED_BY": "creator", "RESPONSIBLE_ID": "responsible"}


def person(portal: Portal, number: str) -> dict[str, Any] | list[Any]:
    """Return a user as tasks show them; an empty list for nobody."""
    record = portal.user.get(int(number)) if number.isdigit() else None
    if record is None:
        return []
    read = {
        name: text(portal.user.fields[name].read(record)) for name in ("NAME", "LAST_NAME", "WORK_POSITION")
    }
    name = f"{read['NAME']} {read['LAST_NAME']}".strip()
    link = f"/company/personal/user/{number}/"
    return {"id": number, "name": name, "link": link, "icon": ICON, "workPosition": read["WORK_POSITION"]}


def tags(portal: Portal, record: Record) -> dict[str, Any] | list[Any]:
    """Return the tags keyed by their number, an empty list if there are none."""
    titles = record.extra.get("TAGS", [])
    numbered = [(portal.tag_number(title), title) for title in titles]
    return {str(number): {"id": number, "title": title} for number, title in numbered} or []


def values(portal: Portal, record: Record, names: list[str]) -> dict[str, Any]:
    """Return the named fields in camel case, with what the portal adds to them unasked."""
    fields = portal.task.fields
    row: dict[str, Any] = {}
    for name in names:
        if name == "TAGS":
            row["tags"] = tags(portal, record)
        elif name in fields and fields[name].group != "hidden":
            row[item_name(name)] = fields[name].read(record)
        if name == "UF_CRM_TASK":
            row |= UF_SIBLINGS
    people = {shown: name for name, shown in PEOPLE.items() if name in names}
    return row | {shown: person(portal, text(fields[name].read(record))) for shown, name in people.items()}


def listed(portal: Portal, record: Record, names: list[str]) -> dict[str, Any]:
    """Return a row of the task list: the named fields, and much that nobody asked for."""
    row = values(portal, record, names) | LISTED
    row["counter"] = {"counters": dict.fromkeys(COUNTS, 0), "color": "gray", "value": 0}
    return row | ({"parsedDescription": row["description"]} if "description" in row else {})


def single(portal: Portal, record: Record, names: list[str]) -> dict[str, Any]:
    """Return the task as get answers it."""
    row = {"descriptionInBbcode": "Y", "favorite": "N", **values(portal, record, names)}
    return row | {"group": [], "action": actions() | {"take": False}}


def changed(portal: Portal, record: Record) -> dict[str, Any]:
    """Return the task as update, delegate and complete answer it: a little more than add does."""
    row = full(portal, record) | {"sprintId": None, "backlogId": None}
    tree = row["checkListTree"]
    row["checkListTree"] = tree | {"fields": tree["fields"] | {"nodeId": None}}
    return row | {"action": actions() | {"take": False}}


def full(portal: Portal, record: Record) -> dict[str, Any]:
    """Return the task as add answers it: everything but custom fields and tags."""
    names = [field.name for field in portal.task.fields.values() if field.group == "plain"]
    row = values(portal, record, names)
    row |= {"checklist": [], "group": [], "accomplicesData": [], "auditorsData": [], "newCommentsCount": 0}
    tree = {"nodeId": 0, "fields": CHECKLIST, "action": [], "descendants": []}
    return row | {"action": actions(), "checkListTree": tree, "checkListCanAdd": True}


def actions() -> dict[str, bool]:
    """Return what the webhook's user may do with a task."""
    return dict.fromkeys(ACTIONS_NO, False) | dict.fromkeys(ACTIONS_YES, True)
