"""Changes records as the portal does: checks, saves real changes only, stamps, moves what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.bitrix24.entities.lead import STATUSES, enter
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import Field, text
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Entity, Record

WRONG_VALUE = "CRM_FIELD_ERROR_VALUE_NOT_VALID"


def save(
    portal: Portal, entity: Entity, record: Record, fields: Mapping[str, Any], by: str = "1"
) -> list[str]:
    """Write the fields and return the names of those that changed; nothing is saved when nothing changes."""
    writable = [(field, value) for field, value in known(entity, fields) if field.write]
    for field, value in writable:
        check(portal, field, value)
    owner = record.row.get("owner", "")
    before = {field.name: field.read(record) for field, _ in writable}
    changed = write_all(record, writable)
    if changed:
        AFTER.get(entity.name, settle_nothing)(portal, record, changed, owner)
        portal.touch(entity, record, by)
        if entity is portal.activity:
            record.put("EDITOR_ID", by)
        automate(portal, entity, record, before)
    return changed


def automate(portal: Portal, entity: Entity, record: Record, before: Mapping[str, Any]) -> None:
    """Set a field back to what it was, as an automation rule of the portal may after each save."""
    name = portal.faults.text("changed_back")
    if entity is portal.company and name in before:
        write_all(record, [(entity.fields[name], before[name])])
        portal.touch(entity, record)


def write_all(record: Record, writable: list[tuple[Field, Any]]) -> list[str]:
    """Write all values or, if one is refused, none; return the names of the fields that changed."""
    row, extra = dict(record.row), record.extra
    try:
        return [field.name for field, value in writable if rewritten(field, record, value)]
    except PortalError:
        record.row.update(row)
        record.extra = extra
        raise


def known(entity: Entity, fields: Mapping[str, Any]) -> list[tuple[Field, Any]]:
    """Pair the sent values with their fields; names the entity does not have are ignored without a word."""
    return [
        (entity.fields[name.upper()], value)
        for name, value in fields.items()
        if name.upper() in entity.fields
    ]


def check(portal: Portal, field: Field, value: Any) -> None:
    """Refuse users and times that are none."""
    if field.kind == "user" and portal.user.get(int(text(value)) if text(value).isdigit() else 0) is None:
        raise PortalError(WRONG_VALUE, f"Неверное значение поля «{field.title or field.name}»")
    if field.name == "TITLE" and text(value).strip() == "":
        raise PortalError("CRM_FIELD_ERROR_REQUIRED", f"Не заполнено поле «{field.title or field.name}»")


def rewritten(field: Field, record: Record, value: Any) -> bool:
    """Write one value and tell whether it made a difference."""
    if field.write is None:
        return False
    before = field.read(record)
    try:
        field.write(record, value)
    except ValueError as error:
        raise PortalError("WRONG_DATETIME_FORMAT", f"Wrong datetime format: {text(value)}") from error
    return bool(field.read(record) != before)


def settle_nothing(portal: Portal, record: Record, changed: list[str], owner: str) -> None:
    """Do nothing: most records have nothing hanging on them."""


def settle_company(portal: Portal, record: Record, changed: list[str], owner: str) -> None:
    """Continue the history of owners when the responsible one changed; contacts and deals keep theirs."""
    if "ASSIGNED_BY_ID" in changed and record.id in portal.truth.rows["clients"]:
        portal.truth.owned(record.id, record.row["owner"], portal.today())


def settle_deal(portal: Portal, record: Record, changed: list[str], owner: str) -> None:
    """Write the stage history when the stage changed, and when the deal was closed."""
    if "STAGE_ID" not in changed:
        return
    row, now = record.row, portal.now()
    entry = portal.truth.add(
        "stage_history", {"deal": str(record.id), "stage": row["stage"], "entered_at": now}
    )
    portal.stage_history.add(entry, {"first": False})
    portal.moved[str(record.id)] = now
    record.put("MOVED_TIME", now)
    row["closed_at"] = "" if row["stage_kind"] == "open" else now


def settle_lead(portal: Portal, record: Record, changed: list[str], owner: str) -> None:
    """Write the status history when the status changed, and when the lead was closed."""
    if "STATUS_ID" not in changed:
        return
    now, status = portal.now(), str(record.extra["STATUS_ID"])
    enter(portal.lead_history, record, status, now)
    record.put("MOVED_TIME", now)
    record.put("DATE_CLOSED", now if STATUSES[status][1] else "")


def settle_activity(portal: Portal, record: Record, changed: list[str], owner: str) -> None:
    """Let the task that shares the row, and the call statistics, follow."""
    task = portal.task.get(portal.task_of.get(record.id, 0))
    if task is not None:
        portal.touch(portal.task, task)


def settle_task(portal: Portal, record: Record, changed: list[str], owner: str) -> None:
    """Stamp a completion, and let the activity that shares the row follow."""
    if record.row["status"] == "completed" and not record.row["completed_at"]:
        record.row["completed_at"] = portal.now()
    elif record.row["status"] != "completed":
        record.row["completed_at"] = ""
    activity = portal.activity.get(portal.activity_of.get(record.id, 0))
    if activity is not None:
        portal.touch(portal.activity, activity)


AFTER: dict[str, Callable[[Portal, Record, list[str], str], None]] = {
    "company": settle_company,
    "deal": settle_deal,
    "lead": settle_lead,
    "activity": settle_activity,
    "task": settle_task,
}
