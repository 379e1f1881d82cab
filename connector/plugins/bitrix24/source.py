"""The connector to Bitrix24: its streams in the order of reading, its writes, its look-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Protocol

from connector.changes import (
    AddNote,
    Change,
    ChangeOwner,
    ClearFlag,
    CompleteTask,
    CreateTask,
    PlanContact,
    ReassignActivity,
    RecordKind,
    SetField,
    SetFlag,
    Value,
    WithdrawContact,
)
from connector.errors import SourceError
from connector.model import Client, Contact, Deal, Employee, Entity, Event, StageChange, Task
from connector.plugins.base import Check, Cursor, Page, Row, Source, Stream, writes
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.activities import ACTIVITIES, Activities
from connector.plugins.bitrix24.answers import judge
from connector.plugins.bitrix24.calls import CALLS
from connector.plugins.bitrix24.cards import Cards
from connector.plugins.bitrix24.companies import COMPANIES, Companies
from connector.plugins.bitrix24.contacts import CONTACTS, Contacts
from connector.plugins.bitrix24.deals import DEALS, HISTORY, Deals, StageHistory
from connector.plugins.bitrix24.directories import Directories
from connector.plugins.bitrix24.doctor import Doctor, who_owns
from connector.plugins.bitrix24.lacking import Lacking
from connector.plugins.bitrix24.leads import LEADS, Leads
from connector.plugins.bitrix24.links import COMPANY, CONTACT, DEAL, LEAD, Links, lead_id
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.living import Living
from connector.plugins.bitrix24.markers import Markers
from connector.plugins.bitrix24.newfields import NewFields
from connector.plugins.bitrix24.operating import CAREFUL, CEILING, OWN_CEILING
from connector.plugins.bitrix24.people import USERS, People
from connector.plugins.bitrix24.portal import MOST_COMMANDS, Portal
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.records import Records
from connector.plugins.bitrix24.requisites import REQUISITES
from connector.plugins.bitrix24.settings import Bitrix24Config
from connector.plugins.bitrix24.sight import Sight
from connector.plugins.bitrix24.tasks import TASKS, Tasks
from connector.plugins.bitrix24.timefilter import TimeFilters
from connector.plugins.bitrix24.twins import Twins
from connector.plugins.bitrix24.writeprobe import WriteProbe
from connector.plugins.bitrix24.writing import Writing

LISTINGS = {
    "employees": USERS,
    "companies": COMPANIES,
    "requisites": REQUISITES,
    "contacts": CONTACTS,
    "leads": LEADS,
    "deals": DEALS,
    "stage_history": HISTORY,
    "activities": ACTIVITIES,
    "tasks": TASKS,
}


_DEPENDS: Mapping[str, Sequence[str]] = {
    "companies": (COMPANY,),
    "contacts": (CONTACT,),
    "leads": (LEAD,),
    "deals": (DEAL,),
    "stage_history": (DEAL,),
    "activities": (COMPANY, CONTACT, LEAD, DEAL),
}
"""Records on which it depends whether a stream is seen whole: a hidden card hides its events, too."""
_CARDS = {
    "companies": ("crm.company.get", "id", ""),
    "contacts": ("crm.contact.get", "id", ""),
    "leads": ("crm.lead.get", "id", lead_id("")),
    "deals": ("crm.deal.get", "id", ""),
    "stage_history": ("", "id", ""),
    "activities": ("crm.activity.get", "id", ""),
    "tasks": ("tasks.task.get", "taskId", ""),
}
"""The method that reads one record, the name it has for its id, and what stands before that in ours."""


class Reading(Protocol):
    """What reads a stream."""

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the pages of the stream."""
        ...

    def parse(self, row: Row) -> Sequence[Entity]:
        """Return what a row holds."""
        ...

    def reader(self) -> Reader:
        """Return what reads the stream's list."""
        ...


class Bitrix24(Source[Bitrix24Config]):
    """A Bitrix24 portal by an incoming webhook (vendor documentation b24-rest-docs, 2026-08)."""

    name = "bitrix24"
    title = "Bitrix24"
    config_model = Bitrix24Config
    batch_size = MOST_COMMANDS

    def setup(self) -> None:
        """Take the webhook's address; the first request is made by the first read."""
        self.http.base_url = self.config.webhook_url.get_secret_value()
        self.http.judge = judge
        ceiling = OWN_CEILING if self.config.rate == "off" else CEILING
        portal = Portal(self.http, ceiling * CAREFUL)
        times = TimeFilters(portal, [*self._listings().values(), CALLS])
        directories, links, sight = Directories(portal), Links(portal), Sight(portal)
        self._account = Account(
            self.context.name, self.context.zone, self.config, portal, directories, links, times, sight
        )
        self._companies = Companies(self._account)
        self._cards = Cards(self._account, self._companies)
        self._records = Records(self._account)
        self._writing = Writing(self._account, self._cards, self._records)
        self._markers = Markers(portal)

    def streams(self) -> Sequence[Stream]:
        """List the streams; contacts and deals come before the events that are rolled up by them."""
        account = self._account
        leads = (self._stream("leads", Deal, Leads(account)),) if self.config.leads else ()
        return (
            self._stream("employees", Employee, People(account)),
            self._stream("companies", Client, self._companies),
            self._stream("contacts", Contact, Contacts(account)),
            *leads,
            self._stream("deals", Deal, Deals(account)),
            self._stream("stage_history", StageChange, StageHistory(account)),
            self._stream("activities", Event, Activities(account)),
            self._stream("tasks", Task, Tasks(account)),
        )

    def _listings(self) -> dict[str, Listing]:
        """Return what is read, by stream."""
        return {name: each for name, each in LISTINGS.items() if name != "leads" or self.config.leads}

    def _stream(self, name: str, entity: type[Entity], reading: Reading) -> Stream:
        """Put together a stream, what it depends on to see everything, and how deletions in it are found."""
        lacking = Lacking(name, reading.read, self._account.times)
        sight = partial(self._account.sight.of, *_DEPENDS.get(name, ()), listed_by=LISTINGS[name].method)
        stream = Stream(
            name, entity, lacking.read, reading.parse, visibility=lambda: lacking.visibility(sight())
        )
        if name not in _CARDS:  # users are never deleted, only dismissed
            return stream
        card, number, prefix = _CARDS[name]
        living = Living(self._account, LISTINGS[name], reading.reader, card, number, prefix)
        return replace(stream, ids=living.ids, gone=living.gone, again=living.again, row_id=living.named)

    def check(self) -> Iterator[Check]:
        """Yield what is wrong and what is right with the webhook, its scopes and rights, and named fields."""
        return Doctor(self._account, self._listings()).check()

    def probe_writes(self) -> Iterator[Check]:
        """Make and delete a task, a meeting, a note, and set what is set: whatever `write` allows."""
        yield from WriteProbe(self._account, who_owns(self._account).id).probe()

    def missing_fields(self) -> Sequence[str]:
        """Return the fields and flags of the settings that the company's card does not have."""
        return [wanted.name for wanted in NewFields(self._account).missing()]

    def create_fields(self) -> Iterator[Check]:
        """Make them, flags as yes/no fields, the others as texts; needs a webhook of a CRM administrator."""
        return NewFields(self._account).create()

    def current(self, target: str, names: Sequence[str]) -> Mapping[str, Value]:
        """Return the client's owner, status or fields by our names, as they are now."""
        return self._cards.current(target, names)

    def current_many(self, targets: Sequence[str], names: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """Return the same for many clients, 50 a request."""
        return self._cards.current_many(targets, names)

    def current_records(
        self, kind: RecordKind, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Value]]:
        """Return what clients, deals, people, tasks and planned contacts hold now, 50 a request."""
        return self.current_many(ids, names) if kind == "client" else self._records.current(kind, ids)

    def dismissed(self, employees: Sequence[str]) -> Set[str]:
        """Return those of the users who have left the firm."""
        return self._records.dismissed(employees)

    def find_written(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """Return change key -> id for those that stand in the portal already, by their markers."""
        return self._markers.find(changes)

    def remove_twins(self, changes: Sequence[Change], written: Mapping[str, str]) -> Mapping[str, str]:
        """Delete all but the oldest record of each marker; return change key -> the id that stays."""
        return Twins(self._account.portal, self._markers).remove(changes, written)

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        """Write the changes, 50 in one request; return for each key the id or the error."""
        return self._writing.send(changes)

    @writes(CreateTask)
    def create_task(self, change: CreateTask) -> str:
        """Make a task on the company's card with the marker as tag and XML_ID; return its id."""
        return self._one(change)

    @writes(PlanContact)
    def plan_contact(self, change: PlanContact) -> str:
        """Plan a call or meeting with the company, its marker as ORIGIN_ID; return the activity's id."""
        return self._one(change)

    @writes(SetField)
    def set_field(self, change: SetField) -> str:
        """Set a field that the settings name and read it again; return the company's id."""
        return self._one(change)

    @writes(SetFlag)
    def set_flag(self, change: SetFlag) -> str:
        """Set or clear a flag that the settings name and read it again; return the company's id."""
        return self._one(change)

    @writes(ChangeOwner)
    def change_owner(self, change: ChangeOwner) -> str:
        """Give the company, a deal or a contact another responsible and read it again; return its id."""
        return self._one(change)

    @writes(ClearFlag)
    def clear_flag(self, change: ClearFlag) -> str:
        """Clear a flag that the settings name and read it again; return the company's id."""
        return self._one(change)

    @writes(ReassignActivity)
    def reassign(self, change: ReassignActivity) -> str:
        """Give an open task or a planned activity another responsible; return its id."""
        return self._one(change)

    @writes(CompleteTask)
    def complete_task(self, change: CompleteTask) -> str:
        """Close a task or planned activity of ours, or open it again for an undo; return its id."""
        return self._one(change)

    @writes(WithdrawContact)
    def withdraw_contact(self, change: WithdrawContact) -> str:
        """Delete a planned activity of ours; return the id it had."""
        return self._one(change)

    @writes(AddNote)
    def add_note(self, change: AddNote) -> str:
        """Put a comment with the marker into the company's timeline; return the comment's id."""
        return self._one(change)

    def _one(self, change: Change) -> str:
        written = self._writing.send([change])[change.key]
        if isinstance(written, SourceError):
            raise written
        return written
