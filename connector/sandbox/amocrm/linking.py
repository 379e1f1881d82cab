"""Links between cards: leads and contacts have one company at most, leads have contacts, one of them main."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.errors import no_choice, wrong_type
from connector.sandbox.amocrm.happenings import Happening
from connector.sandbox.amocrm.query import mapping
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.validation import Checked

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

PAIRS = frozenset({
    ("leads", "contacts"), ("leads", "companies"), ("contacts", "companies"),
    ("contacts", "leads"), ("companies", "leads"), ("companies", "contacts"),
})  # fmt: skip


Linked = tuple[str, int, dict[str, bool] | None]
"""A collection, a number, and whether it is the main contact."""


def check_links(call: Call, cards: Cards, given: Checked) -> None:
    """Check the cards that `_embedded` names."""
    for name, linked in mapping(given.item.get("_embedded")).items():
        if (cards.name, name) not in PAIRS:
            continue
        if not isinstance(linked, list):
            given.mistakes.append(wrong_type(f"_embedded.{name}", "array"))
            continue
        for place, one in enumerate(linked):
            if call.account.cards[name].get(mapping(one).get("id")) is None:
                given.mistakes.append(no_choice(f"_embedded.{name}.{place}.id"))


def put_links(account: Account, cards: Cards, record: Record, item: dict[str, Any], by: int) -> None:
    """Link a card with those that `_embedded` names."""
    for name, linked in mapping(item.get("_embedded")).items():
        if (cards.name, name) in PAIRS:
            for one in linked:
                main = one.get("is_main") is True
                join(account, (cards.name, record.id), (name, int(one["id"])), by, main=main)


def join(
    account: Account, one: tuple[str, int], other: tuple[str, int], by: int, *, main: bool = False
) -> None:
    """Link two cards; an account tells of it on both."""
    first, second = sorted((one, other), key=lambda card: ("leads", "contacts", "companies").index(card[0]))
    record = account.cards[first[0]].records[first[1]]
    if second[0] == "companies":
        place(account, first[0], record, str(second[1]))
    else:
        people = [number for number in account.leads.contacts(record) if number != second[1]]
        account.leads.put_contacts(record, [second[1], *people] if main else [*people, second[1]])
    tell(account, "entity_linked", first, second, by)


def part(account: Account, one: tuple[str, int], other: tuple[str, int], by: int) -> bool:
    """Take a link away; False if there was none."""
    first, second = sorted((one, other), key=lambda card: ("leads", "contacts", "companies").index(card[0]))
    record = account.cards[first[0]].records[first[1]]
    if not is_linked(account, record, first[0], second):
        return False
    if second[0] == "companies":
        place(account, first[0], record, "")
    else:
        account.leads.drop_contact(record, second[1])
    tell(account, "entity_unlinked", first, second, by)
    return True


def is_linked(account: Account, record: Record, kind: str, other: tuple[str, int]) -> bool:
    """Tell whether a lead or contact is linked to a company or contact."""
    if other[0] == "companies":
        return record.row["client"] == str(other[1])
    return kind == "leads" and other[1] in account.leads.contacts(record)


def place(account: Account, kind: str, record: Record, client: str) -> None:
    """Put a lead or contact at a company, or at none."""
    (account.leads if kind == "leads" else account.contacts).moved(record, client)


def tell(account: Account, name: str, first: tuple[str, int], second: tuple[str, int], by: int) -> None:
    """Tell of a link on both cards."""
    for here, there in ((first, second), (second, first)):
        kind = account.cards[here[0]].singular
        link = [{"link": {"entity": {"type": account.cards[there[0]].singular, "id": there[1]}}}]
        shown = (link, []) if name == "entity_linked" else ([], link)
        account.happened(Happening(name, kind, here[1], by, account.now(), *shown))


def links_of(account: Account, kind: str, number: int) -> list[dict[str, Any]]:
    """Show what a card is linked to; `main_contact` is read under that key and written as `is_main`."""
    record = account.cards[kind].records[number]
    if kind == "companies":
        found: list[Linked] = [("contacts", one, None) for one in account.contacts.of_company(number)]
        found += [("leads", one, None) for one in account.leads.of_company(number)]
    else:
        client = record.row["client"]
        found = [("companies", int(client), None)] if account.companies.get(client) else []
        people = account.leads.contacts(record) if kind == "leads" else []
        found += [("contacts", one, {"main_contact": not order}) for order, one in enumerate(people)]
        found += (
            [("leads", one, None) for one in account.leads.of_contact(number)] if kind == "contacts" else []
        )
    empty: list[Any] | None = [] if account.faults.on("php_arrays") else None
    return [
        {"to_entity_id": one, "to_entity_type": name, "metadata": metadata or empty}
        for name, one, metadata in found
    ]
