"""Activities: the contact events, as calls, meetings, letters, tasks and provider-defined ones.

What shows how:

- START_TIME is the planned time, else that of completion; END_TIME that of completion, else the planned one.
  A completed activity's day is therefore its END_TIME. DEADLINE follows START_TIME, for tasks END_TIME.
- CREATED is the time the event was logged; DESCRIPTION is its result.
- Cancelled events have no activity: the portal cannot hold them.
- The owner is the deal if there is one, else for every third event a contact of the client, else the company.
  Bindings name the owner and, for events with an even number, the company too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities.names import parts, user_id
from connector.sandbox.bitrix24.fields import Field, computed, constant, kept, text
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.portal import Portal

LEAD, DEAL, CONTACT, COMPANY = 1, 2, 3, 4
CONTACT_EVERY = 3
TYPES = {"meeting": "1", "call": "2", "task": "3", "email": "4", "message": "6", "other": "6"}
PROVIDERS = {
    "meeting": ("CRM_MEETING", "MEETING"),
    "call": ("VOXIMPLANT_CALL", "CALL"),
    "task": ("CRM_TASKS_TASK", "TASKS_TASK"),
    "email": ("CRM_EMAIL", "EMAIL"),
    "message": ("IMOPENLINES_SESSION", "IMOPENLINES_SESSION"),
    "other": ("REST_APP", "OTHER"),
}
DIRECTIONS = {"in": "1", "out": "2"}
RESULTS = (
    "RESULT_MARK",
    "RESULT_VALUE",
    "RESULT_SUM",
    "RESULT_CURRENCY_ID",
    "RESULT_STATUS",
    "RESULT_STREAM",
)


def build(portal: Portal) -> Entity:
    """Make the activities of all events but the cancelled ones."""
    entity = Entity("activity", fields(portal))
    rows = portal.truth.rows["events"]
    entity.load(
        Record(number, row, owned_by_contact(portal, number, row))
        for number, row in rows.items()
        if shown(row)
    )
    entity.reserve(max(rows, default=0))
    return entity


def shown(row: Row) -> bool:
    """Tell whether the portal can hold the event."""
    return row["status"] != "cancelled"


def owned_by_contact(portal: Portal, number: int, row: Row) -> dict[str, Any]:
    """Choose a contact as the owner of every third event without a deal.

    The choice stays when contacts change.
    """
    people = portal.contacts_of(row["client"]) if number % CONTACT_EVERY == 0 and not row["deal"] else []
    return {"OWNER": (CONTACT, people[number // CONTACT_EVERY % len(people)])} if people else {}


def owner(record: Record) -> tuple[int, int]:
    """Return (type, id) of the owner."""
    if "OWNER" in record.extra:
        kind, number = record.extra["OWNER"]
        return int(kind), int(number)
    if record.row["deal"].isdigit():
        return DEAL, int(record.row["deal"])
    return COMPANY, int(user_id(record.row["client"]))


def bindings(record: Record) -> list[tuple[int, int]]:
    """Return all (type, id) the activity is bound to, the owner first."""
    if "BOUND" in record.extra:
        return [(int(kind), int(number)) for kind, number in record.extra["BOUND"]]
    bound = [owner(record)]
    company = (COMPANY, int(user_id(record.row["client"])))
    return [*bound, company] if record.id % 2 == 0 and company[1] and company not in bound else bound


def fields(portal: Portal) -> list[Field]:
    """Return the fields every activity has, in the portal's order."""
    return [
        computed("ID", "integer", lambda record: str(record.id)),
        computed("OWNER_ID", "integer", lambda record: str(owner(record)[1])),
        computed("OWNER_TYPE_ID", "integer", lambda record: str(owner(record)[0])),
        computed("TYPE_ID", "integer", lambda record: TYPES.get(record.row["kind"], TYPES["other"])),
        computed("PROVIDER_ID", "string", lambda record: provider(record)[0]),
        computed("PROVIDER_TYPE_ID", "string", lambda record: provider(record)[1]),
        constant("PROVIDER_GROUP_ID"),
        computed("ASSOCIATED_ENTITY_ID", "integer", lambda record: str(portal.task_of.get(record.id, 0))),
        subject(),
        computed("CREATED", "datetime", lambda record: stamps.from_neutral(record.row["logged_at"])),
        computed("LAST_UPDATED", "datetime", updated),
        *times(),
        completed(portal),
        computed("STATUS", "integer", lambda record: "2" if record.row["status"] == "completed" else "1"),
        Field("RESPONSIBLE_ID", "user", lambda record: user_id(record.row["employee"]), write_employee),
        kept("PRIORITY", "integer", "2"),
        constant("NOTIFY_TYPE", "0", "integer"),
        constant("NOTIFY_VALUE", "0", "integer"),
        description(),
        constant("DESCRIPTION_TYPE", "1", "integer"),
        direction(),
        kept("LOCATION", default=""),
        constant("SETTINGS", []),
        kept("ORIGINATOR_ID"),
        kept("ORIGIN_ID"),
        computed("AUTHOR_ID", "user", lambda record: user_id(record.row["employee"])),
        computed("EDITOR_ID", "user", editor),
        constant("PROVIDER_PARAMS", []),
        constant("PROVIDER_DATA"),
        *(
            constant(name, "0" if name in {"RESULT_MARK", "RESULT_STATUS", "RESULT_STREAM"} else None)
            for name in RESULTS
        ),
        constant("RESULT_SOURCE_ID"),
        constant("AUTOCOMPLETE_RULE", "0"),
        computed("COMMUNICATIONS", "list", lambda record: communications(portal, record), group="named"),
        constant("FILES", [], "list", group="named"),
        computed("BINDINGS", "list", bindings, group="hidden", multiple=True),
    ]


def provider(record: Record) -> tuple[str, str]:
    """Return the provider and its type; a kind the portal does not know comes from an application."""
    return PROVIDERS.get(record.row["kind"], PROVIDERS["other"])


def subject() -> Field:
    """Return SUBJECT."""

    def write(record: Record, value: Any) -> None:
        record.row["subject"] = text(value)

    return Field("SUBJECT", "string", lambda record: record.row["subject"], write)


def description() -> Field:
    """Return DESCRIPTION: what was written into the activity, else the neutral result."""

    def write(record: Record, value: Any) -> None:
        record.row["result"] = text(value)

    return Field("DESCRIPTION", "string", lambda record: record.row["result"], write)


def direction() -> Field:
    """Return DIRECTION: 1 in, 2 out, 0 none."""

    def write(record: Record, value: Any) -> None:
        record.row["direction"] = {"1": "in", "2": "out"}.get(text(value), "")

    return Field("DIRECTION", "integer", lambda record: DIRECTIONS.get(record.row["direction"], "0"), write)


def completed(portal: Portal) -> Field:
    """Return COMPLETED; writing Y completes the event now, N opens it again."""

    def write(record: Record, value: Any) -> None:
        done = text(value).upper() in {"Y", "1"}
        if done != (record.row["status"] == "completed"):
            record.row["status"] = "completed" if done else "planned"
            record.row["completed_at"] = portal.now() if done else ""

    return Field("COMPLETED", "char", lambda r: "Y" if r.row["status"] == "completed" else "N", write)


def times() -> list[Field]:
    """Return START_TIME, END_TIME and DEADLINE; writing the start or the deadline moves the plan."""

    def plan(record: Record, value: Any) -> None:
        record.row["planned_at"] = stamps.from_client(value)

    def end(record: Record, value: Any) -> None:
        if record.row["status"] == "completed":
            record.row["completed_at"] = stamps.from_client(value)

    return [
        Field("START_TIME", "datetime", start_time, plan),
        Field("END_TIME", "datetime", end_time, end),
        Field("DEADLINE", "datetime", deadline, plan),
    ]


def start_time(record: Record) -> str:
    """Return the planned time, else the time of completion."""
    return stamps.from_neutral(record.row["planned_at"] or record.row["completed_at"])


def end_time(record: Record) -> str:
    """Return the time of completion, else the planned time."""
    return stamps.from_neutral(record.row["completed_at"] or record.row["planned_at"])


def deadline(record: Record) -> str:
    """Return START_TIME, for tasks END_TIME."""
    return end_time(record) if record.row["kind"] == "task" else start_time(record)


def updated(record: Record) -> str:
    """Return the later of logging and completion."""
    return max(stamps.from_neutral(record.row["logged_at"]), stamps.from_neutral(record.row["completed_at"]))


def write_employee(record: Record, value: Any) -> None:
    """Hand the activity to another user."""
    record.row["employee"] = text(value)


def editor(record: Record) -> str:
    """Return who saved it last: the responsible one, as long as nobody else did."""
    return text(record.extra.get("EDITOR_ID")) or user_id(record.row["employee"])


def communications(portal: Portal, record: Record) -> list[dict[str, Any]]:
    """Return whom the activity was with: the phone or e-mail of its contact, else of its company."""
    kind = "EMAIL" if record.row["kind"] == "email" else "PHONE"
    held_by, number = owner(record)
    client = portal.client(record.row["client"])
    if held_by != CONTACT or portal.contact.get(number) is None:
        return (
            communication(record.id, kind, client, COMPANY, {"COMPANY_TITLE": client["name"]})
            if client
            else []
        )
    contact = portal.contact.records[number]
    named = {name: contact_name(portal, contact, name) for name in ("NAME", "SECOND_NAME", "LAST_NAME")}
    settings = {"HONORIFIC": "", **named, "COMPANY_TITLE": client["name"] if client else ""}
    return communication(
        record.id, kind, contact.row, CONTACT, settings | {"COMPANY_ID": contact.row["client"]}
    )


def contact_name(portal: Portal, contact: Record, name: str) -> str:
    """Return one part of a contact's name."""
    return text(portal.contact.fields[name].read(contact))


def communication(
    number: int, kind: str, row: Row, owner_type: int, settings: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the one communication of an activity, or none if there is no such address."""
    values = parts(row["emails" if kind == "EMAIL" else "phones"])
    entry = {"ID": str(number), "TYPE": kind, "ENTITY_ID": row["id"], "ENTITY_TYPE_ID": str(owner_type)}
    return [{**entry, "VALUE": values[0], "ENTITY_SETTINGS": settings}] if values else []
