"""Custom fields: their definitions by entity, and how each one's values are read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.amocrm.records import Record

Item = dict[str, Any]
"""One value: `value`, and for choices `enum_id` and `enum_code`."""
Read = Callable[[Record], list[Item]]
Write = Callable[[Record, list[Item]], None]
CONTACT_CODES = {
    "PHONE": ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"),
    "EMAIL": ("WORK", "PRIV", "OTHER"),
}
"""The documented codes of telephone numbers and e-mail addresses."""


@dataclass
class Choice:
    """One value a choice field offers."""

    id: int
    value: str
    sort: int
    code: str | None = None


@dataclass
class CustomField:
    """One custom field; `read` gives its values (none = empty), `write` replaces them."""

    id: int
    entity: str
    name: str
    type: str
    read: Read
    write: Write
    code: str | None = None
    sort: int = 500
    predefined: bool = False
    api_only: bool = False
    choices: list[Choice] | None = None
    required: list[dict[str, int]] = field(default_factory=list)

    def choice(self, item: Item) -> Choice | None:
        """Return the choice an item means by `enum_id`, `enum_code` or `value`."""
        for name, known in (("enum_id", "id"), ("enum_code", "code"), ("value", "value")):
            if item.get(name) is not None:
                return next((one for one in self.choices or () if getattr(one, known) == item[name]), None)
        return None


class CustomFields:
    """All custom fields of an account; numbers of fields and of choices are counted over all entities."""

    def __init__(self) -> None:
        self.known: dict[int, CustomField] = {}
        self._choices = 0

    def of(self, entity: str) -> list[CustomField]:
        """Return the fields of one entity."""
        return [one for one in self.known.values() if one.entity == entity]

    def find(self, entity: str, item: Item) -> CustomField | None:
        """Return the field a written item names, by `field_id` or `field_code`."""
        if item.get("field_id") is not None:
            found = self.known.get(item["field_id"]) if isinstance(item["field_id"], int) else None
            return found if found and found.entity == entity else None
        code = item.get("field_code")
        return next((one for one in self.of(entity) if code and one.code == code), None)

    def add(
        self,
        entity: str,
        name: str,
        kind: str,
        binding: tuple[Read, Write] | None = None,
        values: Iterable[tuple[str, str | None]] | None = None,
        **more: Any,
    ) -> CustomField:
        """Add a field; without a binding its values live with the records alone."""
        number = len(self.known) + 1
        read, write = binding or kept(number)
        made = CustomField(number, entity, name, kind, read, write, **more)
        if values is not None:
            made.choices = [self.choice(value, code, place) for place, (value, code) in enumerate(values, 1)]
        self.known[number] = made
        return made

    def choice(self, value: str, code: str | None, place: int) -> Choice:
        """Give a new choice its number."""
        self._choices += 1
        return Choice(self._choices, value, place * 10, code)

    def offered(self, one: CustomField, value: str) -> Choice:
        """Return the choice of that value, added to the field if it is new."""
        found = one.choice({"value": value})
        if found is None:
            one.choices = one.choices or []
            found = self.choice(value, None, len(one.choices) + 1)
            one.choices.append(found)
        return found


def kept(number: int) -> tuple[Read, Write]:
    """Keep the values of a field the neutral company knows nothing of."""
    name = f"field {number}"

    def read(record: Record) -> list[Item]:
        return list(record.extra.get(name, ()))

    return read, lambda record, items: record.put(name, items)


def values_of(fields: Iterable[CustomField], record: Record, *, legacy: bool) -> list[dict[str, Any]] | None:
    """Show the custom fields of a record that hold something; None if none does.

    `legacy`: choices carry the old key `enum` where today's answers have `enum_code`.
    """
    shown = []
    for one in fields:
        items = one.read(record)
        if items:
            shown.append(field_values(one, items, legacy=legacy))
    return shown or None


def field_values(one: CustomField, items: list[Item], *, legacy: bool) -> dict[str, Any]:
    """Show one field with its values."""
    values = [renamed(item) for item in items] if legacy else items
    head = {"field_id": one.id, "field_name": one.name, "field_code": one.code, "field_type": one.type}
    return {**head, "is_computed": False, "values": values}


def renamed(item: Item) -> Item:
    """Write a value with the old key."""
    return {"enum" if key == "enum_code" else key: value for key, value in item.items()}


def definition(one: CustomField, account: int, link: str) -> dict[str, Any]:
    """Show a field as custom_fields do."""
    enums = [
        {"id": choice.id, "value": choice.value, "sort": choice.sort}
        | ({"code": choice.code} if choice.code and choice.code != choice.value else {})
        for choice in one.choices or ()
    ]
    return {
        "id": one.id,
        "name": one.name,
        "type": one.type,
        "account_id": account,
        "code": one.code,
        "sort": one.sort,
        "is_api_only": one.api_only,
        "enums": enums if one.choices is not None else None,
        "group_id": None,
        "required_statuses": one.required,
        "is_deletable": not one.predefined,
        "is_predefined": one.predefined,
        "entity_type": one.entity,
        "remind": None,
        "_links": {"self": {"href": link}},
    }
