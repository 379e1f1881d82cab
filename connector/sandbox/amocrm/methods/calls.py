"""POST /calls: telephony writes calls in; each goes to whoever has the number, and may fail alone."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm import notewriting
from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.carriers import Card
from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID
from connector.sandbox.amocrm.validation import Checked, batch

SORTS = {"inbound": "call_in", "outbound": "call_out"}
PARAMS = ("uniq", "duration", "source", "link", "phone", "call_result", "call_status", "call_responsible")
OWN = ("created_at", "created_by", "responsible_user_id")
NOT_FOUND = {"title": "Entity not found", "detail": "No entity was found by the phone number", "status": 263}


def check(call: Call, given: Checked) -> None:
    """Check a call."""
    given.need("direction", str)
    given.choose("direction", lambda word: word in SORTS)
    given.need("duration", int)
    given.need("source", str)
    given.need("phone", str)
    given.time("created_at")
    for name in ("responsible_user_id", "created_by"):
        given.may(name, int)
        given.choose(name, call.account.users.may_be_named)


def card_of(call: Call, phone: str) -> Card | None:
    """Return the contact or company with a telephone number, compared by its last ten digits."""
    wanted = digits(phone)
    for cards in (call.account.contacts, call.account.companies):
        for number in cards.ids:
            if wanted and wanted in map(digits, cards.records[number].row["phones"].split("|")):
                return cards.name, number
    return None


def digits(phone: str) -> str:
    """Return the last ten digits of a number."""
    return "".join(letter for letter in phone if letter.isdecimal())[-10:]


def add(call: Call) -> Any:
    """Write calls in; those whose number nobody has stand under `errors`, and the answer is 200."""
    errors: list[dict[str, Any]] = []

    def apply(given: Checked) -> dict[str, Any]:
        card = card_of(call, given.item["phone"])
        if card is None:
            errors.append({**NOT_FOUND, "request_id": given.request_id})
            return {}
        params = {name: given.item[name] for name in PARAMS if name in given.item} | {"uniq": uniq(given)}
        item = {name: given.item[name] for name in OWN if name in given.item}
        note = {**item, "note_type": SORTS[given.item["direction"]], "params": params}
        record = notewriting.add_one(call, card, note)
        return shown(call, record.id, card, given)

    rows = [row for row in batch(call, lambda given: check(call, given), apply) if row]
    return {"_total_items": len(rows), "errors": errors, "_embedded": {"calls": rows}}


def uniq(given: Checked) -> str:
    """Return the call's own mark."""
    return str(given.item.get("uniq") or f"call-{given.request_id}")


def shown(call: Call, number: int, card: Card, given: Checked) -> dict[str, Any]:
    """Show a call that was written in."""
    kind = call.account.cards[card[0]].singular
    link = {"self": {"href": f"{call.base}/{card[0]}/{card[1]}"}}
    return {
        "id": number,
        "entity_id": card[1],
        "entity_type": kind,
        "account_id": ACCOUNT_ID,
        "request_id": given.request_id,
        "_embedded": {"entity": {"id": card[1], "_links": link}},
    }
