"""Notes: held calls, e-mails, zoom meetings and plain texts, each on one card.

`created_at` is when it happened, `updated_at` when it was entered: telephony writes calls in afterwards, with
their own time.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.carriers import NOTE, ON_NOTHING, Card, card_of, carrier
from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID, user_id
from connector.sandbox.amocrm.records import Entity, Record
from connector.sandbox.amocrm.times import unix
from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

TALK, NO_ANSWER, BUSY = 4, 6, 7
"""Call statuses: 4 a conversation, 6 no answer, 7 busy (the official library's numbers)."""
BUSY_WORD = "Занято"
NO_STATUS_EVERY = 4
"""Every fourth held call has no status at all: telephony often sends none."""


class Notes(Entity):
    """The notes of an account, and which card each is on; numbers are counted over all sorts of cards."""

    def __init__(self, account: Account) -> None:
        super().__init__("notes", "note")
        self.account = account
        self._on: dict[Card, set[int]] = defaultdict(set)
        self._kinds: dict[str, tuple[int, list[int]]] = {}
        for row in account.truth.all("events"):
            if carrier(row) == NOTE:
                self.take(row)
        self.getters = {
            "id": lambda record: record.id,
            "entity_id": lambda record: self.card(record)[1],
            "created_by": lambda record: int(record.extra.get("created_by", self.responsible(record))),
            "updated_by": lambda record: int(record.extra.get("updated_by", self.responsible(record))),
            "created_at": self.made_at,
            "updated_at": self.changed_at,
            "responsible_user_id": self.responsible,
            "group_id": lambda record: account.users.group_of(self.responsible(record)),
            "note_type": self.type_of,
            "params": self.params,
            "account_id": lambda _: ACCOUNT_ID,
            "is_pinned": lambda _: False,
        }

    def take(self, row: Row) -> Record | None:
        """Make the note of an event, None if there is no card it could be on."""
        card = card_of(self.account, row)
        return None if card == ON_NOTHING else self.write(row, {"card": card})

    def write(self, row: Row, extra: dict[str, Any]) -> Record:
        """Add a note."""
        number = self.next_id()
        record = self.records[number] = Record(number, row, extra)
        self.ids.append(number)
        self._last = number
        self._on[self.card(record)].add(number)
        return record

    def card(self, record: Record) -> Card:
        """Return the card a note is on."""
        kind, number = record.extra["card"]
        return str(kind), int(number)

    def moved(self, record: Record, card: Card) -> None:
        """Put a note on another card."""
        self._on[self.card(record)].discard(record.id)
        record.put("card", card)
        self._on[card].add(record.id)

    def on(self, card: Card) -> list[int]:
        """Return the numbers of the notes on a card."""
        return sorted(number for number in self._on.get(card, ()) if number in self.records)

    def of_kind(self, kind: str, revision: int) -> list[int]:
        """Return the numbers of the notes on one sort of card, remembered until the account changes."""
        known = self._kinds.get(kind)
        if known is None or known[0] != revision:
            numbers = [one for one in self.ids if self.card(self.records[one])[0] == kind]
            known = self._kinds[kind] = (revision, numbers)
        return known[1]

    def responsible(self, record: Record) -> int:
        """Return who held the call or wrote the note."""
        return user_id(record.row["employee"])

    def made_at(self, record: Record) -> int:
        """Return when it happened."""
        return unix(record.row["completed_at"] or record.row["logged_at"]) or self.account.started

    def changed_at(self, record: Record) -> int:
        """Return when it was entered or last changed."""
        return int(record.extra.get("changed") or unix(record.row["logged_at"]) or self.made_at(record))

    def type_of(self, record: Record) -> str:
        """Return the note's type: the one it was written with, else that of its kind."""
        if "type" in record.extra:
            return str(record.extra["type"])
        row = record.row
        if row["kind"] == "call":
            return "call_in" if row["direction"] == "in" else "call_out"
        return {"email": "amomail_message", "meeting": "zoom_meeting"}.get(row["kind"], "common")

    def params(self, record: Record) -> dict[str, Any]:
        """Return what the note says, in the keys of its type."""
        if "params" in record.extra:
            return dict(record.extra["params"])
        shape = {"call": call, "email": mail, "meeting": zoom}.get(record.row["kind"])
        return shape(self, record) if shape else {"text": record.row["subject"]}

    def shown(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Show a row as lists do."""
        kind, number = self.card(record)
        link = f"{base}/{kind}/{number}/notes/{record.id}"
        return {**self.columns(record), "_links": {"self": {"href": link}}}

    def address(self, record: Record, column: str) -> str:
        """Return the first telephone number or e-mail address of the card or of its company."""
        kind, number = self.card(record)
        cards = self.account.cards
        own = cards[kind].get(number) if kind in cards and kind != "leads" else None
        company = self.account.companies.get(record.row["client"])
        cells = (one.row[column].split("|")[0] for one in (own, company) if one)
        return next((cell for cell in cells if cell), "")


def call(notes: Notes, record: Record) -> dict[str, Any]:
    """Return what a call note says: who is told by name or by number, and nulls where nothing is known."""
    row = record.row
    who = notes.account.users.get(row["employee"])
    named = who.row["name"] if who and record.id % 2 else notes.responsible(record)
    return {
        "uniq": f"call-{row['id']}",
        "duration": int(row["duration_s"] or 0),
        "source": "sandbox telephony",
        "link": None,
        "phone": notes.address(record, "phones"),
        "call_result": row["result"] or None,
        "call_status": call_status(row),
        "call_responsible": named,
    }


def call_status(row: Row) -> int | None:
    """Return how a call ended; of those that were talks every fourth does not say."""
    if row["successful"] == "0":
        return BUSY if row["result"] == BUSY_WORD else NO_ANSWER
    if not row["successful"]:
        return None
    return None if int(row["id"]) % NO_STATUS_EVERY == 0 and int(row["duration_s"] or 0) else TALK


def mail(notes: Notes, record: Record) -> dict[str, Any]:
    """Return what an e-mail note says."""
    row = record.row
    theirs = {"email": notes.address(record, "emails"), "name": ""}
    who = notes.account.users.get(row["employee"])
    ours = {"email": who.row["email"] if who else "", "name": who.row["name"] if who else ""}
    income = row["direction"] == "in"
    return {
        "thread_id": record.id,
        "message_id": record.id,
        "private": False,
        "income": income,
        "from": theirs if income else ours,
        "to": ours if income else theirs,
        "subject": row["subject"],
        "content_summary": row["result"],
        "attach_cnt": 0,
        "delivery": {"status": "sent", "time": notes.made_at(record), "reason": None},
    }


def zoom(notes: Notes, record: Record) -> dict[str, Any]:
    """Return what a note of a zoom meeting says."""
    conference = {"id": f"zoom-{record.id}", "topic": record.row["subject"]}
    return {"conference": conference | {"start_time": notes.made_at(record)}, "recordings": []}
