"""Tasks: adding, looking up, changing, delegating, completing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.binding import add_activity, detached, owners_in
from connector.sandbox.bitrix24.deletions import delete_task
from connector.sandbox.bitrix24.entities.task import DONE
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import Field, text, whole
from connector.sandbox.bitrix24.filters import TASKS, Dialect
from connector.sandbox.bitrix24.garbage import page_of
from connector.sandbox.bitrix24.methods import task_rows
from connector.sandbox.bitrix24.methods.activities import moment
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.methods.listing import find_page, listed
from connector.sandbox.bitrix24.params import as_list, as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Record
from connector.sandbox.bitrix24.saving import save

FILTERS = (
    "ID", "TITLE", "TAG", "RESPONSIBLE_ID", "CREATED_BY", "REAL_STATUS", "STATUS", "DEADLINE", "CREATED_DATE",
    "CHANGED_DATE", "CLOSED_DATE", "GROUP_ID", "PARENT_ID", "PRIORITY", "UF_CRM_TASK",
)  # fmt: skip
SHOWN = (
    "ID", "PARENT_ID", "TITLE", "DESCRIPTION", "PRIORITY", "GROUP_ID", "CREATED_BY", "CREATED_DATE",
    "RESPONSIBLE_ID",
    "CHANGED_BY", "CHANGED_DATE", "CLOSED_BY", "CLOSED_DATE", "DEADLINE", "GUID", "XML_ID", "STATUS",
    "DESCRIPTION_IN_BBCODE", "FAVORITE", "AUDITORS", "ACCOMPLICES",
)  # fmt: skip
KEPT = ("DESCRIPTION", "PRIORITY", "XML_ID", "GROUP_ID", "CREATED_BY")
LISTS = ("TAGS", "UF_CRM_TASK", "AUDITORS", "ACCOMPLICES")


def filter_fields(portal: Portal) -> dict[str, Field]:
    """Return the documented filters; XML_ID is none of them, and whatever is none is ignored."""
    fields = {name: portal.task.fields[name] for name in FILTERS}
    return fields | {"TITLE": replace(fields["TITLE"], kind="pattern")}


def list_tasks(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer tasks.task.list: `result.tasks`; the search by tag may lag behind the writes."""
    raw = as_map(params.get("filter"), "filter")
    lag = portal.faults.number("index_lag")
    if lag and any(name.lstrip("!").upper() == "TAG" for name in raw):
        raw["<CREATED_DATE"] = stamps.stamp(portal.clock.now() - timedelta(seconds=lag))
    dialect = Dialect(
        filter_fields(portal), operators=TASKS, naive_times=portal.faults.on("naive_filter_only")
    )
    page = find_page(portal, portal.task, {**params, "filter": raw}, dialect)
    names = selected(params)
    rows = [task_rows.listed(portal, record, names) for record in page.records]
    return listed(page, {"tasks": page_of(portal, rows)})


def selected(params: dict[str, Any]) -> list[str]:
    """Return the names to show; nothing selected means a handful, `*` the same."""
    select = params.get("select")
    if isinstance(select, str) and select:
        message = (
            f"Invalid value {{{select}}} to match with parameter {{select}}. Should be value of type array."
        )
        raise PortalError("100", f"{message} (internal error)")
    names = [str(name).upper() for name in as_list(select)]
    return [
        *(SHOWN if not names or "*" in names else ["ID"]),
        *(name for name in names if name not in {"*", "ID"}),
    ]


def task_of(portal: Portal, params: dict[str, Any]) -> Record:
    """Return the task that `taskId` names."""
    if "taskId" not in params:
        raise PortalError("100", "Could not find value for parameter {taskId} (internal error)")
    record = portal.task.get(whole(params["taskId"]))
    if record is None:
        raise PortalError("ERROR_CORE", "Task not found or not accessible<br>")
    return record


def get(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer tasks.task.get."""
    record = task_of(portal, params)
    return Answer({"task": task_rows.single(portal, record, selected(params))})


def add(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer tasks.task.add; a task bound to a CRM card appears there as an activity of type 3."""
    fields = {name.upper(): value for name, value in required_fields(params).items()}
    if not text(fields.get("TITLE")).strip():
        raise PortalError("ERROR_CORE", "Task title is not specified<br>")
    responsible = text(fields.get("RESPONSIBLE_ID"))
    if portal.user.get(whole(responsible)) is None:
        raise PortalError("ERROR_CORE", "Responsible person is not specified<br>")
    extra: dict[str, Any] = {name: text(fields[name]) for name in KEPT if text(fields.get(name))}
    extra |= {name: [text(item) for item in as_list(fields[name])] for name in LISTS if name in fields}
    event = {"employee": responsible, "kind": "task", "status": "planned", "subject": text(fields["TITLE"])}
    record = make_task(portal, event | {"planned_at": moment(fields.get("DEADLINE"))}, extra)
    portal.wrote("tasks.task.add", "task", record.id, marker(record), params)
    return Answer({"task": task_rows.full(portal, record)})


def required_fields(params: dict[str, Any]) -> dict[str, Any]:
    """Return `fields`; error 100 if they are missing."""
    if not isinstance(params.get("fields"), dict):
        raise PortalError("100", "Could not find value for parameter {fields} (internal error)")
    return as_map(params["fields"], "fields")


def make_task(portal: Portal, event: dict[str, str], extra: dict[str, Any]) -> Record:
    """Make a task, and with it the activity of the card it is bound to."""
    owners = owners_in(portal, extra.get("UF_CRM_TASK", []))
    if not owners:
        return portal.task.add(detached({**event, "logged_at": portal.now()}), extra)
    activity = add_activity(portal, owners, event, {})
    task = portal.task.add(activity.row, extra)
    portal.bind_task(activity.id, task.id)
    return task


def marker(record: Record) -> str | None:
    """Return by what a client would find its task again: XML_ID, else the first tag."""
    first = next(iter(record.extra.get("TAGS", [])), None)
    return record.extra.get("XML_ID") or first


def change(
    method: str, portal: Portal, record: Record, fields: dict[str, Any], body: dict[str, Any]
) -> Answer:
    """Save changed fields and answer the whole task."""
    listed_fields = {
        name: [text(item) for item in as_list(value)] for name, value in fields.items() if name in LISTS
    }
    if save(portal, portal.task, record, fields | listed_fields):
        portal.wrote(method, "task", record.id, marker(record), body)
    return Answer({"task": task_rows.changed(portal, record)})


def update(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer tasks.task.update."""
    record = task_of(portal, params)
    fields = {name.upper(): value for name, value in required_fields(params).items()}
    return change("tasks.task.update", portal, record, fields, params)


def delegate(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer tasks.task.delegate: another user does it from now on."""
    record = task_of(portal, params)
    if portal.user.get(whole(params.get("userId"))) is None or record.row["status"] == "completed":
        raise PortalError("0", "Action on the task is not allowed")
    return change("tasks.task.delegate", portal, record, {"RESPONSIBLE_ID": text(params["userId"])}, params)


def complete(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer tasks.task.complete; a task that is done cannot be done again."""
    record = task_of(portal, params)
    if record.row["status"] == "completed":
        raise PortalError("0", "Action on the task is not allowed")
    return change("tasks.task.complete", portal, record, {"STATUS": DONE}, params)


def delete(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer tasks.task.delete; the activity on the card goes with the task."""
    record = task_of(portal, params)
    delete_task(portal, record.id)
    portal.wrote("tasks.task.delete", "task", record.id, marker(record), params)
    return Answer({"task": True})


METHODS: dict[str, Method] = {
    "tasks.task.list": list_tasks,
    "tasks.task.get": get,
    "tasks.task.add": add,
    "tasks.task.update": update,
    "tasks.task.delegate": delegate,
    "tasks.task.complete": complete,
    "tasks.task.delete": delete,
}
