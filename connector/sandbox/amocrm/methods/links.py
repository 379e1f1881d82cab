"""Links of one card or of several, and linking and unlinking."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import NO_CONTENT, Call
from connector.sandbox.amocrm.errors import AmoError, missing, no_choice
from connector.sandbox.amocrm.linking import PAIRS, join, links_of, part
from connector.sandbox.amocrm.paging import counted
from connector.sandbox.amocrm.query import listed, mapping, whole
from connector.sandbox.amocrm.validation import Checked, batch


def of_one(call: Call) -> Any:
    """Return what one card is linked to; nothing for one that is not there."""
    kind = call.args["cards"]
    record = call.account.cards[kind].get(call.args["id"])
    if record is None or not call.account.sight.sees(kind, record):
        return NO_CONTENT
    return counted(call, "links", links_of(call.account, kind, record.id))


def listing(call: Call) -> Any:
    """Return the links of the cards that `filter[entity_id]` names; 400 without it."""
    kind = call.args["cards"]
    asked = mapping(call.query.get("filter")).get("entity_id")
    if asked is None:
        raise AmoError(400, "filter[entity_id] is required")
    cards = call.account.cards[kind]
    numbers = [number for one in listed(asked) if (number := whole(one, 0)) in cards.records]
    rows = [
        {"entity_id": number, "entity_type": kind, **row}
        for number in numbers
        for row in links_of(call.account, kind, number)
    ]
    return counted(call, "links", rows) if rows else NO_CONTENT


def link(call: Call) -> Any:
    """Link one card with others."""
    return written(call, joined=True)


def unlink(call: Call) -> None:
    """Take links of one card away; answers nothing."""
    written(call, joined=False)


def link_many(call: Call) -> Any:
    """Link several cards."""
    return written(call, joined=True)


def unlink_many(call: Call) -> None:
    """Take links of several cards away; answers nothing."""
    written(call, joined=False)


def written(call: Call, *, joined: bool) -> Any:
    """Link or unlink, item by item."""
    kind = call.args["cards"]

    def apply(given: Checked) -> dict[str, Any]:
        item = given.item
        one, other = card(call, item), (item["to_entity_type"], item["to_entity_id"])
        if joined:
            main = mapping(item.get("metadata")).get("is_main") is True
            join(call.account, one, other, call.user, main=main)
        else:
            part(call.account, one, other, call.user)
        call.account.wrote("link" if joined else "unlink", kind, one[1], item)
        row = {"entity_id": one[1], "entity_type": kind, "to_entity_id": other[1], "to_entity_type": other[0]}
        return {**row, "metadata": item.get("metadata")}

    rows = batch(call, lambda given: check(call, given), apply)
    return {**counted(call, "links", rows), "_total_items": len(rows)}


def card(call: Call, item: dict[str, Any]) -> tuple[str, int]:
    """Return the card an item is about: that of the path, else the one it names."""
    return call.args["cards"], int(call.args.get("id") or item.get("entity_id") or 0)


def check(call: Call, given: Checked) -> None:
    """Check one link: both cards are there, and such cards can be linked."""
    kind = call.args["cards"]
    if "id" not in call.args and not isinstance(given.item.get("entity_id"), int):
        given.mistakes.append(missing("entity_id"))
        return
    given.need("to_entity_id", int)
    given.need("to_entity_type", str)
    if given.mistakes:
        return
    to, number = given.item["to_entity_type"], given.item["to_entity_id"]
    if call.account.cards[kind].get(card(call, given.item)[1]) is None:
        given.mistakes.append(no_choice("entity_id"))
    elif (kind, to) not in PAIRS:
        given.mistakes.append(no_choice("to_entity_type"))
    elif call.account.cards[to].get(number) is None:
        given.mistakes.append(no_choice("to_entity_id"))
