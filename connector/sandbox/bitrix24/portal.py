"""The portal's whole state: its entities over one neutral company, its clock, and what was written to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from connector.sandbox.bitrix24 import stamps
from connector.sandbox.bitrix24.entities import (
    activity,
    call,
    company,
    contact,
    deal,
    lead,
    requisite,
    task,
    user,
)
from connector.sandbox.bitrix24.entities.directories import Directories
from connector.sandbox.bitrix24.entities.pipelines import Pipelines
from connector.sandbox.bitrix24.fields import Field, kept
from connector.sandbox.bitrix24.lookup import equal
from connector.sandbox.bitrix24.oauth import Tokens
from connector.sandbox.bitrix24.records import Entity, Record
from connector.sandbox.bitrix24.userfields import UserFields
from connector.sandbox.company.tables import Row
from connector.sandbox.faults import Faults
from connector.sandbox.journal import Journal
from connector.sandbox.ticking import Ticking
from connector.sandbox.truth import Truth


class Portal:
    """Everything the methods work on; whoever calls them holds the stand-in's lock."""

    def __init__(self, truth: Truth, clock: Ticking, faults: Faults, journal: Journal) -> None:
        self.truth, self.clock, self.faults, self.journal = truth, clock, faults, journal
        self.started = self.now()
        self.directories = Directories()
        self.pipelines = Pipelines(truth, self.directories)
        self.user_fields = UserFields()
        self.task_of: dict[int, int] = {}
        self.activity_of: dict[int, int] = {}
        self.moved: dict[str, str] = {}
        self._departments: dict[str, int] = {}
        self._tags: dict[str, int] = {}
        self.disturbed = False
        self.calling = ""
        self.tokens = Tokens(clock, faults)
        for row in truth.all("clients"):
            self.directories.code("INDUSTRY", row["industry"])
        self._build()

    def _build(self) -> None:
        self.user = user.build(self)
        self.department = user.build_departments(self)
        self.company = company.build(self)
        self.contact = contact.build(self)
        self.stage_history = deal.build_history(self)
        self.deal = deal.build(self)
        self.lead = lead.build(self)
        self.lead_history = lead.build_history(self.lead)
        self.requisite = requisite.build(self)
        self.activity = activity.build(self)
        self.task = task.build(self)
        self.call = call.build(self)
        self.comment = Entity("comment", comment_fields())
        history = (self.stage_history, self.lead_history)
        crm = (self.company, self.contact, self.deal, *history, self.lead, self.requisite)
        work = (self.activity, self.task, self.call, self.comment)
        self.entities = {entity.name: entity for entity in (self.user, self.department, *crm, *work)}

    def now(self) -> str:
        """Return the present moment as the portal writes it."""
        return stamps.stamp(self.clock.now())

    def today(self) -> date:
        """Return the present day on the portal."""
        return self.clock.now().astimezone(stamps.PORTAL_ZONE).date()

    def client(self, reference: str) -> Row | None:
        """Return the neutral client of that number, None if there is none."""
        return self.truth.rows["clients"].get(int(reference)) if reference.isdigit() else None

    def contacts_of(self, client: str) -> list[int]:
        """Return the numbers of a client's contacts."""
        found = equal(self.contact, "COMPANY_ID", client) if client.isdigit() else []
        return [number for number in found if self.contact.records[number].row["client"] == client]

    def department_names(self) -> list[str]:
        """Return the departments the employees name, in order of appearance."""
        return list(
            dict.fromkeys(row["department"] for row in self.truth.all("employees") if row["department"])
        )

    def department_of(self, row: Row) -> int:
        """Return the number of an employee's department; without one they sit in the root."""
        if not self._departments:
            self._departments = {
                name: user.ROOT + place for place, name in enumerate(self.department_names(), 1)
            }
        return self._departments.get(row["department"], user.ROOT)

    def bind_task(self, activity: int, task: int) -> None:
        """Note that an activity and a task are the same thing."""
        self.task_of[activity], self.activity_of[task] = task, activity
        self.activity.changed(activity)

    def tag_number(self, title: str) -> int:
        """Return the number of a tag, the next one if it is new."""
        return self._tags.setdefault(title, len(self._tags) + 1)

    def wrote(self, method: str, entity: str, number: int, marker: str | None, body: dict[str, Any]) -> None:
        """Note a committed write in the journal."""
        entry = {
            "at": self.now(),
            "method": method,
            "entity": entity,
            "id": number,
            "marker": marker,
            "body": body,
        }
        self.journal.write(entry)

    def touch(self, entity: Entity, record: Record, by: str = "1") -> None:
        """Stamp a record as changed now."""
        if entity is self.company:
            record.row["updated_at"] = self.now()
        else:
            record.put(MODIFIED.get(entity.name, "DATE_MODIFY"), self.now())
        if "MODIFY_BY_ID" in entity.fields:
            record.put("MODIFY_BY_ID", by)
        entity.changed(record.id)
        if entity.name in SHARED:
            self.truth.note(SHARED[entity.name], record.row)
        if entity is self.activity:
            self.call.changed(*equal(self.call, "CRM_ACTIVITY_ID", record.id))
        elif entity is self.company:
            self.requisite.changed(*equal(self.requisite, "ENTITY_ID", record.id))


SHARED = {"contact": "contacts", "deal": "deals", "activity": "events"}
"""Entities whose rows are rows of the neutral company that belong to a client."""
MODIFIED = {"activity": "LAST_UPDATED", "task": "CHANGED_DATE", "user": "TIMESTAMP_X"}


def comment_fields() -> list[Field]:
    """Return the fields of a timeline comment."""
    return [
        kept(name) for name in ("ID", "ENTITY_ID", "ENTITY_TYPE", "CREATED", "COMMENT", "AUTHOR_ID", "FILES")
    ]
