"""New and lost activities: to whom they belong, and the neutral events they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from connector.sandbox.bitrix24.entities.activity import COMPANY, CONTACT, DEAL, LEAD
from connector.sandbox.bitrix24.entities.task import PREFIXES
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import text
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.company.tables import COLUMNS, Row

KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}
MARK = re.compile(r"(CO|C|D|L)_(\d+)")

Owner = tuple[int, int]
"""An entity type (1 lead, 2 deal, 3 contact, 4 company) and a number."""


def holder(portal: Portal, owner: Owner) -> Record | None:
    """Return the record an owner means, None if there is none."""
    entities: dict[int, Entity] = {
        LEAD: portal.lead,
        DEAL: portal.deal,
        CONTACT: portal.contact,
        COMPANY: portal.company,
    }
    entity = entities.get(owner[0])
    return entity.get(owner[1]) if entity else None


def client_of(portal: Portal, owner: Owner) -> str:
    """Return the client an owner belongs to, empty if to none; OWNER_NOT_FOUND if there is no such record."""
    record = holder(portal, owner)
    if record is None:
        raise PortalError("OWNER_NOT_FOUND", "Owner is not found")
    if owner[0] == COMPANY:
        return str(owner[1]) if portal.client(str(owner[1])) else ""
    if owner[0] == LEAD:
        return client_of(portal, (COMPANY, int(record.extra.get("COMPANY_ID") or 0))) if bound(record) else ""
    return record.row["client"]


def bound(lead: Record) -> bool:
    """Tell whether a lead belongs to a company."""
    return text(lead.extra.get("COMPANY_ID")) not in {"", "0"}


def owners_in(portal: Portal, marks: Iterable[Any]) -> list[Owner]:
    """Return the existing records that UF_CRM_TASK marks name, in their order."""
    found = (MARK.fullmatch(text(mark)) for mark in marks)
    owners = [(KINDS[match[1]], int(match[2])) for match in found if match]
    return [owner for owner in owners if holder(portal, owner)]


def add_activity(
    portal: Portal, owners: list[Owner], values: Mapping[str, str], extra: Mapping[str, Any]
) -> Record:
    """Make an activity of the first owner, bound to all; it is a neutral event if the owner has a client."""
    number = portal.activity.next_id()
    client = client_of(portal, owners[0])
    deal = str(owners[0][1]) if owners[0][0] == DEAL else ""
    row = {"id": str(number), "client": client, "deal": deal, "logged_at": portal.now(), **values}
    shown = {"OWNER": owners[0], "BOUND": owners, "LAST_UPDATED": portal.now(), **extra}
    record = portal.activity.add(portal.truth.add("events", row) if client else detached(row), shown, number)
    note_activity(portal, client)
    return record


def detached(row: Mapping[str, str]) -> Row:
    """Return an event row that belongs to no client, and so not to the neutral company."""
    return {column: row.get(column, "") for column in COLUMNS["events"]}


def note_activity(portal: Portal, client: str) -> None:
    """Move the company's mark of the last activity; its DATE_MODIFY stays."""
    company = portal.company.get(int(client)) if client.isdigit() else None
    if company:
        company.put("LAST_ACTIVITY_TIME", portal.now())
        portal.company.changed(company.id)


def remove_activity(portal: Portal, number: int) -> None:
    """Delete an activity and its neutral event; a task that shared the row lives on, unbound."""
    record = portal.activity.remove(number)
    portal.truth.rows["events"].pop(number, None)
    task = portal.task.get(portal.task_of.pop(number, 0))
    if task:
        portal.activity_of.pop(task.id)
        task.row = dict(record.row)
        task.put("UF_CRM_TASK", [])
        portal.task.changed(task.id)
