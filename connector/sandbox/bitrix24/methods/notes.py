"""Timeline comments, custom fields and call statistics."""

from __future__ import annotations

from functools import partial
from typing import Any

from connector.sandbox.bitrix24.binding import holder
from connector.sandbox.bitrix24.entities.activity import COMPANY, CONTACT, DEAL
from connector.sandbox.bitrix24.entities.custom import UserField, added
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import text, whole
from connector.sandbox.bitrix24.filters import CALLS, Dialect
from connector.sandbox.bitrix24.garbage import page_of
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.methods.classic import dialect
from connector.sandbox.bitrix24.methods.listing import find_page, listed
from connector.sandbox.bitrix24.params import any_case, as_list, as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.rows import chosen, classic
from connector.sandbox.bitrix24.userfields import get_row, list_row

TYPES = {"deal": DEAL, "contact": CONTACT, "company": COMPANY}
KINDS = ("boolean", "enumeration", "string", "date", "datetime", "integer", "double", "employee")


def add_comment(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.timeline.comment.add; only lower-case `fields` is understood."""
    fields = as_map(params.get("fields"), "fields")
    owner = (TYPES.get(text(fields.get("ENTITY_TYPE")).lower(), 0), whole(fields.get("ENTITY_ID")))
    if holder(portal, owner) is None or not text(fields.get("COMMENT")).strip():
        raise PortalError("NOT_FOUND", "Not found.")
    number = portal.comment.next_id()
    extra = {
        "ID": str(number),
        "ENTITY_ID": str(owner[1]),
        "ENTITY_TYPE": text(fields["ENTITY_TYPE"]).lower(),
    }
    extra |= {"CREATED": portal.now(), "COMMENT": text(fields["COMMENT"]), "AUTHOR_ID": "1"}
    portal.comment.add({}, extra | {"FILES": {}}, number)
    portal.wrote("crm.timeline.comment.add", "comment", number, None, params)
    return Answer(number)


def delete_comment(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.timeline.comment.delete; the owner's two keys are taken but not needed."""
    record = portal.comment.get(whole(params.get("id")))
    if record is None:
        raise PortalError("NOT_FOUND", "Not found.")
    portal.comment.remove(record.id)
    portal.wrote("crm.timeline.comment.delete", "comment", record.id, None, params)
    return Answer(True)


def list_comments(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.timeline.comment.list of one entity."""
    page = find_page(portal, portal.comment, params, dialect(portal, portal.comment))
    fields = chosen(portal.comment, as_list(params.get("select")))
    return listed(page, [classic(record, fields) for record in page.records])


def list_user_fields(entity: str, portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.*.userfield.list; filters are by equality."""
    wanted = as_map(params.get("filter"), "filter")
    rows = [list_row(settings) for settings in portal.user_fields.of(entity)]
    for name, value in wanted.items():
        rows = [row for row in rows if name not in row or text(row[name]) == text(value)]
    return Answer(rows, total=len(rows))


def get_user_field(entity: str, portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.*.userfield.get."""
    settings = portal.user_fields.known.get(whole(params.get("id", params.get("ID"))))
    if settings is None or settings.entity != entity:
        raise PortalError("", "ID is not defined or invalid.")
    return Answer(get_row(settings))


def add_user_field(entity: str, portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.*.userfield.add with the new number; the name gets the prefix UF_CRM_."""
    fields = as_map(params.get("fields"), "fields")
    kind = text(fields.get("USER_TYPE_ID"))
    if kind not in KINDS:
        raise PortalError("", "The 'USER_TYPE_ID' field is not found.")
    name = full_name(text(fields.get("FIELD_NAME")))
    if any(settings.name == name for settings in portal.user_fields.of(entity)):
        raise PortalError("", f"The field {name} already exists.")
    settings = UserField(
        max(portal.user_fields.known, default=0) + 1, entity, name, kind, label(fields, name)
    )
    settings.multiple = text(fields.get("MULTIPLE")).upper() == "Y"
    settings.xml_id = text(fields.get("XML_ID")) or None
    settings.options = portal.user_fields.options(
        [as_map(option, "LIST") for option in as_list(fields.get("LIST"))]
    )
    portal.user_fields.known[settings.number] = settings
    owner = portal.company if entity == "CRM_COMPANY" else portal.deal
    owner.fields[name] = added(settings)
    portal.wrote(f"crm.{owner.name}.userfield.add", "userfield", settings.number, settings.xml_id, params)
    return Answer(settings.number)


def full_name(name: str) -> str:
    """Return the field's name with its prefix; refused if it is empty, too long or has foreign letters."""
    full = name.upper() if name.upper().startswith("UF_CRM_") else f"UF_CRM_{name.upper()}"
    if not name or len(full) > 50 or not full.replace("_", "").isalnum() or not full.isascii():
        raise PortalError("", "The 'FIELD_NAME' field is not found.")
    return full


def label(fields: dict[str, Any], name: str) -> str:
    """Return the readable name: LABEL, else the Russian or first label of the form, else the name."""
    form = fields.get("EDIT_FORM_LABEL")
    if isinstance(form, dict):
        form = form.get("ru") or next(iter(form.values()), "")
    return text(fields.get("LABEL")) or text(form) or name


def list_calls(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer voximplant.statistic.get; `FILTER`, `SORT`, `ORDER` in upper case, as documented, or lower."""
    given = any_case(params, ("filter", "sort", "order", "start"))
    asked = {"filter": given["filter"], "order": {given["sort"] or "ID": given["order"] or "ASC"}}
    entity = portal.call
    page = find_page(
        portal, entity, asked | {"start": given["start"]}, Dialect(entity.fields, operators=CALLS)
    )
    rows = [classic(record, entity.fields.values()) for record in page.records]
    return listed(page, page_of(portal, rows))


METHODS: dict[str, Method] = {
    "crm.timeline.comment.add": add_comment,
    "crm.timeline.comment.delete": delete_comment,
    "crm.timeline.comment.list": list_comments,
    "crm.company.userfield.list": partial(list_user_fields, "CRM_COMPANY"),
    "crm.company.userfield.get": partial(get_user_field, "CRM_COMPANY"),
    "crm.company.userfield.add": partial(add_user_field, "CRM_COMPANY"),
    "crm.deal.userfield.list": partial(list_user_fields, "CRM_DEAL"),
    "crm.deal.userfield.get": partial(get_user_field, "CRM_DEAL"),
    "crm.deal.userfield.add": partial(add_user_field, "CRM_DEAL"),
    "crm.contact.userfield.list": partial(list_user_fields, "CRM_CONTACT"),
    "crm.lead.userfield.list": partial(list_user_fields, "CRM_LEAD"),
    "crm.lead.userfield.get": partial(get_user_field, "CRM_LEAD"),
    "voximplant.statistic.get": list_calls,
}
