"""Call statistics: one row for each completed call whose outcome is known, joined to its activity by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.activity import CONTACT, owner
from connector.sandbox.bitrix24.entities.names import parts, user_id
from connector.sandbox.bitrix24.fields import Field, computed, constant, whole
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

ANSWERED, MISSED, DECLINED = "200", "304", "603-S"
REASONS = {ANSWERED: "", MISSED: "Skipped call", DECLINED: "Decline self"}
NONE = (
    "EXTERNAL_CALL_ID", "CALL_VOTE", "REST_APP_ID", "REST_APP_NAME", "TRANSCRIPT_ID", "REDIAL_ATTEMPT",
    "COMMENT",
    "RECORD_DURATION", "RECORD_FILE_ID",
)  # fmt: skip


def build(portal: Portal) -> Entity:
    """Make the rows of the calls held so far, numbered in the order of their events."""
    entity = Entity("call", fields(portal))
    held = ((number, row) for number, row in portal.truth.rows["events"].items() if countable(row))
    entity.load(Record(place, row, {"ACTIVITY": number}) for place, (number, row) in enumerate(held, 1))
    return entity


def countable(row: Row) -> bool:
    """Tell whether the telephone exchange has seen the call."""
    return row["kind"] == "call" and row["status"] == "completed" and row["successful"] != ""


def fields(portal: Portal) -> list[Field]:
    """Return the fields of a call, all numbers as text."""
    return [
        computed("ID", "integer", lambda record: str(record.id)),
        computed("PORTAL_USER_ID", "user", lambda record: user_id(record.row["employee"])),
        constant("PORTAL_NUMBER", "reg1"),
        computed("PHONE_NUMBER", "string", lambda record: number(portal, record)),
        computed("CALL_ID", "string", lambda record: f"sandbox.{record.id}"),
        constant("CALL_CATEGORY", "external"),
        constant("CALL_LOG"),
        computed("CALL_DURATION", "integer", duration),
        computed("CALL_START_DATE", "datetime", started),
        constant("CALL_RECORD_URL", ""),
        constant("COST", "0.0000", "double"),
        constant("COST_CURRENCY", "RUR"),
        computed("CALL_FAILED_CODE", "string", outcome),
        computed("CALL_FAILED_REASON", "string", lambda record: REASONS[outcome(record)]),
        computed("CRM_ENTITY_TYPE", "string", lambda record: entity(portal, record)[0]),
        computed("CRM_ENTITY_ID", "integer", lambda record: entity(portal, record)[1]),
        computed("CRM_ACTIVITY_ID", "integer", lambda record: str(record.extra["ACTIVITY"])),
        constant("TRANSCRIPT_PENDING", "N", "char"),
        computed("SESSION_ID", "string", lambda record: str(3_000_000 + record.id)),
        computed("CALL_TYPE", "integer", lambda record: "2" if record.row["direction"] == "in" else "1"),
        *(constant(name) for name in NONE),
    ]


def outcome(record: Record) -> str:
    """Return how the call ended: talked, missed by us, or declined by the other side."""
    if record.row["successful"] == "1":
        return ANSWERED
    return MISSED if record.row["direction"] == "in" else DECLINED


def duration(record: Record) -> str:
    """Return whole seconds of talk; 0 where none is known."""
    return str(whole(record.row["duration_s"]))


def started(record: Record) -> str:
    """Return when the call began: its completion less its duration."""
    return stamps.earlier(stamps.from_neutral(record.row["completed_at"]), whole(record.row["duration_s"]))


def entity(portal: Portal, record: Record) -> tuple[str, str]:
    """Return what the exchange took the number for: the contact that owns the activity, else the company."""
    activity = portal.activity.get(record.extra["ACTIVITY"])
    held_by, number = owner(activity) if activity else (0, 0)
    return ("CONTACT", str(number)) if held_by == CONTACT else ("COMPANY", user_id(record.row["client"]))


def number(portal: Portal, record: Record) -> str:
    """Return the number that was called: the client's first, else none."""
    client = portal.client(record.row["client"])
    return ([*parts(client["phones"]), ""])[0] if client else ""
