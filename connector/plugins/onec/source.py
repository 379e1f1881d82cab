"""The connector to 1C: a stream for each table of the profile, its writes, its look-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

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
from connector.http.auth import Basic
from connector.model import (
    Client,
    Contact,
    Deal,
    Employee,
    Entity,
    Event,
    Sale,
    StageChange,
    Task,
)
from connector.plugins.base import Check, Cursor, Page, Row, Source, Stream, Visibility, writes
from connector.plugins.onec.api import JSON, Api
from connector.plugins.onec.cards import Cards
from connector.plugins.onec.connect import connect, schema
from connector.plugins.onec.doctor import Doctor
from connector.plugins.onec.drafts import Drafts
from connector.plugins.onec.markers import Markers
from connector.plugins.onec.profile import EntityName, Profile
from connector.plugins.onec.profile_file import TableFile
from connector.plugins.onec.profile_reading import ProfileSource, read_profile
from connector.plugins.onec.publication import Publication
from connector.plugins.onec.reading import Reader
from connector.plugins.onec.registers import TurnoverReader, turnover_id
from connector.plugins.onec.resolve import ORDER
from connector.plugins.onec.scanning import key_of
from connector.plugins.onec.schema import Schema
from connector.plugins.onec.settings import OneCConfig
from connector.plugins.onec.writing import Writing

MODELS: Mapping[EntityName, type[Entity]] = {
    "employee": Employee,
    "client": Client,
    "contact": Contact,
    "event": Event,
    "deal": Deal,
    "stage": StageChange,
    "sale": Sale,
    "task": Task,
}


class OneC(Source[OneCConfig]):
    """A published base of 1C:Enterprise 8.3 by its standard OData interface (documentation, chapter 17.4)."""

    name = "onec"
    title = "1С:Предприятие"
    config_model = OneCConfig

    def setup(self) -> None:
        """Take address and login; the first request is made by the first read."""
        config, http = self.config, self.http
        http.base_url = config.root
        http.auth = Basic(config.login, config.password.get_secret_value(), JSON)
        self.api = Api(http, self.context.zone)
        self._base = base = Publication(
            self.context.name,
            self.context.zone,
            config,
            self.api,
            self._resolved,
            self._beside("versions"),
        )
        self._drafts = Drafts(base)
        self._cards = Cards(base)
        self._markers = Markers(base, self._drafts)
        self._writing = Writing(base, self._drafts, self._cards)

    @cached_property
    def profile_source(self) -> ProfileSource:
        """The profile as it is written, before the base was asked; ConfigError with its mistakes."""
        return read_profile(self.config.profile, self.context.folder)

    def _resolved(self) -> Profile:
        """Return the profile as the base publishes it."""
        names = self.api.sets()
        return connect(self.http, names, self.profile_source, self._beside("metadata"))

    @contextmanager
    def published(self) -> Iterator[Schema]:
        """Yield what the base publishes by now, whatever the profile wants of it; it is asked anew."""
        with schema(self.http, self._base.api.sets(), self._beside("metadata"), fresh=True) as found:
            yield found

    def _beside(self, what: str) -> Path | None:
        kept = self.context.kept
        return kept.with_name(f"{kept.name}-{self.context.name}-{what}") if kept else None

    def streams(self) -> Sequence[Stream]:
        """List a stream for each table of the profile, what is referred to before what refers to it."""
        tables = self.profile_source.data.tables.items()
        ordered = sorted(tables, key=lambda named: ORDER.index(named[1].entity))
        return [self._stream(name, table) for name, table in ordered]

    def _stream(self, name: str, table: TableFile) -> Stream:
        base = self._base

        def read(cursor: Cursor) -> Iterator[Page]:
            return base.reader(name).read(cursor)

        def visibility() -> Visibility:
            reader = base.reader(name)
            return Visibility() if isinstance(reader, TurnoverReader) else reader.visibility()

        stream = Stream(
            name,
            MODELS[table.entity],
            read,
            lambda row: self._parse(name, row),
            row_id=lambda row: self._id(name, row),
            visibility=visibility,
            ids=lambda: base.reader(name).ids(),
            also=(Event,) if table.entity == "task" else (),
        )
        return stream if table.virtual or _is_register(table) else self._keyed(stream)

    def _keyed(self, stream: Stream) -> Stream:
        """Add what only records with keys of their own can tell."""

        def reader() -> Reader:
            found = self._base.reader(stream.name)
            assert isinstance(found, Reader)
            return found

        return Stream(
            **{
                **{name: getattr(stream, name) for name in Stream.__dataclass_fields__},
                "gone": lambda ids: reader().gone(ids),
                "again": lambda ids: reader().again(ids),
                "vanished": lambda since: reader().vanished(since),
            }
        )

    def _parse(self, name: str, row: Row) -> Sequence[Entity]:
        external_id = str(self.ref(self._id(name, row)).external_id)
        return self._base.builder.entities(self._base.table(name), row, external_id)

    def _id(self, name: str, row: Row) -> str:
        table = self._base.table(name)
        return turnover_id(row) if table.virtual else key_of(table, dict(row))

    def check(self) -> Iterator[Check]:
        """Yield what is wrong and what is right with the way in, the composition, the profile, the rights."""
        return Doctor(self._base, lambda: self.profile_source, self.published).check()

    def current(self, target: str, names: Sequence[str]) -> Mapping[str, Value]:
        """Return the client's owner, status or fields by our names, as they are now."""
        return self._cards.current(target, names)

    def current_many(self, targets: Sequence[str], names: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """Return the same for many clients, about 18 a request."""
        return self._cards.records("client", targets, names)

    def current_records(
        self, kind: RecordKind, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Value]]:
        """Return what clients, deals, people, tasks and planned contacts hold now."""
        return self._cards.records(kind, ids, names)

    def dismissed(self, employees: Sequence[str]) -> Set[str]:
        """Return those of the employees who are not valid any more, or gone."""
        return self._cards.dismissed(employees)

    def find_written(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """Return change key -> id for those that stand in the base already, by their keys or marks."""
        return self._markers.find(changes)

    def remove_twins(self, changes: Sequence[Change], written: Mapping[str, str]) -> Mapping[str, str]:
        """Mark for deletion what another installation made at the same moment as we did."""
        return self._markers.without_twins(changes)

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        """Write the changes one by one; return for each key the id or the error."""
        return self._writing.send(changes)

    @writes(CreateTask)
    def create_task(self, change: CreateTask) -> str:
        """Make a task for a user."""
        return self._one(change)

    @writes(PlanContact)
    def plan_contact(self, change: PlanContact) -> str:
        """Make a planned call or meeting."""
        return self._one(change)

    @writes(SetField)
    def set_field(self, change: SetField) -> str:
        """Set an additional attribute of the client's card."""
        return self._one(change)

    @writes(SetFlag)
    def set_flag(self, change: SetFlag) -> str:
        """Set an additional attribute to yes, or take it off the card."""
        return self._one(change)

    @writes(ClearFlag)
    def clear_flag(self, change: ClearFlag) -> str:
        """Take an additional attribute off the card."""
        return self._one(change)

    @writes(ChangeOwner)
    def change_owner(self, change: ChangeOwner) -> str:
        """Give the client or a deal another responsible user."""
        return self._one(change)

    @writes(ReassignActivity)
    def reassign_activity(self, change: ReassignActivity) -> str:
        """Give a task or a planned contact another responsible user."""
        return self._one(change)

    @writes(CompleteTask)
    def complete_task(self, change: CompleteTask) -> str:
        """Close a task of ours, or open it again."""
        return self._one(change)

    @writes(WithdrawContact)
    def withdraw_contact(self, change: WithdrawContact) -> str:
        """Mark a planned contact of ours for deletion."""
        return self._one(change)

    @writes(AddNote)
    def add_note(self, change: AddNote) -> str:
        """Put a note behind the comment of the client's card."""
        return self._one(change)

    def _one(self, change: Change) -> str:
        outcome = self.send([change])[change.key]
        if isinstance(outcome, SourceError):
            raise outcome
        return outcome


def _is_register(table: TableFile) -> bool:
    return table.set.startswith("InformationRegister_")
