"""Tasks: what is planned, and the meetings and tasks that were done.

`created_at` is when the event was entered, `complete_till` its plan, `updated_at` of a completed task when it
was completed: there is no other trace of that but the event `task_completed`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.carriers import ON_NOTHING, TASK, Card, card_of, carrier
from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID, user_id
from connector.sandbox.amocrm.records import Entity, Record
from connector.sandbox.amocrm.times import unix
from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

TYPES = {"call": 1, "meeting": 2, "email": 1_000_001, "task": 1_000_002, "message": 1_000_003}
OTHER_TYPE = 1_000_004
NAMES: dict[int, tuple[str, str | None]] = {
    1: ("Связаться", "FOLLOW_UP"),
    2: ("Встреча", "MEETING"),
    1_000_001: ("Написать письмо", None),
    1_000_002: ("Задача", None),
    1_000_003: ("Написать в чат", None),
    1_000_004: ("Прочее", None),
}
"""Task type -> name and code; the first two every account has (documented), the others this firm added."""
KINDS = {number: kind for kind, number in TYPES.items()}


class Tasks(Entity):
    """The tasks of an account, and which card each is on."""

    def __init__(self, account: Account) -> None:
        super().__init__("tasks", "task")
        self.account = account
        self._on: dict[Card, set[int]] = defaultdict(set)
        for row in account.truth.all("events"):
            if carrier(row) == TASK:
                self.take(row)
        self.getters = {
            "id": lambda record: record.id,
            "created_by": lambda record: int(record.extra.get("created_by", self.responsible(record))),
            "updated_by": lambda record: int(record.extra.get("updated_by", self.responsible(record))),
            "created_at": self.made_at,
            "updated_at": self.changed_at,
            "responsible_user_id": self.responsible,
            "group_id": lambda record: account.users.group_of(self.responsible(record)),
            "entity_id": lambda record: self.card(record)[1] or None,
            "entity_type": lambda record: self.card(record)[0] or None,
            "duration": lambda record: int(record.extra.get("duration", 0)),
            "is_completed": self.is_done,
            "task_type_id": self.type_of,
            "text": lambda record: record.row["subject"],
            "result": lambda record: {"text": record.row["result"]} if record.row["result"] else [],
            "complete_till": self.due,
            "account_id": lambda _: ACCOUNT_ID,
        }

    def take(self, row: Row, card: Card | None = None) -> Record:
        """Make the task of an event, on the given card or on the one the event belongs to."""
        number = self.next_id()
        record = Record(number, row, {"card": card or card_of(self.account, row)})
        self.records[number] = record
        self.ids.append(number)
        self._last = number
        self._on[self.card(record)].add(number)
        return record

    def card(self, record: Record) -> Card:
        """Return the card a task is on."""
        kind, number = record.extra.get("card", ON_NOTHING)
        return str(kind), int(number)

    def moved(self, record: Record, card: Card) -> None:
        """Put a task on another card."""
        self._on[self.card(record)].discard(record.id)
        record.put("card", card)
        self._on[card].add(record.id)

    def on(self, card: Card) -> list[int]:
        """Return the numbers of the tasks on a card."""
        return sorted(number for number in self._on.get(card, ()) if number in self.records)

    def closest(self, collection: str, number: int) -> int | None:
        """Return when the next open task of a card is due, None if it has none."""
        open_ones = (self.records[one] for one in self.on((collection, number)))
        due = [self.due(one) for one in open_ones if not self.is_done(one)]
        return min(due, default=None)

    def responsible(self, record: Record) -> int:
        """Return the user whose task it is."""
        return user_id(record.row["employee"])

    def made_at(self, record: Record) -> int:
        """Return when the task was entered."""
        return unix(record.row["logged_at"]) or self.account.started

    def changed_at(self, record: Record) -> int:
        """Return when the task was last changed; a completed one when it was completed."""
        changed = record.extra.get("changed")
        return int(changed or unix(record.row["completed_at"]) or self.made_at(record))

    def due(self, record: Record) -> int:
        """Return when the task is due."""
        return unix(record.row["planned_at"] or record.row["completed_at"]) or self.made_at(record)

    def is_done(self, record: Record) -> bool:
        """Tell whether the task is completed."""
        return record.row["status"] == "completed"

    def type_of(self, record: Record) -> int:
        """Return the task's type: the one it was made with, else that of its kind."""
        return int(record.extra.get("type") or TYPES.get(record.row["kind"], OTHER_TYPE))

    def shown(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Show a row as lists do."""
        return {**self.columns(record), "_links": {"self": {"href": f"{base}/tasks/{record.id}"}}}
