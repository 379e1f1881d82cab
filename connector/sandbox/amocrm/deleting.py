"""Deletes cards, tasks and notes, and brings cards back from the recycle bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.happenings import Happening
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.saving import stamp

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

TABLES = {"companies": "clients", "contacts": "contacts", "leads": "deals"}


def tell(account: Account, name: str, kind: str, number: int, by: int) -> None:
    """Tell that something was deleted, restored or merged; such events show no values."""
    account.happened(Happening(name, kind, number, by, account.now(), [], []))


def delete_card(account: Account, cards: Cards, number: int, by: int) -> None:
    """Put a card into the recycle bin, with its tasks and notes; cards linked to it lose the link."""
    record = cards.remove(number)
    stamp(account, cards, record, by)
    record.put("links", links(account, cards, number))
    cards.bin[number] = record
    for task in account.tasks.on((cards.name, number)):
        delete_task(account, task, by)
    for note in account.notes.on((cards.name, number)):
        delete_note(account, note)
    if cards is account.companies:
        leave(account, number)
    forget(account, cards, record)
    tell(account, f"{cards.singular}_deleted", cards.singular, number, by)


def links(account: Account, cards: Cards, number: int) -> dict[str, list[int]]:
    """Return the cards that hang on a company."""
    if cards is not account.companies:
        return {}
    return {"contacts": account.contacts.of_company(number), "leads": account.leads.of_company(number)}


def leave(account: Account, company: int) -> None:
    """Let contacts and leads of a company have none; what is logged on them has no client either."""
    for contact in account.contacts.of_company(company):
        account.contacts.moved(account.contacts.records[contact], "")
    for lead in account.leads.of_company(company):
        account.leads.moved(account.leads.records[lead], "")


def forget(account: Account, cards: Cards, record: Record) -> None:
    """Take a card out of the neutral company."""
    if cards is account.companies:
        account.truth.forget_client(record.id)
        return
    account.truth.rows[TABLES[cards.name]].pop(record.id, None)
    if cards is account.leads:
        history = account.truth.lists["stage_history"]
        record.put("stages", [row for row in history if row["deal"] == str(record.id)])
        history[:] = [row for row in history if row["deal"] != str(record.id)]
    for lead in account.leads.of_contact(record.id) if cards is account.contacts else ():
        account.leads.drop_contact(account.leads.records[lead], record.id)


def restore_card(account: Account, cards: Cards, number: int, by: int) -> None:
    """Bring a card back from the recycle bin; what hung on a company hangs on it again, if on no other."""
    record = cards.bin.pop(number)
    cards.put_back(record)
    account.truth.rows[TABLES[cards.name]][number] = record.row
    account.truth.lists["stage_history"] += record.extra.get("stages", [])
    back: dict[str, list[int]] = record.extra.get("links", {})
    for contact in back.get("contacts", ()):
        one = account.contacts.get(contact)
        if one and not one.row["client"]:
            account.contacts.moved(one, str(number))
    for lead in back.get("leads", ()):
        one = account.leads.get(lead)
        if one and not one.row["client"]:
            account.leads.moved(one, str(number))
    stamp(account, cards, record, by)
    tell(account, f"{cards.singular}_restored", cards.singular, number, by)


def delete_task(account: Account, number: int, by: int) -> None:
    """Delete a task for good, as people can and the API cannot."""
    record = account.tasks.remove(number)
    drop_event(account, record)
    tell(account, "task_deleted", "task", number, by)


def delete_note(account: Account, number: int) -> None:
    """Delete a note for good; only texts tell of that."""
    record = account.notes.remove(number)
    drop_event(account, record)
    account.changed()


def drop_event(account: Account, record: Record) -> None:
    """Take the event of a task or a note out of the neutral company."""
    number = int(record.row["id"])
    if account.truth.rows["events"].get(number) is record.row:
        account.truth.rows["events"].pop(number)
