"""Deletes records as the portal does: for good, without a trace in the API, and with what hangs on them."""

from __future__ import annotations

from collections.abc import Callable

from connector.sandbox.bitrix24.binding import remove_activity
from connector.sandbox.bitrix24.entities.activity import COMPANY, DEAL, owner, shown
from connector.sandbox.bitrix24.portal import Portal


def delete_company(portal: Portal, number: int) -> None:
    """Delete a company and the activities it owns; its contacts and deals stay without a company."""
    portal.company.remove(number)
    drop_activities(portal, COMPANY, number)
    for row in portal.truth.of_client("events", number):
        if not shown(row):
            portal.truth.rows["events"].pop(int(row["id"]))
    for requisite in [r.id for r in portal.requisite.records.values() if r.row["id"] == str(number)]:
        portal.requisite.remove(requisite)
    portal.truth.forget_client(number)
    portal.people_changed()
    for entity in (portal.contact, portal.deal, portal.activity):
        entity.changed()


def delete_contact(portal: Portal, number: int) -> None:
    """Delete a contact; the activities it owned go to its company."""
    portal.contact.remove(number)
    portal.truth.rows["contacts"].pop(number, None)
    portal.people_changed()
    for activity in portal.activity.records.values():
        if activity.extra.get("OWNER", (0, 0))[1] == number and owner(activity)[0] not in {COMPANY, DEAL}:
            activity.extra = {
                name: value for name, value in activity.extra.items() if name not in {"OWNER", "BOUND"}
            }
    portal.activity.changed()


def delete_deal(portal: Portal, number: int) -> None:
    """Delete a deal with its stage history and the activities it owns."""
    portal.deal.remove(number)
    drop_activities(portal, DEAL, number)
    portal.truth.rows["deals"].pop(number, None)
    gone = [entry.id for entry in portal.stage_history.records.values() if entry.row["deal"] == str(number)]
    for entry in gone:
        portal.stage_history.remove(entry)
    history = portal.truth.lists["stage_history"]
    history[:] = [row for row in history if row["deal"] != str(number)]


def drop_activities(portal: Portal, kind: int, number: int) -> None:
    """Delete the activities that a record owns."""
    owned = [
        activity.id for activity in portal.activity.records.values() if owner(activity) == (kind, number)
    ]
    for activity in owned:
        remove_activity(portal, activity)


def delete_task(portal: Portal, number: int) -> None:
    """Delete a task and its activity in the card."""
    activity = portal.activity_of.get(number, 0)
    if activity:
        remove_activity(portal, activity)
    portal.task.remove(number)


DELETIONS: dict[str, Callable[[Portal, int], None]] = {
    "company": delete_company,
    "contact": delete_contact,
    "deal": delete_deal,
    "activity": remove_activity,
    "task": delete_task,
}
