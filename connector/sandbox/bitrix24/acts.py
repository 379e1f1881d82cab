"""What people do in the portal's screens, for tests that play them: POST /sandbox/act {"do": NAME, ...}.

    complete_task      id, by?, at?, result?            a task is done (and its activity in the card with it)
    complete_activity  id, by?, at?, result?, successful?, duration_s?   a planned call or meeting was held
    change_owner       client, owner                    somebody hands a client to another employee
    delete             entity (company contact deal activity task), id
    insert             table, row                       a neutral row of clients, contacts, deals, events;
    returns its id
    update             table, id, fields                neutral columns of such a row, or of an employee
    edit               entity, id, fields, by?          vendor fields of a card, a task or an activity
    merge              into, gone                       two companies become one
    add_lead           fields                           vendor fields of a new lead; returns its id
    convert_lead       id, client, deal?                a lead becomes a client, and perhaps a deal
    consent            (nothing)                        an administrator lets the application in; returns the
    code, which lives 30 seconds
    dismiss            employee                         an employee leaves; the clients keep the owner until
    someone acts

Ids are the portal's. Every act stamps what it changes, as the portal would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.errors import ConfigError
from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.binding import note_activity
from connector.sandbox.bitrix24.deletions import DELETIONS, drop_requisites, hanging_on
from connector.sandbox.bitrix24.entities.activity import COMPANY, CONTACT, owner, shown
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.insertions import (
    TABLES,
    add_row,
    count_call,
    known_columns,
    neutral,
    table_of,
)
from connector.sandbox.bitrix24.lookup import equal
from connector.sandbox.bitrix24.methods.leads import convert, new_lead
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.bitrix24.saving import save

Order = Mapping[str, Any]
Done = dict[str, Any]

OK: Done = {"ok": True}
EDITABLE = ("company", "contact", "deal", "activity", "task")


def found(entity: Entity, number: Any) -> Record:
    """Return the record of that number; ConfigError if there is none."""
    record = entity.get(int(number)) if str(number).isdigit() else None
    if record is None:
        raise ConfigError(
            f"no {entity.name} {number!r} on the portal", hint="ids are those of /sandbox/state"
        )
    return record


def complete_task(portal: Portal, order: Order) -> Done:
    """Complete a task; bound to a card, its activity is completed by the same stroke."""
    task = found(portal.task, order.get("id"))
    finish(portal, task, order)
    portal.touch(portal.task, task)
    activity = portal.activity.get(portal.activity_of.get(task.id, 0))
    if activity:
        portal.touch(portal.activity, activity)
    return OK


def complete_activity(portal: Portal, order: Order) -> Done:
    """Complete a planned activity; a call whose outcome is told appears in the call statistics."""
    activity = found(portal.activity, order.get("id"))
    finish(portal, activity, order)
    activity.put("EDITOR_ID", activity.row["employee"])
    for name in ("successful", "duration_s"):
        if name in order:
            activity.row[name] = neutral(order[name])
    portal.touch(portal.activity, activity)
    task = portal.task.get(portal.task_of.get(activity.id, 0))
    if task:
        portal.touch(portal.task, task)
    count_call(portal, activity)
    return OK


def finish(portal: Portal, record: Record, order: Order) -> None:
    """Write a completion into the row that activity and task share."""
    moment = stamps.from_client(order.get("at")) or portal.now()
    record.row.update(status="completed", completed_at=moment)
    if order.get("by"):
        record.row["employee"] = str(order["by"])
    if order.get("result"):
        record.row["result"] = str(order["result"])
    note_activity(portal, record.row["client"])


def change_owner(portal: Portal, order: Order) -> Done:
    """Hand a client to another employee."""
    company = found(portal.company, order.get("client"))
    new = found(portal.user, order.get("owner"))
    save(portal, portal.company, company, {"ASSIGNED_BY_ID": str(new.id)}, by=str(order.get("by", new.id)))
    return OK


def delete(portal: Portal, order: Order) -> Done:
    """Delete a record for good; there is no trace of it in the API."""
    name = str(order.get("entity"))
    if name not in DELETIONS:
        raise ConfigError(f"cannot delete {name!r}", hint=f"one of: {', '.join(sorted(DELETIONS))}")
    entity = portal.entities[name]
    DELETIONS[name](portal, found(entity, order.get("id")).id)
    return OK


def update(portal: Portal, order: Order) -> Done:
    """Change neutral columns of a row, and stamp the record."""
    table = table_of(order)
    entity = portal.entities[TABLES[table]]
    record = found(entity, order.get("id"))
    given = {name: neutral(value) for name, value in dict(order.get("fields") or {}).items()}
    before = dict(record.row)
    record.row.update(known_columns(table, given))
    portal.touch(entity, record)
    if table == "clients" and before["owner"] != record.row["owner"]:
        portal.truth.owned(record.id, record.row["owner"], portal.today())
    if table == "events" and not shown(record.row):
        portal.activity.remove(record.id)
    if table == "contacts" and before["client"] != record.row["client"]:
        take_events_along(portal, record)
    return OK


def edit(portal: Portal, order: Order) -> Done:
    """Write vendor fields of a record as a person does in its card, custom ones too."""
    name = str(order.get("entity"))
    if name not in EDITABLE:
        raise ConfigError(f"cannot edit {name!r}", hint=f"one of: {', '.join(EDITABLE)}")
    record = found(portal.entities[name], order.get("id"))
    save(portal, portal.entities[name], record, dict(order.get("fields") or {}), by=str(order.get("by", "1")))
    return OK


def take_events_along(portal: Portal, contact: Record) -> None:
    """Let what is logged on a person be with their new company, without a stamp."""
    logged = [
        activity
        for number in equal(portal.activity, "OWNER_ID", contact.id)
        if owner(activity := portal.activity.records[number]) == (CONTACT, contact.id)
    ]
    for activity in logged:
        activity.row["client"] = contact.row["client"]
        portal.truth.note("events", activity.row)
        portal.activity.changed(activity.id)


def merge(portal: Portal, order: Order) -> Done:
    """Make two companies one: everything of `gone` belongs to `into`, and `gone` is no more."""
    into, gone = found(portal.company, order.get("into")), found(portal.company, order.get("gone"))
    if into.id == gone.id:
        raise ConfigError("a company cannot be merged with itself", hint="give two different ids")
    moved = hanging_on(portal, gone.id)
    portal.truth.merge_clients(into.id, gone.id)
    portal.company.remove(gone.id)
    drop_requisites(portal, gone.id)
    rename_company(portal, gone.id, into.id)
    portal.touch(portal.company, into)
    for entity, record in [*moved, *hanging_on(portal, into.id)]:
        if entity is portal.activity:
            entity.changed(record.id)
        else:
            portal.touch(entity, record)
    return OK


def rename_company(portal: Portal, gone: int, into: int) -> None:
    """Let activities and tasks that name the vanished company name the one that is left."""
    old, new = (COMPANY, gone), (COMPANY, into)
    bound_to_it = equal(portal.activity, "BINDINGS", old)
    for activity in (portal.activity.records[number] for number in bound_to_it):
        if activity.extra.get("OWNER") == old:
            activity.put("OWNER", new)
        if old in activity.extra.get("BOUND", ()):
            activity.put("BOUND", [new if bound == old else bound for bound in activity.extra["BOUND"]])
    portal.activity.changed(*bound_to_it)
    marked = equal(portal.task, "UF_CRM_TASK", f"CO_{gone}")
    for task in (portal.task.records[number] for number in marked):
        marks = task.extra.get("UF_CRM_TASK", [])
        task.put("UF_CRM_TASK", [f"CO_{into}" if mark == f"CO_{gone}" else mark for mark in marks])
    portal.task.changed(*marked)


def insert(portal: Portal, order: Order) -> Done:
    """Add a neutral row; it gets the next number of its entity."""
    return {"ok": True, "id": add_row(portal, table_of(order), dict(order.get("row") or {}))}


def add_lead(portal: Portal, order: Order) -> Done:
    """Add a lead, as a form or a call does."""
    return {"ok": True, "id": new_lead(portal, dict(order.get("fields") or {})).id}


def convert_lead(portal: Portal, order: Order) -> Done:
    """Convert a lead into a client and, if one is named, a deal."""
    client = found(portal.company, order.get("client"))
    deal = str(found(portal.deal, order["deal"]).id) if "deal" in order else ""
    convert(portal, found(portal.lead, order.get("id")), str(client.id), deal)
    return OK


def consent(portal: Portal, order: Order) -> Done:
    """Let the application in: its code for the first exchange."""
    return {"ok": True, "code": portal.tokens.consent()}


def dismiss(portal: Portal, order: Order) -> Done:
    """Dismiss an employee: inactive from today; nothing is handed over by itself."""
    user = found(portal.user, order.get("employee"))
    user.row.update(active="0", active_to=portal.today().isoformat())
    portal.touch(portal.user, user)
    return OK


def guarded(act: Callable[[Portal, Order], Done]) -> Callable[[Portal, Order], Done]:
    """Tell people in one line what the portal or a value refused."""

    def run(portal: Portal, order: Order) -> Done:
        try:
            return act(portal, order)
        except (PortalError, ValueError, TypeError) as error:
            raise ConfigError(f"act {order.get('do')}: {error}", hint="see the list of acts") from error

    return run


ACTS: dict[str, Callable[[Portal, Order], Done]] = {
    act.__name__: guarded(act)
    for act in (
        complete_task,
        complete_activity,
        change_owner,
        delete,
        insert,
        update,
        edit,
        merge,
        dismiss,
        add_lead,
        convert_lead,
        consent,
    )
}
