"""Companies, contacts and leads: lists, one by its number, batches of new and changed ones."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import NO_CONTENT, Call
from connector.sandbox.amocrm.cardwriting import add_one, change_one, check_card
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.errors import AmoError, no_choice
from connector.sandbox.amocrm.listing import account_row, list_rows
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.validation import Checked, answer, batch, single

NAMED = frozenset({"companies", "contacts"})
"""Cards whose changed rows are answered with their name and without `request_id` (documented examples)."""


def cards_of(call: Call) -> Cards:
    """Return the collection of the path."""
    return call.account.cards[call.args["cards"]]


def listing(call: Call) -> Any:
    """Return a page of cards."""
    return list_rows(call, cards_of(call))


def one(call: Call) -> Any:
    """Return a card; nothing for one that is not there or may not be seen."""
    cards = cards_of(call)
    call.account.sight.check(cards.name)
    record = cards.get(call.args["id"])
    if record is None or not call.account.sight.sees(cards.name, record):
        return NO_CONTENT
    return account_row(call, cards)(record.id)


def add(call: Call) -> Any:
    """Add a batch of cards."""
    cards = cards_of(call)

    def apply(given: Checked) -> dict[str, Any]:
        record = add_one(call, cards, given.item)
        link = {"self": {"href": f"{call.base}/{cards.name}/{record.id}"}}
        return {"id": record.id, "request_id": given.request_id, "_links": link}

    return answer(call, cards.name, batch(call, lambda given: check_card(call, cards, given, None), apply))


def update(call: Call) -> Any:
    """Change a batch of cards."""
    cards = cards_of(call)

    def check(given: Checked) -> None:
        given.need("id", int)
        record = known(call, cards, given.item.get("id"))
        if record is None and not given.mistakes:
            given.mistakes.append(no_choice("id"))
        if record is not None:
            check_card(call, cards, given, record)

    def apply(given: Checked) -> dict[str, Any]:
        record = cards.records[given.item["id"]]
        change_one(call, cards, record, given.item)
        return changed(call, cards, record) | request_id(cards, given)

    return answer(call, cards.name, batch(call, check, apply))


def update_one(call: Call) -> Any:
    """Change one card; 404 if there is none."""
    cards = cards_of(call)
    record = known(call, cards, call.number())
    if record is None:
        raise AmoError(404, "Entity not found")

    def apply(given: Checked) -> dict[str, Any]:
        change_one(call, cards, record, given.item)
        return changed(call, cards, record)

    return single(call, lambda given: check_card(call, cards, given, record), apply)


def known(call: Call, cards: Cards, number: Any) -> Record | None:
    """Return a card the token's user may change."""
    record = cards.get(number)
    return record if record and call.account.sight.sees(cards.name, record) else None


def changed(call: Call, cards: Cards, record: Record) -> dict[str, Any]:
    """Return what a change is answered with: never the new values."""
    name = {"name": record.row["name"]} if cards.name in NAMED else {}
    link = {"self": {"href": f"{call.base}/{cards.name}/{record.id}"}}
    return {"id": record.id, **name, "updated_at": cards.changed_at(record), "_links": link}


def request_id(cards: Cards, given: Checked) -> dict[str, str]:
    """Return the item's mark, which not all answers repeat."""
    return {} if cards.name in NAMED else {"request_id": given.request_id}
