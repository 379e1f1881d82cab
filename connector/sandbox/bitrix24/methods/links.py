"""Which contacts belong to which companies; these two methods answer errors with HTTP 200."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import whole
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Entity


def owner_id(entity: Entity, params: dict[str, Any]) -> int:
    """Return the number asked for; refused, with HTTP 200, if there is no such record."""
    number = whole(params.get("id", params.get("ID")))
    if entity.get(number) is None:
        raise PortalError("", "The parameter ownerEntityID is invalid or not defined.", 200)
    return number


def contact_companies(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.contact.company.items.get."""
    number = owner_id(portal.contact, params)
    client = portal.contact.records[number].row["client"]
    return Answer(links("COMPANY_ID", [int(client)] if client.isdigit() else []))


def company_contacts(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.company.contact.items.get."""
    return Answer(links("CONTACT_ID", portal.contacts_of(str(owner_id(portal.company, params)))))


def deal_contacts(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.deal.contact.items.get."""
    contact = whole(portal.deal.records[owner_id(portal.deal, params)].extra.get("CONTACT_ID"))
    return Answer(links("CONTACT_ID", [contact] if contact else []))


def links(name: str, numbers: list[int]) -> list[dict[str, Any]]:
    """Return the bindings; the first is the primary one. The numbers here are real numbers."""
    return [
        {name: number, "SORT": 100 + 10 * place, "ROLE_ID": 0, "IS_PRIMARY": "N" if place else "Y"}
        for place, number in enumerate(numbers)
    ]


METHODS: dict[str, Method] = {
    "crm.contact.company.items.get": contact_companies,
    "crm.company.contact.items.get": company_contacts,
    "crm.deal.contact.items.get": deal_contacts,
}
