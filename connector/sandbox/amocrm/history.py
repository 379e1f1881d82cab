"""What had happened before the stand-in started, told from the neutral company as the account's events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from connector.sandbox.amocrm.carriers import CHAT, ON_NOTHING, card_of, carrier
from connector.sandbox.amocrm.entities.cards import user_id
from connector.sandbox.amocrm.fields import CustomField
from connector.sandbox.amocrm.happenings import Happening, Values, chat_message, note_ref, status, user
from connector.sandbox.amocrm.times import midnight, unix
from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

SERVICE_NOTES = 900_000_000
"""Notes of the service sort, which `*_added` events name and no list shows."""
NOTE_EVENTS = {
    "call_in": "incoming_call",
    "call_out": "outgoing_call",
    "amomail_message": "",
    "common": "common_note_added",
    "zoom_meeting": "",
    "service_message": "service_note_added",
    "extended_service_message": "service_note_added",
    "attachment": "attachment_note_added",
    "geolocation": "geo_note_added",
    "sms_in": "incoming_sms",
    "sms_out": "outgoing_sms",
    "message_cashier": "message_to_cashier_note_added",
}
"""Type of a note -> the event that tells of it; empty where it depends on the note or there is none."""
FIELD_TYPES = {
    "text": 1,
    "numeric": 2,
    "checkbox": 3,
    "select": 4,
    "multitext": 8,
    "url": 7,
    "legal_entity": 15,
}
"""Numbers of field types in events; 8 stands in an example of the documents."""
CHANGED = {"inn": "Реквизиты", "phones": "Телефон", "emails": "Email", "industry": "Отрасль",
           "address": "Адрес", "site": "Web"}  # fmt: skip
"""Neutral column -> the name of its custom field."""


def before(account: Account) -> Iterator[Happening]:
    """Tell everything that had happened."""
    yield from added(account)
    yield from owners(account)
    yield from moves(account)
    yield from changes(account)
    yield from notes(account)
    yield from tasks(account)
    yield from chats(account)


def added(account: Account) -> Iterator[Happening]:
    """Tell when each card was made."""
    for cards in account.cards.values():
        for record in cards.records.values():
            yield card_added(cards.singular, record.id, cards.author(record), cards.made_at(record))


def card_added(kind: str, number: int, by: int, at: int) -> Happening:
    """Tell that a card was made."""
    return Happening(f"{kind}_added", kind, number, by, at, note_ref(SERVICE_NOTES + number), [])


def owners(account: Account) -> Iterator[Happening]:
    """Tell of every company's changes of owner, at the midnight a tenure begins; a gap is nobody's."""
    tenures: dict[str, list[Row]] = defaultdict(list)
    for row in account.truth.all("ownership"):
        tenures[row["client"]].append(row)
    for client, rows in tenures.items():
        if account.companies.get(client):
            yield from handovers(account, int(client), rows)


def handovers(account: Account, company: int, rows: list[Row]) -> Iterator[Happening]:
    """Tell of one company's changes of owner."""
    previous, ended = "", ""
    for place, row in enumerate(sorted(rows, key=lambda row: row["valid_from"])):
        begins = row["valid_from"]
        if place and ended and following(ended) < begins[:10]:
            yield handover(account, company, previous, "", following(ended))
            previous = ""
        if place and row["employee"] != previous:
            yield handover(account, company, previous, row["employee"], begins)
        previous, ended = row["employee"], row["valid_to"]
    if ended and following(ended) <= account.today().isoformat():
        yield handover(account, company, previous, "", following(ended))


def handover(account: Account, company: int, old: str, new: str, day: str) -> Happening:
    """Tell that a company went from one user to another at the beginning of a day."""
    at = midnight(day, account.zone) or account.started
    after, earlier = user(user_id(new)), user(user_id(old))
    return Happening("entity_responsible_changed", "company", company, 0, at, after, earlier)


def following(day: str) -> str:
    """Return the day after a day."""
    return (date.fromisoformat(day[:10]) + timedelta(days=1)).isoformat()


def moves(account: Account) -> Iterator[Happening]:
    """Tell of every lead's moves from status to status."""
    entered: dict[str, list[Row]] = defaultdict(list)
    for row in account.truth.all("stage_history"):
        entered[row["deal"]].append(row)
    for deal, rows in entered.items():
        lead = account.leads.get(deal)
        if lead is None:
            continue
        pipeline = account.pipelines.named(lead.row["pipeline"])
        numbers = [account.pipelines.stage(pipeline, row["stage"]) for row in rows]
        for row, old, new in zip(rows[1:], numbers, numbers[1:], strict=False):
            at = unix(row["entered_at"]) or account.started
            after, earlier = status(pipeline.id, new), status(pipeline.id, old)
            by = account.leads.responsible(lead)
            yield Happening("lead_status_changed", "lead", lead.id, by, at, after, earlier)


def changes(account: Account) -> Iterator[Happening]:
    """Tell which fields of companies were filled in, by whom."""
    for row in account.truth.all("field_changes"):
        company = account.companies.get(row["client"])
        if company and row["field"] in CHANGED:
            at = unix(row["at"]) or account.started
            number = field_of(account, row["field"]).id
            yield field_changed(account, "company", company.id, number, user_id(row["by"]), at, row)


def field_of(account: Account, column: str) -> CustomField:
    """Return the company field that shows a neutral column; the INN may have a text field of its own."""
    known = {one.name: one for one in account.fields.of("companies")}
    return known.get("ИНН", known[CHANGED[column]]) if column == "inn" else known[CHANGED[column]]


def field_changed(
    account: Account, kind: str, card: int, number: int, by: int, at: int, row: Row
) -> Happening:
    """Tell that a custom field changed from `row["old"]` to `row["new"]`; an empty value is an empty list."""
    known = FIELD_TYPES.get(account.fields.known[number].type, 1)

    def shown(text: str) -> Values:
        value = {"field_id": number, "field_type": known, "enum_id": None, "text": text}
        return [{"custom_field_value": value}] if text else []

    name = f"custom_field_{number}_value_changed"
    return Happening(name, kind, card, by, at, shown(row["new"]), shown(row["old"]))


def notes(account: Account) -> Iterator[Happening]:
    """Tell of calls, letters and texts when they were entered."""
    for number, record in account.notes.records.items():
        kind, card = account.notes.card(record)
        by, at = account.notes.responsible(record), account.notes.changed_at(record)
        yield from note_added(account, kind, card, account.notes.type_of(record), number, by, at)


def note_added(
    account: Account, collection: str, card: int, sort: str, number: int, by: int, at: int
) -> Iterator[Happening]:
    """Tell of one note, if there is an event for its sort."""
    name = NOTE_EVENTS.get(sort, "")
    if sort == "amomail_message":
        income = account.notes.records[number].row["direction"] == "in"
        name = "incoming_mail" if income else "outgoing_mail"
    if name:
        yield Happening(name, account.cards[collection].singular, card, by, at, note_ref(number), [])


def tasks(account: Account) -> Iterator[Happening]:
    """Tell when tasks were made and completed."""
    for number, record in account.tasks.records.items():
        by = account.tasks.responsible(record)
        yield Happening("task_added", "task", number, by, account.tasks.made_at(record), [], [])
        if account.tasks.is_done(record):
            yield Happening("task_completed", "task", number, by, account.tasks.changed_at(record), [], [])


def chats(account: Account) -> Iterator[Happening]:
    """Tell of the messages in chats."""
    for row in account.truth.all("events"):
        if carrier(row) == CHAT:
            yield from chat(account, row)


def chat(account: Account, row: Row) -> Iterator[Happening]:
    """Tell of one message, on the lead or contact it belongs to; on nothing if there is no card."""
    collection, card = card_of(account, row)
    if (collection, card) == ON_NOTHING:
        return
    company = account.companies.get(row["client"])
    people = account.contacts.of_company(company.id) if company else []
    talk = card if collection == "contacts" else people[0] if people else 0
    if collection == "companies" and talk:
        collection, card = "contacts", talk
    name = "incoming_chat_message" if row["direction"] == "in" else "outgoing_chat_message"
    at = unix(row["completed_at"]) or account.started
    kind = account.cards[collection].singular
    yield Happening(name, kind, card, user_id(row["employee"]), at, chat_message(int(row["id"])), [], talk)
