"""Contacts: the people at the clients, each at one company or none."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.entities.cards import Cards, linked, user_id
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.times import unix

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account


class Contacts(Cards):
    """The contacts of an account; each was made together with its company and by the company's owner."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, "contacts", "contact")
        self._of: dict[str, set[int]] = defaultdict(set)
        clients, fallback = account.truth.rows["clients"], account.started
        for number, row in account.truth.rows["contacts"].items():
            client = clients.get(int(row["client"])) if row["client"].isdecimal() else None
            made = (unix(client["created_at"]) if client else None) or fallback
            owner = user_id(client["owner"]) if client else 0
            self.records[number] = Record(number, row, {"made": made, "changed": made, "responsible": owner})
            self._of[row["client"]].add(number)
        self.load(())
        self.getters = {
            "id": lambda record: record.id,
            "name": lambda record: record.row["name"],
            "first_name": lambda record: record.extra.get("first_name", ""),
            "last_name": lambda record: record.extra.get("last_name", ""),
            "responsible_user_id": self.responsible,
            "group_id": self.group,
            "created_by": self.author,
            "updated_by": self.editor,
            "created_at": self.made_at,
            "updated_at": self.changed_at,
            "closest_task_at": self.closest_task,
            "is_deleted": lambda _: False,
            "is_unsorted": lambda _: False,
        }

    def of_company(self, company: int) -> list[int]:
        """Return the numbers of a company's contacts."""
        return sorted(number for number in self._of[str(company)] if number in self.records)

    def moved(self, record: Record, client: str) -> None:
        """Let a contact belong to another company; empty for none."""
        self._of[record.row["client"]].discard(record.id)
        record.row["client"] = client
        self._of[client].add(record.id)
        self.account.truth.note("contacts", record.row)

    def responsible(self, record: Record) -> int:
        """Return who answers for the contact; an owner change of the company leaves it alone."""
        return int(record.extra.get("responsible", 0))

    def made_at(self, record: Record) -> int:
        """Return when the contact was made."""
        return int(record.extra.get("made", self.account.started))

    def changed_at(self, record: Record) -> int:
        """Return when the contact was last changed."""
        return int(record.extra.get("changed", self.account.started))

    def embedded(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Return the company always, the leads when they are asked for."""
        client = record.row["client"]
        companies = [int(client)] if self.account.companies.get(client) else []
        found: dict[str, Any] = {"companies": linked(companies, "companies", base)}
        if "leads" in wanted:
            found["leads"] = linked(self.account.leads.of_contact(record.id), "leads", base)
        empty: dict[str, Any] = {
            name: [] for name in ("customers", "catalog_elements", "social_profiles") if name in wanted
        }
        return found | empty
