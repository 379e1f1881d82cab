"""The classic crm.*.list/get/update/fields methods: rows of text, unknown filters ignored."""

from __future__ import annotations

from functools import partial
from typing import Any

from connector.sandbox.bitrix24.errors import PortalError, not_found
from connector.sandbox.bitrix24.fields import Field
from connector.sandbox.bitrix24.filters import Dialect
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.methods.listing import find_page, listed, one, rows_of
from connector.sandbox.bitrix24.params import as_list, as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Entity
from connector.sandbox.bitrix24.rows import chosen, classic, whole_row
from connector.sandbox.bitrix24.saving import save

TYPES = {"crm_multifield": "crm_multifield", "status": "crm_status", "link": "integer", "integer": "integer"}


def dialect(portal: Portal, entity: Entity) -> Dialect:
    """Return how classic methods read filters: upper-case names, unknown ones ignored."""
    return Dialect(entity.fields, naive_times=portal.faults.on("naive_filter_only"))


def list_rows(name: str, portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer a classic list."""
    entity = portal.entities[name]
    page = find_page(portal, entity, params, dialect(portal, entity))
    fields = chosen(entity, as_list(params.get("select")))
    return listed(page, rows_of(portal, page, lambda record: classic(record, fields)))


def get_row(name: str, portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer a classic get with everything the record has."""
    entity = portal.entities[name]
    record = one(portal, entity, params.get("id", params.get("ID")))
    return Answer(whole_row(entity, record))


def update_row(name: str, portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer a classic update: true, whether or not there was anything to save."""
    entity = portal.entities[name]
    missing = not_found(f"{name.capitalize()} is not found")
    record = one(portal, entity, params.get("id", params.get("ID")), missing)
    if not isinstance(params.get("fields"), dict | list):
        raise PortalError("", "Parameter 'fields' must be array.")
    if save(portal, entity, record, as_map(params["fields"], "fields")):
        portal.wrote(f"crm.{name}.update", name, record.id, record.extra.get("ORIGIN_ID"), params)
    return Answer(True, delay=portal.faults.number("slow_update") / 1000)


def describe(name: str, portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.*.fields: every field's type and title; `isDynamic` marks the custom ones."""
    fields = portal.entities[name].fields.values()
    return Answer({field.name: description(field) for field in fields if field.group != "hidden"})


def description(field: Field) -> dict[str, Any]:
    """Describe one field; for custom ones the title is the name, the readable label stands beside it."""
    custom = field.group == "custom"
    shown: dict[str, Any] = {
        "type": TYPES.get(field.kind, field.kind),
        "isRequired": field.name == "TITLE",
        "isReadOnly": field.write is None,
        "isImmutable": False,
        "isMultiple": field.multiple,
        "isDynamic": custom,
    }
    if field.kind == "status":
        shown["statusType"] = field.name
    shown["title"] = field.name if custom else field.title
    return shown | (dict.fromkeys(("listLabel", "formLabel", "filterLabel"), field.title) if custom else {})


def methods(name: str) -> dict[str, Method]:
    """Return the four methods of one entity."""
    verbs = {"list": list_rows, "get": get_row, "update": update_row, "fields": describe}
    return {f"crm.{name}.{verb}": partial(answer, name) for verb, answer in verbs.items()}


METHODS: dict[str, Method] = {
    **methods("company"),
    **methods("contact"),
    **methods("deal"),
    **methods("lead"),
    "crm.requisite.list": partial(list_rows, "requisite"),
    "crm.requisite.get": partial(get_row, "requisite"),
    "crm.requisite.fields": partial(describe, "requisite"),
}
