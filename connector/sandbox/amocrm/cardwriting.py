"""Checks and applies what clients write into companies, contacts and leads."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm import leadwriting
from connector.sandbox.amocrm.bindings import seconds
from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.creating import add_card
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.errors import missing
from connector.sandbox.amocrm.fieldwriting import check_fields, items_of
from connector.sandbox.amocrm.linking import check_links, put_links
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.saving import fill, give, mark, rename, stamp
from connector.sandbox.amocrm.tagwriting import check_tags, names_after
from connector.sandbox.amocrm.validation import Checked

COMMON = frozenset({
    "id", "name", "responsible_user_id", "created_by", "updated_by", "created_at", "updated_at",
    "custom_fields_values", "tags_to_add", "tags_to_delete", "_embedded", "request_id",
})  # fmt: skip
FIELDS = {
    "companies": COMMON,
    "contacts": COMMON | {"first_name", "last_name"},
    "leads": COMMON | leadwriting.FIELDS,
}
"""Fields a card may be written with; anything else is one too many."""
PERSONS = ("responsible_user_id", "created_by", "updated_by")


def check_card(call: Call, cards: Cards, given: Checked, record: Record | None) -> None:
    """Check a card that is new (`record` None) or changed."""
    given.only(FIELDS[cards.name])
    given.may("name", str, nullable=record is None)
    if record is None and cards is call.account.companies and not given.item.get("name"):
        given.mistakes += [] if any(one["path"] == "name" for one in given.mistakes) else [missing("name")]
    for name in PERSONS:
        given.may(name, int)
        given.choose(name, call.account.users.may_be_named)
    for name in ("created_at", "updated_at"):
        given.time(name)
    for name in ("first_name", "last_name"):
        given.may(name, str, nullable=True)
    given.may("_embedded", dict, list)
    check_fields(call, cards.name, given)
    check_tags(call, cards.name, given)
    check_links(call, cards, given)
    if cards is call.account.leads:
        leadwriting.check(call, given, record)


def add_one(call: Call, cards: Cards, item: dict[str, Any]) -> Record:
    """Add a card; without a responsible user it is the token's."""
    account = call.account
    owner = item.get("responsible_user_id", call.user)
    cells = {leadwriting.NAME if cards is account.leads else "name": name_of(cards, item)}
    if cards is not account.contacts:
        cells["owner"] = str(owner) if owner else ""
    if cards is account.leads:
        cells |= leadwriting.cells(call, item)
    if "created_at" in item and cards is not account.contacts:
        cells["created_at"] = account.stamp(item["created_at"])
    record = add_card(account, cards, cells, item.get("created_by", call.user))
    record.put("responsible", owner)
    put_rest(call, cards, record, item, item.get("created_by", call.user))
    account.wrote("add", cards.name, record.id, item)
    return record


def name_of(cards: Cards, item: dict[str, Any]) -> str:
    """Return a new card's name: as given, else put together, else what the account calls it."""
    whole = " ".join(filter(None, (item.get("first_name"), item.get("last_name"))))
    unnamed = {"leads": "Сделка", "contacts": "Контакт"}.get(cards.name, "")
    return str(item.get("name") or whole or unnamed)


def change_one(call: Call, cards: Cards, record: Record, item: dict[str, Any]) -> None:
    """Change a card: what is not named stays as it is; every real change is an event."""
    account, by = call.account, item.get("updated_by", call.user)
    if item.get("name") is not None:
        rename(account, cards, record, item["name"], by)
    if "responsible_user_id" in item:
        give(account, cards, record, item["responsible_user_id"], by)
    if cards is account.leads:
        leadwriting.change(call, record, item, by)
    put_rest(call, cards, record, item, by)
    stamp(account, cards, record, by, seconds(item.get("updated_at")))
    account.wrote("update", cards.name, record.id, item)
    set_back(call, cards, record)


def put_rest(call: Call, cards: Cards, record: Record, item: dict[str, Any], by: int) -> None:
    """Write names of people, custom fields, tags and links."""
    for name in ("first_name", "last_name"):
        if item.get(name) is not None:
            record.put(name, item[name])
    for one, items in items_of(call, cards.name, item):
        fill(call.account, cards, record, one, items, by)
    names = names_after(call, cards, record, item)
    if names is not None:
        mark(call.account, cards, record, names, by)
    put_links(call.account, cards, record, item, by)


def set_back(call: Call, cards: Cards, record: Record) -> None:
    """Let a rule of the account set a field back, as the fault `changed_back` says."""
    account, named = call.account, call.account.faults.text("changed_back")
    if named == "responsible_user_id":
        give(account, cards, record, 1, 0)
    for one in account.fields.of(cards.name):
        if named and named in {one.name, one.code}:
            fill(account, cards, record, one, [], 0)
