"""Makes two companies or two contacts one: the losing number is nowhere any more, not even in the bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.amocrm.carriers import Card
from connector.sandbox.amocrm.deleting import tell
from connector.sandbox.amocrm.records import Record

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account


def merge_companies(account: Account, into: Record, gone: Record, by: int) -> None:
    """Let all of `gone` belong to `into`; only the survivor tells of it, without a value."""
    for contact in account.contacts.of_company(gone.id):
        account.contacts.moved(account.contacts.records[contact], str(into.id))
    for lead in account.leads.of_company(gone.id):
        account.leads.moved(account.leads.records[lead], str(into.id))
    rehang(account, ("companies", gone.id), ("companies", into.id))
    account.truth.merge_clients(into.id, gone.id)
    account.companies.remove(gone.id)
    into.row["updated_at"] = account.stamp()
    tell(account, "entity_merged", "company", into.id, by)


def merge_contacts(account: Account, into: Record, gone: Record, by: int) -> None:
    """Let the leads, tasks, notes, numbers and addresses of `gone` be those of `into`."""
    for number in account.leads.of_contact(gone.id):
        lead = account.leads.records[number]
        people = [into.id if one == gone.id else one for one in account.leads.contacts(lead)]
        account.leads.drop_contact(lead, gone.id)
        account.leads.put_contacts(lead, list(dict.fromkeys(people)))
    for record in rehang(account, ("contacts", gone.id), ("contacts", into.id)):
        record.row["client"] = into.row["client"]
        if account.truth.rows["events"].get(int(record.row["id"])) is record.row:
            account.truth.note("events", record.row)
    for column in ("phones", "emails"):
        both = [*into.row[column].split("|"), *gone.row[column].split("|")]
        into.row[column] = "|".join(dict.fromkeys(filter(None, both)))
    account.contacts.remove(gone.id)
    account.truth.rows["contacts"].pop(gone.id)
    into.put("changed", account.now())
    tell(account, "entity_merged", "contact", into.id, by)


def rehang(account: Account, old: Card, new: Card) -> list[Record]:
    """Put the tasks and notes of one card on another, and return them."""
    tasks = [account.tasks.records[number] for number in account.tasks.on(old)]
    notes = [account.notes.records[number] for number in account.notes.on(old)]
    for task in tasks:
        account.tasks.moved(task, new)
    for note in notes:
        account.notes.moved(note, new)
    return [*tasks, *notes]
