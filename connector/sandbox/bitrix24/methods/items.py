"""The crm.item.* methods for deals, contacts and companies: camel case, real numbers, strict filters."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from connector.sandbox.bitrix24.entities.activity import LEAD
from connector.sandbox.bitrix24.entities.names import parts
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import Field, whole
from connector.sandbox.bitrix24.filters import Dialect
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.methods.listing import find_page, listed, one, rows_of
from connector.sandbox.bitrix24.params import as_list, as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.bitrix24.rows import item_fields, item_value
from connector.sandbox.bitrix24.saving import save

TYPES = {1: "lead", 2: "deal", 3: "contact", 4: "company"}
FM_NAMES = {"ID": "id", "VALUE_TYPE": "valueType", "VALUE": "value", "TYPE_ID": "typeId"}
SHORT = ("dateCreateShort", "dateModifyShort")
DEAL_EXTRAS = {
    "productId": None, "begindateShort": None, "closedateShort": None, "eventDate": None,
    "eventDateShort": None,
    "eventId": None, "eventDescription": None, "webformId": 0, "orderStage": None, "isWork": None,
    "isWon": None,
    "isLose": None, "receivedAmount": None, "lostAmount": None, "hasProducts": None,
}  # fmt: skip


def entity_of(portal: Portal, params: dict[str, Any]) -> tuple[int, Entity]:
    """Return the entity an entityTypeId means."""
    number = whole(params.get("entityTypeId"))
    if number not in TYPES:
        raise PortalError("NOT_FOUND", "Smart process not found")
    return number, portal.entities[TYPES[number]]


def names(entity: Entity, params: dict[str, Any]) -> dict[str, Field]:
    """Return the fields by the names of this call: custom ones keep theirs if `useOriginalUfNames` is Y."""
    original = str(params.get("useOriginalUfNames", "N")).upper() == "Y"
    found = item_fields(entity)
    return {
        field.name if original and field.group == "custom" else name: field for name, field in found.items()
    }


def list_items(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.item.list: `result.items`."""
    number, entity = entity_of(portal, params)
    known = names(entity, params)
    naive = portal.faults.on("naive_filter_only")
    links = {field.item_name or "": field for field in link_fields(portal, entity)}
    page = find_page(
        portal, entity, params, Dialect(known | links, strict=True, logic=True, naive_times=naive)
    )
    wanted = {str(name) for name in as_list(params.get("select"))} or {"*"}
    items = rows_of(portal, page, lambda record: row(portal, number, record, known, wanted))
    return listed(page, {"items": items})


def get_item(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.item.get: `result.item`, everything."""
    number, entity = entity_of(portal, params)
    record = one(portal, entity, params.get("id"), PortalError("NOT_FOUND", "Element not found"))
    return Answer({"item": row(portal, number, record, names(entity, params), {"*"})})


def update_item(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.item.update with the whole item; saving may take its time while automation runs."""
    number, entity = entity_of(portal, params)
    known = names(entity, params)
    record = one(portal, entity, params.get("id"), PortalError("NOT_FOUND", "Element not found"))
    sent = as_map(params.get("fields"), "fields")
    fields = {known[name].name: value for name, value in sent.items() if name in known}
    if save(portal, entity, record, fields):
        portal.wrote("crm.item.update", entity.name, record.id, record.extra.get("ORIGIN_ID"), params)
    shown = row(portal, number, record, known, {"*"})
    return Answer({"item": shown}, delay=portal.faults.number("slow_update") / 1000)


def describe_items(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.item.fields: each field with its readable title; `upperName` is the old spelling."""
    _, entity = entity_of(portal, params)
    return Answer({"fields": {name: described(name, field) for name, field in names(entity, params).items()}})


def described(name: str, field: Field) -> dict[str, Any]:
    """Describe one field as the item family does; custom ones have their label for a title."""
    upper = field.name if field.group == "custom" else re.sub(r"([A-Z])", r"_\1", name).upper()
    return {
        "type": field.kind,
        "isRequired": False,
        "isReadOnly": field.write is None,
        "isImmutable": False,
        "isMultiple": field.multiple,
        "isDynamic": field.group == "custom",
        "title": field.title or field.name,
        "upperName": upper,
    }


def row(
    portal: Portal, number: int, record: Record, known: dict[str, Field], wanted: set[str]
) -> dict[str, Any]:
    """Return an item with the wanted names; `*` gives all, and only `*` gives `fm`."""
    everything = "*" in wanted
    shown = {
        name: item_value(field, field.read(record))
        for name, field in known.items()
        if everything or name in wanted or name == "id"
    }
    more = extras(portal, number, record)
    return shown | {
        name: value for name, value in more.items() if everything or (name in wanted and name != "fm")
    }


def extras(portal: Portal, number: int, record: Record) -> dict[str, Any]:
    """Return what only the item family has."""
    shared: dict[str, Any] = dict.fromkeys(SHORT) | {
        "observers": [],
        "entityTypeId": number,
        "searchContent": "",
    }
    if number == 2:
        return shared | DEAL_EXTRAS | {"contactIds": []}
    people = {
        "emailWork": first(record, "emails"),
        "phoneWork": first(record, "phones"),
        "fm": multi(portal.entities[TYPES[number]], record),
    }
    people |= {"email": people["emailWork"], "phone": people["phoneWork"]}
    if number == LEAD:
        return shared | people | {"contactIds": []}
    if number == 3:
        return shared | people | {"companyIds": [int(client) for client in parts(record.row["client"])]}
    observers = [int(user) for user in parts(record.row["co_owners"]) if user.isdigit()]
    return (
        shared
        | people
        | {"observers": observers, "contactIds": portal.contacts_of(str(record.id)), "categoryId": 0}
    )


def first(record: Record, cell: str) -> str:
    """Return the first phone or e-mail, empty if there is none."""
    return ([*parts(record.row[cell]), ""])[0]


def multi(entity: Entity, record: Record) -> list[dict[str, Any]]:
    """Return all multi-fields of a record in the item spelling."""
    values = [
        item
        for kind in ("PHONE", "EMAIL", "WEB")
        if kind in entity.fields
        for item in entity.fields[kind].read(record)
    ]
    return [
        {FM_NAMES[key]: int(value) if key == "ID" else value for key, value in item.items()}
        for item in values
    ]


def link_fields(portal: Portal, entity: Entity) -> list[Field]:
    """Return the filters by links that lists offer: contacts by companyIds, companies by contactIds."""
    if entity is portal.contact:
        return [
            Field("COMPANY_IDS", "link", lambda r: parts(r.row["client"]), multiple=True, item="companyIds")
        ]
    if entity is portal.company:
        return [
            Field(
                "CONTACT_IDS",
                "link",
                lambda r: portal.contacts_of(str(r.id)),
                multiple=True,
                item="contactIds",
                find=partial(companies_of, portal),
            )
        ]
    return []


def companies_of(portal: Portal, contacts: list[Any]) -> set[int]:
    """Return the companies of some contacts."""
    known = (portal.contact.get(whole(number)) for number in contacts)
    clients = (whole(contact.row["client"]) for contact in known if contact)
    return {client for client in clients if client in portal.company.records}


METHODS: dict[str, Method] = {
    "crm.item.list": list_items,
    "crm.item.get": get_item,
    "crm.item.fields": describe_items,
    "crm.item.update": update_item,
}
