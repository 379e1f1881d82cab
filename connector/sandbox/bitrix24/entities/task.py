"""Tasks: those people made before, and those clients add; one bound to a card is an activity there too.

A task shares its row with its activity, so that completing either completes both; a task bound to nothing has
a row of
its own that the neutral company does not see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.activity import (
    COMPANY,
    CONTACT,
    DEAL,
    LEAD,
    bindings,
    write_employee,
)
from connector.sandbox.bitrix24.entities.names import ROBOT, user_id
from connector.sandbox.bitrix24.fields import Field, computed, constant, kept, text
from connector.sandbox.bitrix24.records import Entity, Record

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

PREFIXES = {LEAD: "L", DEAL: "D", CONTACT: "C", COMPANY: "CO"}
WAITING, IN_PROGRESS, AWAITING_CONTROL, DONE, POSTPONED = "2", "3", "4", "5", "6"
FLAGS_NO = (
    "MULTITASK", "NOT_VIEWED", "REPLICATE", "ALLOW_CHANGE_DEADLINE", "ALLOW_TIME_TRACKING", "TASK_CONTROL",
    "ADD_IN_REPORT", "MATCH_WORK_TIME", "IS_MUTED", "IS_PINNED", "IS_PINNED_IN_GROUP", "FAVORITE",
)  # fmt: skip
EMPTY = (
    "DATE_START", "START_DATE_PLAN", "END_DATE_PLAN", "COMMENTS_COUNT", "SERVICE_COMMENTS_COUNT",
    "FORKED_BY_TEMPLATE_ID", "TIME_SPENT_IN_LOGS", "FORUM_TOPIC_ID", "FORUM_ID", "EXCHANGE_MODIFIED",
    "EXCHANGE_ID",
    "VIEWED_DATE", "SORTING", "DURATION_FACT", "FLOW_ID", "DURATION_PLAN", "MARK",
)  # fmt: skip


def build(portal: Portal) -> Entity:
    """Make a task for each activity of that kind that already exists."""
    entity = Entity("task", fields())
    found = [record for record in portal.activity.records.values() if record.row["kind"] == "task"]
    for place, record in enumerate(found, 1):
        portal.bind_task(record.id, place)
    entity.load(Record(place, r.row, {"UF_CRM_TASK": crm_marks(r)}) for place, r in enumerate(found, 1))
    return entity


def crm_marks(activity: Record) -> list[str]:
    """Return what an activity is bound to as UF_CRM_TASK spells it: `CO_3`, `C_2`, `D_7`."""
    return [f"{PREFIXES[kind]}_{number}" for kind, number in bindings(activity) if kind in PREFIXES]


def fields() -> list[Field]:
    """Return the fields of a task under their upper-case names; answers spell them in camel case."""
    return [
        computed("ID", "integer", lambda record: str(record.id)),
        constant("PARENT_ID", kind="integer"),
        Field("TITLE", "string", lambda record: record.row["subject"], write_title),
        kept("DESCRIPTION", default=""),
        kept("PRIORITY", "integer", "1"),
        constant("STAGE_ID", "0", "integer"),
        kept("CREATED_BY", "user", ROBOT),
        computed("CREATED_DATE", "datetime", lambda record: stamps.from_neutral(record.row["logged_at"])),
        Field("RESPONSIBLE_ID", "user", lambda record: user_id(record.row["employee"]), write_employee),
        computed("CHANGED_BY", "user", lambda _: ROBOT),
        computed("CHANGED_DATE", "datetime", changed),
        computed("STATUS_CHANGED_BY", "user", lambda _: None),
        computed("STATUS_CHANGED_DATE", "datetime", changed),
        computed(
            "CLOSED_BY", "user", lambda record: user_id(record.row["employee"]) if done(record) else None
        ),
        computed(
            "CLOSED_DATE", "datetime", lambda record: stamps.from_neutral(record.row["completed_at"]) or None
        ),
        computed("ACTIVITY_DATE", "datetime", changed),
        Field(
            "DEADLINE", "datetime", lambda r: stamps.from_neutral(r.row["planned_at"]) or None, write_deadline
        ),
        computed("GUID", "string", lambda record: f"{{{uuid5(NAMESPACE_OID, f'task {record.id}')}}}"),
        kept("XML_ID"),
        constant("TIME_ESTIMATE", "0", "integer"),
        constant("SITE_ID", "s1"),
        constant("SUBORDINATE", "N", "char"),
        constant("OUTLOOK_VERSION", "1", "integer"),
        constant("DESCRIPTION_IN_BBCODE", "Y", "char"),
        Field("STATUS", "integer", status, write_status),
        computed("REAL_STATUS", "integer", status, group="hidden"),
        constant("DURATION_TYPE", "days"),
        kept("GROUP_ID", "integer", "0"),
        *(constant(name, "N", "char") for name in FLAGS_NO),
        *(constant(name) for name in EMPTY),
        kept("AUDITORS", "list", [], multiple=True),
        kept("ACCOMPLICES", "list", [], multiple=True),
        kept("UF_CRM_TASK", "string", [], group="named", multiple=True),
        kept("TAGS", "string", [], group="named", multiple=True),
        computed("TAG", "string", lambda record: record.extra.get("TAGS", []), group="hidden", multiple=True),
    ]


def done(record: Record) -> bool:
    """Tell whether the task is completed."""
    return record.row["status"] == "completed"


def status(record: Record) -> str:
    """Return the status: 5 when done, else what was written, else 2 (waiting)."""
    return DONE if done(record) else text(record.extra.get("STATUS")) or WAITING


def changed(record: Record) -> str:
    """Return when the task was last changed: its creation or completion."""
    return max(stamps.from_neutral(record.row["logged_at"]), stamps.from_neutral(record.row["completed_at"]))


def write_title(record: Record, value: Any) -> None:
    """Take a new title."""
    record.row["subject"] = text(value)


def write_deadline(record: Record, value: Any) -> None:
    """Take a new deadline."""
    record.row["planned_at"] = stamps.from_client(value)


def write_status(record: Record, value: Any) -> None:
    """Take a new status; completion is stamped by whoever saves."""
    record.put("STATUS", text(value))
    record.row["status"] = "completed" if text(value) == DONE else "planned"
