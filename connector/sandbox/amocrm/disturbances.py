"""What people and other programs do to cards while a client is half-way through its pull."""

from __future__ import annotations

from connector.sandbox.amocrm.account import Account
from connector.sandbox.amocrm.creating import TABLES, add_card
from connector.sandbox.amocrm.deleting import delete_card
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.saving import stamp


def disturb(account: Account, cards: Cards) -> None:
    """Delete, change and add cards as soon as a client has taken the first of several pages; once."""
    faults = account.faults
    gone, come, moved = (faults.number(f"{name}_mid_pull") for name in ("delete", "insert", "change"))
    if account.disturbed or not any((gone, come, moved)):
        return
    account.disturbed = True
    for number in cards.ids[:gone]:
        delete_card(account, cards, number, 1)
    for number in cards.ids[:moved]:
        stamp(account, cards, cards.records[number], 1)
    title = "title" if TABLES[cards.name] == "deals" else "name"
    for place in range(come):
        add_card(account, cards, {title: f"Пришёл посреди выгрузки {place + 1}"}, 1)
