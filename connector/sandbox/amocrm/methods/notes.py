"""Notes: a list for each sort of card, of one card too; batches of new and changed ones."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import NO_CONTENT, Call
from connector.sandbox.amocrm.errors import AmoError, no_choice
from connector.sandbox.amocrm.listing import account_row, list_rows
from connector.sandbox.amocrm.notewriting import add_one, change_one, check_new, check_note
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.validation import Checked, answer, batch, single


def listing(call: Call) -> Any:
    """Return a page of the notes on one sort of card."""
    notes, kind = call.account.notes, call.args["cards"]
    call.account.sight.check(kind)
    return list_rows(call, notes, notes.of_kind(kind, call.account.revision))


def of_one(call: Call) -> Any:
    """Return a page of the notes on one card."""
    card = call.args["cards"], call.number()
    call.account.sight.check(card[0])
    return list_rows(call, call.account.notes, call.account.notes.on(card))


def one(call: Call) -> Any:
    """Return one note; nothing if there is none on that card."""
    record = known(call)
    return NO_CONTENT if record is None else account_row(call, call.account.notes)(record.id)


def known(call: Call) -> Record | None:
    """Return the note of the path."""
    record = call.account.notes.get(call.args["note"])
    card = call.args["cards"], call.number()
    return record if record and call.account.notes.card(record) == card else None


def add(call: Call) -> Any:
    """Add notes, each on a card it names."""
    return added(call, None)


def add_to(call: Call) -> Any:
    """Add notes to one card; 404 if there is none."""
    if call.account.cards[call.args["cards"]].get(call.args["id"]) is None:
        raise AmoError(404, "Entity not found")
    return added(call, call.number())


def added(call: Call, number: int | None) -> Any:
    """Add a batch of notes."""
    kind = call.args["cards"]

    def apply(given: Checked) -> dict[str, Any]:
        record = add_one(call, (kind, number or given.item["entity_id"]), given.item)
        card, link = call.account.notes.card(record), linked(call, record)
        return {"id": record.id, "entity_id": card[1], "request_id": given.request_id, **link}

    return answer(call, "notes", batch(call, lambda given: check_new(call, kind, number, given), apply))


def linked(call: Call, record: Record) -> dict[str, Any]:
    """Return the address of a note."""
    kind, number = call.account.notes.card(record)
    return {"_links": {"self": {"href": f"{call.base}/{kind}/{number}/notes/{record.id}"}}}


def update(call: Call) -> Any:
    """Change a batch of notes."""
    notes = call.account.notes

    def check(given: Checked) -> None:
        given.need("id", int)
        record = notes.get(given.item.get("id"))
        if record is None:
            given.mistakes += [] if given.mistakes else [no_choice("id")]
        else:
            check_note(call, given, given.item.get("note_type", notes.type_of(record)))

    def apply(given: Checked) -> dict[str, Any]:
        record = notes.records[given.item["id"]]
        change_one(call, record, given.item)
        return changed(call, record)

    return answer(call, "notes", batch(call, check, apply))


def update_one(call: Call) -> Any:
    """Change one note; 404 if there is none on that card."""
    record = known(call)
    if record is None:
        raise AmoError(404, "Note not found")

    def apply(given: Checked) -> dict[str, Any]:
        change_one(call, record, given.item)
        return changed(call, record)

    sort = call.account.notes.type_of(record)
    return single(call, lambda given: check_note(call, given, given.item.get("note_type", sort)), apply)


def changed(call: Call, record: Record) -> dict[str, Any]:
    """Return what a change is answered with."""
    notes = call.account.notes
    shown = {"id": record.id, "entity_id": notes.card(record)[1], "updated_at": notes.changed_at(record)}
    return {**shown, **linked(call, record)}
