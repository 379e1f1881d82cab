"""Checks and reads `custom_fields_values` as clients write them; null values clear a field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.sandbox.amocrm.bindings import seconds
from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.errors import missing, no_choice, wrong_type
from connector.sandbox.amocrm.fields import CustomField, Item
from connector.sandbox.amocrm.validation import LAST_SECOND, Checked

NAME = "custom_fields_values"
TEXTS = frozenset({"text", "textarea", "url", "streetaddress"})
TIMES = frozenset({"date", "date_time", "birthday"})
CHOICES = frozenset({"select", "multiselect", "radiobutton"})


def check_fields(call: Call, entity: str, given: Checked) -> None:
    """Check every field of an item, by the documented path of each."""
    values = given.item.get(NAME)
    if values is None:
        return
    if not isinstance(values, list):
        given.mistakes.append(wrong_type(NAME, "array"))
        return
    for place, written in enumerate(values):
        path = f"{NAME}.{place}"
        if not isinstance(written, dict):
            given.mistakes.append(wrong_type(path, "array"))
            continue
        one = call.account.fields.find(entity, written)
        if one is None:
            given.mistakes.append(
                no_choice(f"{path}.{'field_code' if 'field_code' in written else 'field_id'}")
            )
        elif "values" not in written:
            given.mistakes.append(missing(f"{path}.values"))
        else:
            check_values(given, one, written["values"], f"{path}.values")


def check_values(given: Checked, one: CustomField, values: Any, path: str) -> None:
    """Check the values of one field."""
    if values is None:
        return
    if not isinstance(values, list):
        given.mistakes.append(wrong_type(path, "array"))
        return
    for place, item in enumerate(values):
        if not isinstance(item, dict):
            given.mistakes.append(wrong_type(f"{path}.{place}", "array"))
        elif one.type in CHOICES or one.type == "multitext":
            check_choice(given, one, item, f"{path}.{place}")
        elif not fits(one.type, item.get("value")):
            given.mistakes.append(wrong_type(f"{path}.{place}.value", kind_of(one.type)))


def check_choice(given: Checked, one: CustomField, item: Item, path: str) -> None:
    """Check a choice; telephone numbers and e-mail addresses need their value too."""
    if one.type == "multitext":
        if not isinstance(item.get("value"), str):
            given.mistakes.append(wrong_type(f"{path}.value", "string"))
        codes = {"enum_id": item.get("enum_id"), "value": item.get("enum_code")}
        named = {name: value for name, value in codes.items() if value is not None}
        if named and one.choice(named) is None:
            given.mistakes.append(no_choice(f"{path}.enum_code"))
    elif one.choice(item) is None:
        given.mistakes.append(no_choice(f"{path}.{'enum_id' if 'enum_id' in item else 'value'}"))


def fits(kind: str, value: Any) -> bool:
    """Tell whether a value has the JSON type of its field."""
    if kind in TEXTS:
        return isinstance(value, str)
    if kind == "checkbox":
        return isinstance(value, bool)
    if kind == "numeric":
        return is_number(value)
    if kind in TIMES:
        return is_time(value)
    if kind == "legal_entity":
        return isinstance(value, dict) and bool(value.get("name"))
    return value is not None


def is_number(value: Any) -> bool:
    """Tell whether a value is a number or the text of one."""
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def is_time(value: Any) -> bool:
    """Tell whether a value is a time: unix seconds or RFC 3339."""
    try:
        found = None if isinstance(value, bool | float | list | dict) else seconds(value)
    except (ValueError, OverflowError):
        return False
    return found is not None and 0 <= found < LAST_SECOND


def kind_of(kind: str) -> str:
    """Name the JSON type a field asks for."""
    if kind in TEXTS:
        return "string"
    return {"checkbox": "bool", "numeric": "numeric", "legal_entity": "array"}.get(kind, "int")


def items_of(call: Call, entity: str, item: dict[str, Any]) -> Iterator[tuple[CustomField, list[Item]]]:
    """Return each field an item names with its new values; none clears it."""
    for written in item.get(NAME) or ():
        one = call.account.fields.find(entity, written)
        if one is not None:
            yield one, [stored(one, value) for value in written["values"] or ()]


def stored(one: CustomField, item: Item) -> Item:
    """Return a value as the account keeps it."""
    if one.type in CHOICES:
        choice = one.choice(item)
        if choice is not None:
            return {"value": choice.value, "enum_id": choice.id, "enum_code": choice.code}
    if one.type == "numeric":
        return {"value": str(item["value"])}
    return dict(item)
