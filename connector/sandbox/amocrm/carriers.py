"""Where each event of the neutral company lives in an account: as a task, as a note, or only as a chat event.

    planned                     a task; its type tells the kind, `complete_till` the plan
    cancelled                   nowhere: an account cannot hold it
    completed meeting           a completed task; every fifth a zoom note
    completed task              a completed task
    completed call              a note call_in or call_out
    completed e-mail            a note amomail_message
    completed message           chat events only: no text, no note
    completed other             a note of plain text

The card it stands on is the lead if there is a deal, else for every third event a contact of the client, else
the company. Notes without any such card do not exist; tasks may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

TASK, NOTE, CHAT, NOWHERE = "tasks", "notes", "chats", ""
ZOOM_EVERY = 5
CONTACT_EVERY = 3
Card = tuple[str, int]
"""A collection of cards and a number."""
ON_NOTHING: Card = ("", 0)


def carrier(row: Row) -> str:
    """Return the collection an event lives in, empty for none."""
    if row["status"] == "cancelled":
        return NOWHERE
    if row["status"] == "planned" or row["kind"] == "task":
        return TASK
    if row["kind"] == "meeting":
        return NOTE if int(row["id"]) % ZOOM_EVERY == 0 else TASK
    return CHAT if row["kind"] == "message" else NOTE


def card_of(account: Account, row: Row) -> Card:
    """Return the card an event stands on, `ON_NOTHING` if there is none."""
    if account.leads.get(row["deal"]):
        return "leads", int(row["deal"])
    company = account.companies.get(row["client"])
    if company is None:
        return ON_NOTHING
    people = account.contacts.of_company(company.id)
    number = int(row["id"])
    if people and number % CONTACT_EVERY == 0:
        return "contacts", people[number // CONTACT_EVERY % len(people)]
    return "companies", company.id


def client_of(account: Account, card: Card) -> str:
    """Return the client a card belongs to, empty for none."""
    if card == ON_NOTHING:
        return ""
    record = account.cards[card[0]].get(card[1])
    if record is None:
        return ""
    client = str(record.id) if card[0] == "companies" else record.row["client"]
    return client if account.companies.get(client) else ""
