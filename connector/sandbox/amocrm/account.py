"""The whole state of an account: its entities over one neutral company, its clock, and what was written."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from connector import clock as zones
from connector.sandbox.amocrm import history
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.entities.companies import Companies
from connector.sandbox.amocrm.entities.contacts import Contacts
from connector.sandbox.amocrm.entities.leads import Leads
from connector.sandbox.amocrm.entities.notes import Notes
from connector.sandbox.amocrm.entities.pipelines import Pipelines
from connector.sandbox.amocrm.entities.reasons import Reasons
from connector.sandbox.amocrm.entities.tasks import Tasks
from connector.sandbox.amocrm.entities.users import Users
from connector.sandbox.amocrm.fields import CustomFields
from connector.sandbox.amocrm.happenings import Happening, Happenings
from connector.sandbox.amocrm.limits import Door
from connector.sandbox.amocrm.oauth import Tokens
from connector.sandbox.amocrm.presets import preset
from connector.sandbox.amocrm.query import mapping
from connector.sandbox.amocrm.records import Entity
from connector.sandbox.amocrm.remembered import Remembered
from connector.sandbox.amocrm.sight import Sight
from connector.sandbox.amocrm.tags import Tags
from connector.sandbox.amocrm.times import neutral
from connector.sandbox.company.tables import Company
from connector.sandbox.faults import Faults
from connector.sandbox.journal import Journal
from connector.sandbox.ticking import Ticking
from connector.sandbox.truth import Truth

MARKER = re.compile(r"[⟦\[]([^⟦⟧\[\]]+)[⟧\]]\s*$")
"""A text is the only place a task can carry a mark in (fact sheet, section 9)."""


class Account:
    """Everything the methods work on; whoever calls them holds the stand-in's lock."""

    def __init__(self, company: Company, clock: Ticking, faults: Faults, door: Door) -> None:
        self.truth, self.clock, self.faults, self.door = Truth(company), clock, faults, door
        self.journal = Journal()
        self.tokens = Tokens(clock, faults)
        self.zone_name, self.zone = company.zone, zones.zone(company.zone)
        self.started = self.now()
        self.revision = 0
        self._last_event = max(self.truth.rows["events"], default=0)
        self.remembered = Remembered()
        self.disturbed = False
        self.sight = Sight(self)
        self.users = Users(self)
        self.companies = Companies(self)
        self.contacts = Contacts(self)
        self.leads = Leads(self)
        self.cards: dict[str, Cards] = {
            "leads": self.leads,
            "contacts": self.contacts,
            "companies": self.companies,
        }
        self.pipelines = Pipelines(self.truth)
        self.reasons = Reasons(self)
        self.fields = CustomFields()
        self.tags = Tags()
        preset(self)
        for record in self.companies.records.values():
            self.tags.learn("companies", record)
        self.tasks = Tasks(self)
        self.notes = Notes(self)
        self.happenings = Happenings(history.before(self))
        self.entities: dict[str, Entity] = {**self.cards, "tasks": self.tasks, "notes": self.notes}

    def next_event(self) -> int:
        """Return the number of the next neutral event; none is given twice."""
        self._last_event += 1
        return self._last_event

    def now(self) -> int:
        """Return the present second."""
        return int(self.clock.now().timestamp())

    def stamp(self, seconds: int | None = None) -> str:
        """Write a moment (default: now) as a cell of the neutral company."""
        return neutral(self.now() if seconds is None else seconds, self.zone)

    def today(self) -> date:
        """Return the present day in the account's zone."""
        return self.clock.now().astimezone(self.zone).date()

    def happened(self, happening: Happening) -> None:
        """Note an event; whatever changes the account calls this or `changed`."""
        self.happenings.add(happening)
        self.changed()

    def changed(self) -> None:
        """Let lists that were worked out before be worked out again."""
        self.revision += 1

    def wrote(self, method: str, entity: str, number: int, body: dict[str, Any]) -> None:
        """Note a committed write in the journal; its marker is what stands in brackets at a text's end."""
        text = str(body.get("text") or mapping(body.get("params")).get("text") or "")
        found = MARKER.search(text)
        entry = {"at": self.stamp(), "method": method, "entity": entity, "id": number}
        self.journal.write({**entry, "marker": found[1] if found else None, "body": body})
        self.changed()
