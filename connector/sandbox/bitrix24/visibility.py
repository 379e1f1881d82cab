"""What the webhook's owner may not see: rows that lists pass over, and whole entities that are closed."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24.errors import PortalError, denied
from connector.sandbox.bitrix24.fields import text
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.query import Hides
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.faults import Faults

OWNED = frozenset({"company", "deal", "lead"})
"""Entities whose rights can be `own`; contacts stay open, so that they name companies nobody can read."""
ENTITIES = {
    "crm.company.": "company", "crm.contact.": "contact", "crm.deal.": "deal", "crm.lead.": "lead",
    "crm.activity.": "activity", "crm.requisite.": "requisite", "crm.stagehistory.": "stage_history",
    "tasks.": "task", "user.": "user", "department.": "department", "voximplant.": "call",
}  # fmt: skip
SCOPES = {
    "crm.": "crm", "department.": "department", "tasks.": "task", "voximplant.": "telephony", "user.": "user",
}  # fmt: skip
"""The scope that the methods of a family need."""
TYPES = {"1": "lead", "2": "deal", "3": "contact", "4": "company"}


def hides(portal: Portal, entity: Entity) -> Hides | None:
    """Return the test of rows closed to the user, None if there are none in this entity."""
    if entity is portal.user and (bot := portal.faults.number("hidden_user")):
        return lambda record: record.id == bot
    every = portal.faults.number("hidden_rows") if entity is portal.company else 0
    user = portal.faults.number("own_rows_only") if entity.name in OWNED else 0
    if not every and not user:
        return None
    owner = entity.fields["ASSIGNED_BY_ID"].read

    def hidden(record: Record) -> bool:
        foreign = bool(user) and text(owner(record)) != str(user)
        return foreign or (bool(every) and record.id % every == 0)

    return hidden


def lacks_scope(faults: Faults, method: str) -> bool:
    """Tell whether the webhook's scopes leave this method out; `profile`, `scope` and the like need none."""
    needed = next((scope for family, scope in SCOPES.items() if method.startswith(family)), "")
    return bool(needed) and needed not in granted(faults)


def granted(faults: Faults) -> list[str]:
    """Return the scopes of the webhook: all, or those of the fault."""
    return sorted(faults.text("scopes").lower().split(",") if faults.on("scopes") else SCOPES.values())


def check_entity(portal: Portal, method: str, params: dict[str, Any]) -> None:
    """Refuse a method of an entity the user's role may not read, as both families of methods do."""
    closed = portal.faults.text("no_stream")
    if not closed:
        return
    if method.startswith(("crm.item.", "crm.stagehistory.")):
        if TYPES.get(text(params.get("entityTypeId"))) == closed:
            raise PortalError("ACCESS_DENIED", "Access denied", 403)
    elif entity_of(method) == closed:
        raise PortalError("ACCESS_DENIED", "Access denied!", 403) if closed == "call" else denied()


def entity_of(method: str) -> str:
    """Return the entity a method is about, empty if about none that can be closed."""
    return next((entity for prefix, entity in ENTITIES.items() if method.startswith(prefix)), "")
