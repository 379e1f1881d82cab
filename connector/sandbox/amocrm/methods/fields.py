"""Custom fields: their definitions, and new ones."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import NO_CONTENT, Call
from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID
from connector.sandbox.amocrm.errors import missing
from connector.sandbox.amocrm.fields import CustomField, definition
from connector.sandbox.amocrm.paging import page_of
from connector.sandbox.amocrm.query import mapping
from connector.sandbox.amocrm.validation import Checked, batch

CHOICES = frozenset({"select", "multiselect", "radiobutton"})
TYPES = frozenset({
    "text", "numeric", "checkbox", "date", "date_time", "birthday", "url", "textarea", "streetaddress",
    "legal_entity", "monetary", *CHOICES,
})  # fmt: skip


def shown(call: Call, one: CustomField) -> dict[str, Any]:
    """Show a field."""
    return definition(one, ACCOUNT_ID, f"{call.base}/{one.entity}/custom_fields/{one.id}")


def listing(call: Call) -> Any:
    """Return a page of the fields of one entity, with their number."""
    found = call.account.fields.of(call.args["cards"])
    page = page_of(call, "custom_fields", found, lambda one: shown(call, one))
    return page and {"_total_items": len(found), **page}


def one(call: Call) -> Any:
    """Return a field; nothing if there is none of that number."""
    found = call.account.fields.known.get(call.number())
    return shown(call, found) if found and found.entity == call.args["cards"] else NO_CONTENT


def check(given: Checked) -> None:
    """Check a new field: a name, a known type, and choices for those that need some."""
    given.need("name", str, filled=True)
    given.need("type", str)
    given.choose("type", lambda kind: kind in TYPES)
    given.may("enums", list, nullable=True)
    given.may("code", str, nullable=True)
    if not given.mistakes:
        check_choices(given)


def check_choices(given: Checked) -> None:
    """Check the choices of a new field, each of which has a value."""
    enums = given.item.get("enums") or []
    if given.item["type"] in CHOICES and not enums:
        given.mistakes.append(missing("enums"))
    for place, enum in enumerate(enums):
        if not isinstance(mapping(enum).get("value"), str):
            given.mistakes.append(missing(f"enums.{place}.value"))


def add(call: Call) -> Any:
    """Add fields."""
    entity = call.args["cards"]

    def apply(given: Checked) -> dict[str, Any]:
        item = given.item
        values = [(str(enum["value"]), enum.get("code")) for enum in item.get("enums") or ()]
        more = {"code": item.get("code"), "api_only": item.get("is_api_only") is True}
        made = call.account.fields.add(entity, item["name"], item["type"], None, values or None, **more)
        call.account.wrote("add", "custom_fields", made.id, item)
        return {**shown(call, made), "request_id": given.request_id}

    rows = batch(call, check, apply)
    return {"_total_items": len(rows), "_embedded": {"custom_fields": rows}}
