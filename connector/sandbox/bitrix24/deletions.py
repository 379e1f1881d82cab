"""Deletes records as the portal does: for good, without a trace in the API, and with what hangs on them."""

from __future__ import annotations

from collections.abc import Callable

from connector.sandbox.bitrix24.binding import remove_activity
from connector.sandbox.bitrix24.entities.activity import COMPANY, CONTACT, DEAL, LEAD, owner, shown
from connector.sandbox.bitrix24.lookup import equal
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Entity, Record


def delete_company(portal: Portal, number: int) -> None:
    """Delete a company and the activities it owns; its contacts and deals stay without a company."""
    portal.company.remove(number)
    drop_activities(portal, COMPANY, number)
    for row in portal.truth.of_client("events", number):
        if not shown(row):
            portal.truth.rows["events"].pop(int(row["id"]))
    drop_requisites(portal, number)
    left = hanging_on(portal, number)
    portal.truth.forget_client(number)
    for entity, record in left:
        entity.changed(record.id)


def drop_requisites(portal: Portal, company: int) -> None:
    """Delete a company's requisites."""
    for requisite in equal(portal.requisite, "ENTITY_ID", company):
        portal.requisite.remove(requisite)


def hanging_on(portal: Portal, client: int) -> list[tuple[Entity, Record]]:
    """Return the contacts, deals and activities of a client."""
    entities = {"contacts": portal.contact, "deals": portal.deal, "events": portal.activity}
    found = (
        (entity, entity.get(int(row["id"])))
        for table, entity in entities.items()
        for row in portal.truth.of_client(table, client)
    )
    return [(entity, record) for entity, record in found if record]


def delete_contact(portal: Portal, number: int) -> None:
    """Delete a contact; the activities it owned go to its company."""
    portal.contact.remove(number)
    portal.truth.rows["contacts"].pop(number, None)
    owned = [
        activity
        for activity in equal(portal.activity, "OWNER_ID", number)
        if owner(portal.activity.records[activity]) == (CONTACT, number)
    ]
    for activity in (portal.activity.records[number] for number in owned):
        activity.extra = {
            name: value for name, value in activity.extra.items() if name not in {"OWNER", "BOUND"}
        }
    portal.activity.changed(*owned)


def delete_deal(portal: Portal, number: int) -> None:
    """Delete a deal with its stage history and the activities it owns."""
    portal.deal.remove(number)
    drop_activities(portal, DEAL, number)
    portal.truth.rows["deals"].pop(number, None)
    for entry in equal(portal.stage_history, "OWNER_ID", number):
        portal.stage_history.remove(entry)
    history = portal.truth.lists["stage_history"]
    history[:] = [row for row in history if row["deal"] != str(number)]


def drop_activities(portal: Portal, kind: int, number: int) -> None:
    """Delete the activities that a record owns."""
    found = equal(portal.activity, "OWNER_ID", number)
    for activity in [one for one in found if owner(portal.activity.records[one]) == (kind, number)]:
        remove_activity(portal, activity)


def delete_task(portal: Portal, number: int) -> None:
    """Delete a task and its activity in the card."""
    activity = portal.activity_of.get(number, 0)
    if activity:
        remove_activity(portal, activity)
    portal.task.remove(number)


def delete_lead(portal: Portal, number: int) -> None:
    """Delete a lead with its history and the activities it owns."""
    portal.lead.remove(number)
    drop_activities(portal, LEAD, number)
    for entry in equal(portal.lead_history, "OWNER_ID", number):
        portal.lead_history.remove(entry)


DELETIONS: dict[str, Callable[[Portal, int], None]] = {
    "company": delete_company,
    "contact": delete_contact,
    "deal": delete_deal,
    "lead": delete_lead,
    "activity": remove_activity,
    "task": delete_task,
}
