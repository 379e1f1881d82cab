"""What a stand-in tells of itself: every row as the API shows it, and where each neutral event lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.carriers import CHAT, carrier
from connector.sandbox.amocrm.entities import pipelines

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

EVERYTHING = frozenset({"contacts", "leads", "loss_reason", "role", "group"})
BASE = "/api/v4"


def vendor_rows(account: Account) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every collection; notes carry `entity_type` too, which the API leaves out."""
    users = account.users
    rows = {
        name: [cards.shown(cards.records[number], EVERYTHING, BASE) for number in cards.ids]
        for name, cards in account.cards.items()
    }
    rows["users"] = [users.shown(users.records[number], EVERYTHING, BASE) for number in users.ids]
    tasks, notes = account.tasks, account.notes
    rows["tasks"] = [tasks.shown(tasks.records[number], EVERYTHING, BASE) for number in tasks.ids]
    rows["notes"] = [
        {**notes.shown(record, EVERYTHING, BASE), "entity_type": notes.card(record)[0]}
        for record in map(notes.records.__getitem__, notes.ids)
    ]
    kept = account.happenings
    rows["events"] = [kept.shown(place, BASE) for place in range(len(kept.listed))]
    rows["pipelines"] = [
        pipelines.shown(one, BASE, main=one is account.pipelines.main, archived=False)
        for one in account.pipelines.known.values()
    ]
    return rows


def carried(account: Account) -> dict[str, list[Any]]:
    """Return neutral event -> [collection, number]; chats live under the id of their chat event."""
    found: dict[str, list[Any]] = {}
    events = account.truth.rows["events"]
    for name, entity in (("tasks", account.tasks), ("notes", account.notes)):
        for record in entity.records.values():
            if events.get(int(record.row["id"])) is record.row:
                found[record.row["id"]] = [name, record.id]
    messages = {
        one.after[0]["message"]["id"]: account.happenings.id_of(place)
        for place, one in enumerate(account.happenings.listed)
        if one.type.endswith("chat_message")
    }
    for row in account.truth.all("events"):
        number = f"00000000-0000-4000-8000-{int(row['id']):012d}"
        if carrier(row) == CHAT and number in messages:
            found[row["id"]] = ["events", messages[number]]
    return found
