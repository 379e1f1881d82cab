"""The connector to amoCRM: its streams in the order of reading, its writes, its look-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
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
from connector.http.auth import FreshBearer
from connector.http.ratefile import RateFile
from connector.model import Client, Contact, Deal, Employee, Entity, Event, Ownership, StageChange, Task
from connector.plugins.amocrm import breaker, links
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.api import Api, LongLived, Tokens
from connector.plugins.amocrm.breaker import Breaker
from connector.plugins.amocrm.cards import Cards
from connector.plugins.amocrm.chats import Chats
from connector.plugins.amocrm.companies import Companies
from connector.plugins.amocrm.contacts import Contacts
from connector.plugins.amocrm.deals import Deals
from connector.plugins.amocrm.doctor import Doctor
from connector.plugins.amocrm.living import Living, named
from connector.plugins.amocrm.markers import Markers
from connector.plugins.amocrm.newfields import NewFields
from connector.plugins.amocrm.notes import Notes
from connector.plugins.amocrm.oauth import OAuth
from connector.plugins.amocrm.owners import Owners
from connector.plugins.amocrm.people import People, dismissed
from connector.plugins.amocrm.reading import Reader
from connector.plugins.amocrm.records import Records
from connector.plugins.amocrm.rights import Rights
from connector.plugins.amocrm.settings import AmoCrmConfig
from connector.plugins.amocrm.stages import StageHistory
from connector.plugins.amocrm.tasks import Tasks
from connector.plugins.amocrm.twins import Twins
from connector.plugins.amocrm.writeprobe import WriteProbe
from connector.plugins.amocrm.writing import MOST_ITEMS, Writing
from connector.plugins.base import Check, Cursor, Page, Row, Source, Stream, writes

_CARDS = (links.COMPANIES, links.CONTACTS, links.LEADS)
OAUTH = "/oauth2/"
"""Where tokens are asked for, without one."""


class Reading(Protocol):
    """What reads a stream."""

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the pages of the stream."""
        ...

    def parse(self, row: Row) -> Sequence[Entity]:
        """Return what a row holds."""
        ...


class Listed(Reading, Protocol):
    """What reads a stream of records that lists show and may not show any more."""

    def reader(self) -> Reader:
        """Return what reads the stream's list."""
        ...


class AmoCrm(Source[AmoCrmConfig]):
    """An amoCRM account by a token of a private integration (vendor documentation of API v4, 2023-2026)."""

    name = "amocrm"
    title = "amoCRM"
    config_model = AmoCrmConfig
    batch_size = MOST_ITEMS

    def setup(self) -> None:
        """Take address and token; the first request is made by the first read."""
        file = RateFile(self.context.kept, (breaker.TABLE,), durable=True)
        kept = self.context.kept
        beside = kept.with_name(f"{kept.name}-{self.context.name}") if kept else None
        oauth = bool(self.config.client_id)
        tokens: Tokens = OAuth(self.http, self.config, beside) if oauth else LongLived(self.config.token)
        self.http.base_url = self.config.url
        self.api = api = Api(self.http, tokens, Breaker(file, self.context.name))
        self.http.auth = FreshBearer(api.sign, unsigned=OAUTH)
        self._account = Account(self.context.name, self.context.zone, self.config, api)
        self._rights = Rights(self._account)
        self._companies = Companies(self._account)
        self._cards = Cards(self._account, self._companies)
        self._records = Records(self._account)
        self._markers = Markers(api)
        self._writing = Writing(self._account, self._cards, self._records, self._markers)

    def streams(self) -> Sequence[Stream]:
        """List the streams; contacts and leads come before the events that are rolled up by them."""
        account = self._account
        return (
            _stream("employees", Employee, People(account)),
            self._living("companies", Client, self._companies, "company", (links.COMPANIES,)),
            self._living("contacts", Contact, Contacts(account), "contact", (links.CONTACTS,)),
            self._living("deals", Deal, Deals(account), "lead", (links.LEADS,)),
            _stream("stage_history", StageChange, StageHistory(account)),
            _stream("owners", Ownership, Owners(account)),
            *(self._notes(cards, singular) for singular, cards in links.SINGULAR.items()),
            _stream("chats", Event, Chats(account)),
            replace(self._living("tasks", Event, Tasks(account), "task", _CARDS), also=(Task,)),
        )

    def _living(
        self, name: str, entity: type[Entity], reading: Listed, singular: str, entities: tuple[str, ...]
    ) -> Stream:
        """Put together a stream whose records can be deleted, which the account's events tell."""
        return replace(
            self._told(name, entity, reading, singular, entities),
            vanished=lambda since: self._alive(reading, singular, entities).vanished(since),
        )

    def _notes(self, cards: str, singular: str) -> Stream:
        """Put together a stream of notes: of their deletion nobody tells."""
        notes = Notes(self._account, cards, singular)
        return self._told(f"{singular}_notes", Event, notes, singular, (cards,), notes.prefix)

    def _told(
        self,
        name: str,
        entity: type[Entity],
        reading: Listed,
        singular: str,
        entities: tuple[str, ...],
        prefix: str = "",
    ) -> Stream:
        def living() -> Living:
            return self._alive(reading, singular, entities, prefix)

        return replace(
            _stream(name, entity, reading),
            row_id=lambda row: named(row, prefix),
            ids=lambda: living().ids(),
            gone=lambda ids: living().gone(ids),
            again=lambda ids: living().again(ids),
            visibility=lambda: self._rights.sight(*entities),
        )

    def _alive(self, reading: Listed, singular: str, entities: tuple[str, ...], prefix: str = "") -> Living:
        return Living(self._account, self._rights, reading.reader(), singular, entities, prefix)

    def check(self) -> Iterator[Check]:
        """Yield what is wrong and what is right with the token, the account, its rights, and named fields."""
        return Doctor(self._account, self._rights, lambda: self._companies.fields).check()

    def probe_writes(self) -> Iterator[Check]:
        """Make and tick off a task and a meeting, add a note, set what is set: whatever `write` allows."""
        return WriteProbe(self._account).probe()

    def missing_fields(self) -> Sequence[str]:
        """Return the fields and flags of the settings that the company's card does not have."""
        return [wanted.name for wanted in NewFields(self._account).missing()]

    def create_fields(self) -> Iterator[Check]:
        """Make them for programs alone, flags as checkboxes, the others as texts."""
        return NewFields(self._account).create()

    def current(self, target: str, names: Sequence[str]) -> Mapping[str, Value]:
        """Return the client's owner, status or fields by our names, as they are now."""
        return self._cards.current(target, names)

    def current_many(self, targets: Sequence[str], names: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """Return the same for many clients, 100 a request."""
        return self._cards.current_many(targets, names)

    def current_records(
        self, kind: RecordKind, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Value]]:
        """Return what clients, leads, people, tasks and planned contacts hold now, 100 a request."""
        return self._writing.current(kind, ids, names)

    def dismissed(self, employees: Sequence[str]) -> Set[str]:
        """Return those of the users who may not work any more, or were deleted."""
        return dismissed(self._account, employees)

    def find_written(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """Return change key -> id for those that stand in the account already, by their marks."""
        return self._markers.find(changes)

    def remove_twins(self, changes: Sequence[Change], written: Mapping[str, str]) -> Mapping[str, str]:
        """Tick off all but the oldest task of each mark; return change key -> the id that stays."""
        return Twins(self.api, self._markers).remove(changes, written)

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        """Write the changes, 50 in one request; return for each key the id or the error."""
        return self._writing.send(changes)

    @writes(CreateTask)
    def create_task(self, change: CreateTask) -> str:
        """Make a task of the type that means to get in touch."""
        return self._one(change)

    @writes(PlanContact)
    def plan_contact(self, change: PlanContact) -> str:
        """Make a task that becomes an event: to get in touch for a call, else a meeting."""
        return self._one(change)

    @writes(SetField)
    def set_field(self, change: SetField) -> str:
        """Set a field of the client's card."""
        return self._one(change)

    @writes(SetFlag)
    def set_flag(self, change: SetFlag) -> str:
        """Add or take a tag, or set a field, which are no others."""
        return self._one(change)

    @writes(ClearFlag)
    def clear_flag(self, change: ClearFlag) -> str:
        """Take a tag, or clear a field."""
        return self._one(change)

    @writes(ChangeOwner)
    def change_owner(self, change: ChangeOwner) -> str:
        """Give the client, a lead or a person another responsible user."""
        return self._one(change)

    @writes(ReassignActivity)
    def reassign_activity(self, change: ReassignActivity) -> str:
        """Give a task another responsible user."""
        return self._one(change)

    @writes(CompleteTask)
    def complete_task(self, change: CompleteTask) -> str:
        """Tick a task off as ours, or open it again."""
        return self._one(change)

    @writes(WithdrawContact)
    def withdraw_contact(self, change: WithdrawContact) -> str:
        """Tick a planned contact off as never held: tasks cannot be deleted."""
        return self._one(change)

    @writes(AddNote)
    def add_note(self, change: AddNote) -> str:
        """Add a note to the client's feed."""
        return self._one(change)

    def _one(self, change: Change) -> str:
        outcome = self.send([change])[change.key]
        if isinstance(outcome, SourceError):
            raise outcome
        return outcome


def _stream(name: str, entity: type[Entity], reading: Reading) -> Stream:
    return Stream(name, entity, reading.read, reading.parse)
