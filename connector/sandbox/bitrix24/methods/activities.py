"""Activities: lists, bindings, adding, changing, to-dos."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.binding import add_activity, holder, remove_activity
from connector.sandbox.bitrix24.entities.activity import TYPES, bindings
from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.bitrix24.fields import text, whole
from connector.sandbox.bitrix24.lookup import equal
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.methods.classic import describe, dialect, get_row
from connector.sandbox.bitrix24.methods.listing import listed, one, rows_of
from connector.sandbox.bitrix24.params import as_list, as_map
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.query import View, cut, view
from connector.sandbox.bitrix24.records import Record
from connector.sandbox.bitrix24.rows import chosen, classic
from connector.sandbox.bitrix24.saving import check, save

KINDS = {"1": "meeting", "2": "call", "4": "email", "6": "other"}
KEPT = ("PRIORITY", "LOCATION", "ORIGINATOR_ID", "ORIGIN_ID", "PROVIDER_ID", "PROVIDER_TYPE_ID")
REQUIRED = ("OWNER_TYPE_ID", "OWNER_ID", "TYPE_ID", "SUBJECT", "RESPONSIBLE_ID")


def list_activities(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.list.

    The default order is by START_TIME, bindings may find one activity several times.
    """
    entity = portal.activity
    raw = as_map(params.get("filter"), "filter")
    pairs = raw.pop("BINDINGS", None)
    order = as_map(params.get("order"), "order") or {"START_TIME": "ASC"}
    if pairs is not None:
        wanted = [
            pair for pair in as_list([pairs] if "OWNER_TYPE_ID" in pairs else pairs) if isinstance(pair, dict)
        ]
        named = [(whole(pair.get("OWNER_TYPE_ID")), whole(pair.get("OWNER_ID"))) for pair in wanted]
        if all(number for _, number in named) and "ID" not in raw:
            raw["ID"] = equal(entity, "BINDINGS", *named) or [0]
    found = view(entity, raw, order, dialect(portal, entity))
    if pairs is not None:
        hits = [number for number in found.every() for pair in wanted if bound(entity.records[number], pair)]
        found = View.of(hits)
    fields = chosen(entity, as_list(params.get("select")))
    page = cut(entity, found, whole(params.get("start")))
    return listed(page, rows_of(portal, page, lambda record: classic(record, fields)))


def bound(record: Record, pair: dict[str, Any]) -> bool:
    """Tell whether an activity is bound to what a pair names; without OWNER_ID to anything of that type."""
    kind, number = whole(pair.get("OWNER_TYPE_ID")), whole(pair.get("OWNER_ID"))
    return any(k == kind and number in (0, n) for k, n in bindings(record))


def list_bindings(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.binding.list; no total here."""
    record = portal.activity.get(whole(params.get("activityId")))
    if record is None:
        raise PortalError("NOT_FOUND", "Element not found")
    return Answer([{"entityTypeId": kind, "entityId": number} for kind, number in bindings(record)])


def add(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.add with the new number; tasks cannot be made here."""
    fields = as_map(params.get("fields"), "fields")
    for name in REQUIRED:
        if not text(fields.get(name)):
            raise PortalError("", f"Field {name} is not defined or invalid.")
    kind = KINDS.get(text(fields["TYPE_ID"]))
    if kind is None:
        raise PortalError("", "The specified activity type is not supported in current context.")
    check(portal, portal.activity.fields["RESPONSIBLE_ID"], fields["RESPONSIBLE_ID"])
    owner = (whole(fields["OWNER_TYPE_ID"]), whole(fields["OWNER_ID"]))
    extra = {name: text(fields[name]) for name in KEPT if name in fields}
    record = add_activity(portal, [owner], event_values(portal, kind, fields), extra)
    portal.wrote("crm.activity.add", "activity", record.id, text(fields.get("ORIGIN_ID")) or None, params)
    return Answer(record.id)


def event_values(portal: Portal, kind: str, fields: dict[str, Any]) -> dict[str, str]:
    """Return the neutral event that the sent fields describe."""
    done = text(fields.get("COMPLETED")).upper() in {"Y", "1"}
    start, end = moment(fields.get("START_TIME")), moment(fields.get("END_TIME"))
    return {
        "employee": text(fields["RESPONSIBLE_ID"]),
        "kind": kind,
        "direction": {"1": "in", "2": "out"}.get(text(fields.get("DIRECTION")), ""),
        "status": "completed" if done else "planned",
        "planned_at": start or moment(fields.get("DEADLINE")),
        "completed_at": (end or start or portal.now()) if done else "",
        "subject": text(fields.get("SUBJECT")),
        "result": text(fields.get("DESCRIPTION")),
    }


def moment(value: Any) -> str:
    """Read a sent time; WRONG_DATETIME_FORMAT if it is none."""
    try:
        return stamps.from_client(value)
    except ValueError as error:
        raise PortalError("WRONG_DATETIME_FORMAT", f"Wrong datetime format: {value}") from error


def update(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.update."""
    record = one(portal, portal.activity, params.get("id", params.get("ID")))
    if save(portal, portal.activity, record, as_map(params.get("fields"), "fields")):
        portal.wrote("crm.activity.update", "activity", record.id, record.extra.get("ORIGIN_ID"), params)
    return Answer(True)


def delete(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.delete."""
    record = one(portal, portal.activity, params.get("id", params.get("ID")))
    remove_activity(portal, record.id)
    portal.wrote("crm.activity.delete", "activity", record.id, record.extra.get("ORIGIN_ID"), params)
    return Answer(True)


def add_todo(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.todo.add; a to-do is a provider-defined activity and has no external id."""
    owner = (whole(params.get("ownerTypeId")), whole(params.get("ownerId")))
    if holder(portal, owner) is None:
        raise PortalError("OWNER_NOT_FOUND", "Owner is not found")
    deadline = moment(params.get("deadline"))
    if not deadline:
        raise PortalError("WRONG_DATETIME_FORMAT", "Wrong datetime format")
    responsible = params.get("responsibleId") or "1"
    check(portal, portal.activity.fields["RESPONSIBLE_ID"], responsible)
    values = {"employee": text(responsible), "kind": "task", "status": "planned", "planned_at": deadline}
    values |= {"subject": text(params.get("title")) or "Дело", "result": text(params.get("description"))}
    extra = {"TYPE_ID": TYPES["other"], "PROVIDER_ID": "CRM_TODO", "PROVIDER_TYPE_ID": "TODO"}
    record = add_activity(portal, [owner], values, extra)
    portal.wrote("crm.activity.todo.add", "activity", record.id, None, params)
    return Answer({"id": record.id})


def update_todo(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.todo.update: only the named things change."""
    record = portal.activity.get(whole(params.get("id")))
    if record is None or record.extra.get("PROVIDER_ID") != "CRM_TODO":
        raise PortalError("NOT_FOUND", "Not found.")
    spelt = {
        "title": "SUBJECT",
        "description": "DESCRIPTION",
        "deadline": "START_TIME",
        "responsibleId": "RESPONSIBLE_ID",
    }
    sent = {name: params[key] for key, name in spelt.items() if params.get(key) is not None}
    if save(portal, portal.activity, record, sent):
        portal.wrote("crm.activity.todo.update", "activity", record.id, None, params)
    return Answer({"id": record.id})


def get(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.get; communications and files are not part of it."""
    row = get_row("activity", portal, params).result
    return Answer({name: value for name, value in row.items() if name not in {"COMMUNICATIONS", "FILES"}})


def describe_activities(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer crm.activity.fields."""
    return describe("activity", portal, params)


METHODS: dict[str, Method] = {
    "crm.activity.list": list_activities,
    "crm.activity.get": get,
    "crm.activity.fields": describe_activities,
    "crm.activity.binding.list": list_bindings,
    "crm.activity.add": add,
    "crm.activity.update": update,
    "crm.activity.delete": delete,
    "crm.activity.todo.add": add_todo,
    "crm.activity.todo.update": update_todo,
}
