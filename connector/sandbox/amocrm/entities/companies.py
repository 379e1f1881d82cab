"""Companies: the clients. They carry the requisites, the class and the status as custom fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.entities.cards import Cards, linked, user_id
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.times import unix

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account


class Companies(Cards):
    """The companies of an account."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, "companies", "company")
        self.load(Record(number, row) for number, row in account.truth.rows["clients"].items())
        self.getters = {
            "id": lambda record: record.id,
            "name": lambda record: record.row["name"],
            "responsible_user_id": self.responsible,
            "group_id": self.group,
            "created_by": self.author,
            "updated_by": self.editor,
            "created_at": self.made_at,
            "updated_at": self.changed_at,
            "closest_task_at": self.closest_task,
            "is_deleted": lambda _: False,
        }

    def responsible(self, record: Record) -> int:
        """Return the owner of the client."""
        return user_id(record.row["owner"])

    def made_at(self, record: Record) -> int:
        """Return when the client was created; the account's first moment if that is not known."""
        return unix(record.row["created_at"]) or self.account.started

    def changed_at(self, record: Record) -> int:
        """Return when the card was last changed."""
        return unix(record.row["updated_at"]) or self.made_at(record)

    def embedded(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Return links to contacts and leads when they are asked for."""
        of = {"contacts": self.account.contacts.of_company, "leads": self.account.leads.of_company}
        found = {name: linked(read(record.id), name, base) for name, read in of.items() if name in wanted}
        empty: dict[str, Any] = {name: [] for name in ("customers", "catalog_elements") if name in wanted}
        return found | empty
