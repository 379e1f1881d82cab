"""Leads: the deals, each with a company, a main contact, a status in a pipeline, and a reason where lost."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.entities.cards import Cards, linked, user_id
from connector.sandbox.amocrm.records import Getter, Record
from connector.sandbox.amocrm.times import unix

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account


class Leads(Cards):
    """The leads of an account; the main contact of each is the first of its client, if there is one."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, "leads", "lead")
        self._of_company: dict[str, set[int]] = defaultdict(set)
        self._of_contact: dict[int, set[int]] = defaultdict(set)
        entered = {row["deal"]: row["entered_at"] for row in account.truth.all("stage_history")}
        for number, row in account.truth.rows["deals"].items():
            made = unix(row["created_at"]) or account.started
            last = unix(row["closed_at"] or entered.get(row["id"], "")) or made
            record = self.records[number] = Record(number, row, {"changed": max(last, made)})
            self._of_company[row["client"]].add(number)
            people = account.contacts.of_company(int(row["client"])) if row["client"].isdecimal() else []
            if people:
                self.put_contacts(record, people[:1])
        self.load(())
        self.getters = {
            "id": lambda record: record.id,
            "name": lambda record: record.row["title"],
            "price": lambda record: round(float(record.row["amount"] or 0)),
            **self._kopecks(),
            "responsible_user_id": self.responsible,
            "group_id": self.group,
            "status_id": lambda record: self.stage(record)[1],
            "pipeline_id": lambda record: self.stage(record)[0],
            "loss_reason_id": self._shown_reason,
            "source_id": lambda _: None,
            "created_by": self.author,
            "updated_by": self.editor,
            "created_at": self.made_at,
            "updated_at": self.changed_at,
            "closed_at": lambda record: unix(record.row["closed_at"]),
            "closest_task_at": self.closest_task,
            "is_deleted": lambda _: False,
            "score": lambda _: None,
            "labor_cost": lambda _: None,
            "is_price_computed": lambda _: False,
        }

    def _kopecks(self) -> dict[str, Getter]:
        """Return the price with kopecks, which older accounts do not have."""
        if self.account.faults.on("whole_prices"):
            return {}
        return {"price_with_minor_units": lambda record: float(record.row["amount"] or 0)}

    def of_company(self, company: int) -> list[int]:
        """Return the numbers of a company's leads."""
        return sorted(number for number in self._of_company[str(company)] if number in self.records)

    def of_contact(self, contact: int) -> list[int]:
        """Return the numbers of a contact's leads."""
        return sorted(number for number in self._of_contact[contact] if number in self.records)

    def contacts(self, record: Record) -> list[int]:
        """Return the contacts of a lead that are still there, the main one first."""
        return [one for one in record.extra.get("contacts", ()) if one in self.account.contacts.records]

    def put_contacts(self, record: Record, numbers: list[int]) -> None:
        """Give a lead these contacts, the main one first."""
        record.put("contacts", numbers)
        for number in numbers:
            self._of_contact[number].add(record.id)

    def drop_contact(self, record: Record, number: int) -> None:
        """Take a contact off a lead."""
        record.put("contacts", [one for one in record.extra.get("contacts", ()) if one != number])
        self._of_contact[number].discard(record.id)

    def moved(self, record: Record, client: str) -> None:
        """Let a lead belong to another company; empty for none."""
        self._of_company[record.row["client"]].discard(record.id)
        record.row["client"] = client
        self._of_company[client].add(record.id)
        self.account.truth.note("deals", record.row)

    def stage(self, record: Record) -> tuple[int, int]:
        """Return (pipeline, status)."""
        row = record.row
        pipeline, status = self.account.pipelines.status(row["pipeline"], row["stage"], row["stage_kind"])
        return pipeline.id, status

    def reason(self, record: Record) -> int | None:
        """Return the number of the reason of a loss; lost leads without one have none."""
        name = record.row["loss_reason"]
        return self.account.reasons.number(name) if name else None

    def _shown_reason(self, record: Record) -> int | None:
        """Return the reason as rows show it: where there is none null, or 0 as the fault says."""
        return self.reason(record) or (0 if self.account.faults.on("zero_reasons") else None)

    def responsible(self, record: Record) -> int:
        """Return the owner of the deal."""
        return user_id(record.row["owner"])

    def made_at(self, record: Record) -> int:
        """Return when the deal was created."""
        return unix(record.row["created_at"]) or self.account.started

    def changed_at(self, record: Record) -> int:
        """Return when the deal was last changed."""
        return int(record.extra.get("changed", self.account.started))

    def shown(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Show a row; whether a robot changed the price comes when it is asked for."""
        row = super().shown(record, wanted, base)
        return row | dict.fromkeys({"is_price_modified_by_robot"} & wanted, False)

    def embedded(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Return the company always; contacts, the reason of a loss and the rest when they are asked for."""
        client = record.row["client"]
        companies = [int(client)] if self.account.companies.get(client) else []
        found: dict[str, Any] = {"companies": linked(companies, "companies", base)}
        if "contacts" in wanted:
            people = linked(self.contacts(record), "contacts", base)
            found["contacts"] = [{**one, "is_main": not place} for place, one in enumerate(people)]
        if "loss_reason" in wanted:
            number = self.reason(record)
            found["loss_reason"] = [self.account.reasons.shown(number, base)] if number else []
        if "catalog_elements" in wanted:
            found["catalog_elements"] = []
        return found
