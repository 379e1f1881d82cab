"""Makes cards, tasks and notes; those of a client are rows of the neutral company too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.carriers import Card, client_of
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.happenings import Happening
from connector.sandbox.amocrm.history import card_added, note_added
from connector.sandbox.amocrm.records import Record
from connector.sandbox.company.tables import COLUMNS, Row

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

TABLES = {"companies": "clients", "contacts": "contacts", "leads": "deals"}


def add_card(account: Account, cards: Cards, cells: Row, by: int) -> Record:
    """Make a card with the given neutral cells; what is missing the account fills in."""
    table = TABLES[cards.name]
    number, now = cards.next_id(), account.stamp()
    row = account.truth.add(table, defaults(account, table, now) | cells | {"id": str(number)})
    extra = {"created_by": by, "updated_by": by, "changed": account.now(), "made": account.now()}
    record = cards.add(row, extra, number)
    if table != "clients":
        account.contacts.moved(record, row["client"]) if table == "contacts" else account.leads.moved(
            record, row["client"]
        )
    if table == "clients" and row["owner"]:
        account.truth.owned(number, row["owner"], account.today())
    if table == "deals":
        entered = {"deal": row["id"], "stage": row["stage"], "entered_at": row["created_at"]}
        account.truth.add("stage_history", entered)
    account.happened(card_added(cards.singular, number, by, account.now()))
    return record


def defaults(account: Account, table: str, now: str) -> Row:
    """Return what the account itself fills in."""
    if table == "clients":
        return {"created_at": now, "updated_at": now, "kind": "company", "status": "active"}
    if table == "deals":
        main = account.pipelines.main
        stages = [name for number, name in main.statuses.items()]
        first = {"pipeline": main.name, "stage": stages[min(1, len(stages) - 1)], "stage_kind": "open"}
        return {"created_at": now, "currency": "RUB", "amount": "0", **first}
    return {}


def event_row(account: Account, card: Card, cells: Row) -> Row:
    """Return the row of a new task or note: of the neutral company if its card belongs to a client."""
    client = client_of(account, card)
    deal = str(card[1]) if card[0] == "leads" else ""
    made = {
        "id": str(account.next_event()),
        "client": client,
        "deal": deal,
        "logged_at": account.stamp(),
        **cells,
    }
    if client:
        return account.truth.add("events", made)
    return {column: made.get(column, "") for column in COLUMNS["events"]}


def add_task(account: Account, card: Card, cells: Row, extra: dict[str, Any], by: int) -> Record:
    """Make a task on a card, or on none."""
    record = account.tasks.take(event_row(account, card, {"status": "planned", **cells}), card)
    record.extra = {**record.extra, **extra, "created_by": by, "updated_by": by}
    account.happened(Happening("task_added", "task", record.id, by, account.now(), [], []))
    return record


def add_note(account: Account, card: Card, row: Row, extra: dict[str, Any], by: int) -> Record:
    """Make a note on a card, with its event."""
    record = account.notes.write(row, {**extra, "card": card, "created_by": by, "updated_by": by})
    told(account, record, by)
    return record


def told(account: Account, record: Record, by: int) -> None:
    """Tell of a note that was written just now."""
    kind, number = account.notes.card(record)
    sort = account.notes.type_of(record)
    for happening in note_added(account, kind, number, sort, record.id, by, account.now()):
        account.happened(happening)
    account.changed()
