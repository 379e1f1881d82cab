"""What a connector is: a class that declares streams and writes; the engine owns loops, state, retries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from connector.changes import Change, Permission, RecordKind, Value
from connector.errors import (
    ForbiddenError,
    MissingRecordError,
    RefusedError,
    SourceError,
    UnknownFateError,
)
from connector.http.client import Http, Limit
from connector.model import Entity, Ref
from connector.plugins.refs import ref_of
from connector.plugins.rereading import held_now

Row = Mapping[str, Any]
Json = dict[str, Any]
Writer = Callable[[Any, Any], str]
C = TypeVar("C", bound="SourceConfig")
W = TypeVar("W", bound=Writer)

API_VERSION = 1


class SourceConfig(BaseModel):
    """Settings that every `[[source]]` has; a plugin adds its own. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    given_by: ClassVar[str] = ""
    """The setting that `init --source PLUGIN WHERE` fills in, "" if there is none."""
    given_like: ClassVar[str] = ""
    """What it looks like, written where WHERE is left out; "" for a folder or file, which must be there."""

    name: str = Field(
        min_length=1, pattern=r"^[A-Za-z0-9_.-]+$", description="your name for it: appears in every reference"
    )
    plugin: str = Field(description="which connector reads it")
    zone: str = Field("Europe/Moscow", description="IANA zone of the vendor's local times")
    write: tuple[Permission, ...] = Field((), description="what may be written; empty means read only")
    share: float = Field(1.0, gt=0, le=1, description="our share of the vendor's request limit")
    visibility: Literal["auto", "accepted"] = Field(
        "auto", description='"accepted": a partial view is known and accepted'
    )
    sweep_hours: float = Field(
        20.0, ge=0, description="hours between two looks for deleted records, which cost a request per 2,500"
    )
    full_days: float = Field(
        7.0,
        ge=0,
        description="days after which everything is read anew, as some changes leave no stamp; 0 for never",
    )
    answer_within: float = Field(
        60.0,
        gt=0,
        description="seconds in which the vendor ends a request; until then a lost write may still happen",
    )

    def limit(self) -> Limit | None:
        """Return the vendor's request limit for this account; None where there is none."""
        return None

    def unplaced(self, change: Change) -> str | None:
        """Return the setting that must name the field which the change writes, None where nothing lacks."""
        return None


@dataclass(frozen=True)
class Cursor:
    """Where a stream stands.

    `since` is the vendor's clock at the start of the last finished pass (None: read all), `position` is where
    an unfinished pass stopped, in the stream's own words (None: from the beginning).
    """

    since: str | None = None
    position: Json | None = None


@dataclass(frozen=True)
class Page:
    """Rows as the vendor gave them, where to go on after them, and the vendor's clock when the pass began.

    `deleted` are the ids of the stream's records that the vendor says are gone, as a feed of changes does;
    rows of theirs on the same page are older than that and are left out.
    """

    rows: Sequence[Row]
    position: Json | None = None
    watermark: str | None = None
    deleted: Sequence[str] = ()


@dataclass(frozen=True)
class Visibility:
    """How much of a stream the account could see; a pass that ended need not have seen everything.

    `partial`: there are records that it may not read, `reason` says how that is known. `unknown`: neither
    that nor the contrary can be told. Only `full` and `partial` are findings.
    """

    state: Literal["full", "partial", "unknown"] = "unknown"
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.state}({self.reason})" if self.reason else self.state


@dataclass(frozen=True)
class Vanished:
    """Records that a vendor told of as deleted; `unnamed`: others are gone, too, of which it tells no id."""

    ids: Set[str] = frozenset()
    unnamed: bool = False


@dataclass(frozen=True)
class Stream:
    """One kind of record: how to read pages and how to turn a row into entities.

    `read(cursor)` yields pages in any number and returns only when it has proof of the end. `parse(row)`
    returns the entities in the row (none: the row is not meant for us) and raises RecordError where it cannot
    be read. `row_id(row)` names the row in the quarantine.

    `visibility()` is asked once, after the last stream of the source was read: what one stream names
    tells about another. It may ask the vendor; a SourceError of it means unknown. What it finds holds for
    this pass.

    `also` are further kinds of entities that a row may hold, under the same ids.

    Deletions: `vanished(since)` tells, after a pass that read the changes since a watermark, of which records
    the vendor says that they were deleted since then (None: it tells of none); of these `gone` is asked, so
    that one that is back stays. Where others are gone without a name, as by a merge, the engine sweeps at
    once. `ids()` yields, in any number of pieces, the external ids of
    all records that exist and can be seen, and returns only with proof of the end (None: the stream cannot;
    a full pass shows the same). An id of the store that is not among them is a suspect. `gone(ids)` asks the
    vendor about suspects one by one and returns those of which it says that they do not exist: what is hidden
    from us or could not be asked is never among them (None: a second sweep has to confirm). The engine
    deletes what is gone, unless so much is missing that its brake holds.

    `whole`: a pass that brings a page brings every record there is, as a file does; one that brings none
    found nothing changed. Such a pass shows deletions, and is read to its end however many rows are bad.

    `again(ids)` yields, in any number of pieces, the rows of single records by their external ids, without
    those that are not there (None: the stream cannot). The engine asks for what changed without a stamp:
    records that name a deleted one, rows that were in quarantine, records that a sweep of ids shows and the
    store has not.

    `anew_hours`: hours after which all is read anew, for records of which some changes move no date; 0: each
    time, None: as `full_days` of the settings says.
    """

    name: str
    entity: type[Entity]
    read: Callable[[Cursor], Iterator[Page]]
    parse: Callable[[Row], Sequence[Entity]]
    row_id: Callable[[Row], str] = lambda row: str(row.get("ID") or row.get("id") or "")
    visibility: Callable[[], Visibility] = Visibility
    ids: Callable[[], Iterator[Sequence[str]]] | None = None
    gone: Callable[[Sequence[str]], Set[str]] | None = None
    whole: bool = False
    again: Callable[[Sequence[str]], Iterator[Sequence[Row]]] | None = None
    anew_hours: float | None = None
    also: tuple[type[Entity], ...] = ()
    vanished: Callable[[str], Vanished] | None = None

    @property
    def kinds(self) -> tuple[type[Entity], ...]:
        """All kinds of entities that the rows may hold."""
        return (self.entity, *self.also)


CheckState = Literal["ok", "warn", "failed", "skipped"]


@dataclass(frozen=True)
class Check:
    """One line of `doctor`: what was looked at, how it stands, what was seen, and what to do about it.

    `warn`: the work goes on, but less of it or not for long. `failed`: something cannot be done. `skipped`:
    it was not looked at, `detail` says why. Without what is `vital` nothing of this layer works; a source
    yields its vital checks first, and nothing after one that failed. `layer` is filled in by `doctor`.
    """

    name: str
    state: CheckState = "ok"
    detail: str = ""
    fix: str = ""
    layer: str = ""
    vital: bool = False


@dataclass(frozen=True)
class SourceContext:
    """What the engine gives a connector: its name, the only way to the network, its zone.

    `folder` is that of plugins.toml, to which the paths in the settings are relative. `kept` is a file for
    what our processes have to share and to keep, tokens that follow each other, say; None: in memory only.
    """

    name: str
    http: Http
    zone: ZoneInfo
    extra: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    kept: Path | None = None


def writes(*changes: type[Change]) -> Callable[[W], W]:
    """Declare that a method writes these kinds of change; it returns the id of what it wrote."""

    def declare(method: W) -> W:
        method.__writes__ = changes  # type: ignore[attr-defined]  # a mark on the function is the declaration
        return method

    return declare


class Finder(Protocol):
    """The optional ability to look our records up by marker, which every create needs before a repeat."""

    def find_written(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """Return change key -> vendor id for those of the changes that already stand in the CRM."""
        ...


class TwinRemover(Protocol):
    """The optional ability to undo that two installations made the same record at the same moment."""

    def remove_twins(self, changes: Sequence[Change], written: Mapping[str, str]) -> Mapping[str, str]:
        """Delete all but the oldest record of each marker; return change key -> the id that stays.

        `written` are the ids that we know of, by key. Called right after the records were made, and after a
        crash, so that the younger ones are seconds old.
        """
        ...


class Source(Generic[C]):
    """A connector. Subclasses set the attributes, build themselves in `setup`, list streams, declare writes.

    Raise AccessError, TransientError, RefusedError or RecordError (`connector.errors`) where the vendor says
    so; anything else is a bug: the stream fails, the others go on.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    api_version: ClassVar[int] = API_VERSION
    config_model: ClassVar[type[SourceConfig]] = SourceConfig
    batch_size: ClassVar[int] = 1

    def __init__(self, config: C, context: SourceContext) -> None:
        self.config = config
        self.context = context
        self.http = context.http
        self.setup()

    def setup(self) -> None:
        """Set the base address, the credentials and the judge of answers on `self.http`; no request here."""

    def ref(self, external_id: object) -> Ref:
        """Return the reference of a record of this source; RecordError where the vendor gave no id."""
        return ref_of(self.context.name, external_id)

    def streams(self) -> Sequence[Stream]:
        """List the streams in the order in which they are read."""
        return ()

    def check(self) -> Iterator[Check]:
        """Look at reach, token and rights without a visible trace.

        Yields the vital checks first and ends after one of them that failed; no other failure ends it. The
        default asks each stream for its first page.
        """
        return _first_pages(self.streams())

    def probe_writes(self) -> Iterator[Check]:
        """Try each kind of change that the settings allow, and take it back: only when asked to.

        Yields a line for each kind, which says what was done.
        """
        return iter(())

    def current(self, target: str, names: Sequence[str]) -> Mapping[str, Value]:
        """Read the client's record now: the canonical `owner`, `status`, or fields by name.

        The default asks `again` of the stream of clients. Raises MissingRecordError when the client is gone.
        """
        held = held_now(self.streams(), "client", [target], names)
        if target not in held:
            raise MissingRecordError("the client is gone", where=str(self.ref(target)))
        return held[target]

    def current_many(self, targets: Sequence[str], names: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """Read many clients' records now, without those that are gone. Override where there is a batch."""
        found = {}
        for target in targets:
            with suppress(MissingRecordError):
                found[target] = self.current(target, names)
        return found

    def current_records(
        self, kind: RecordKind, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Value]]:
        """Read records of one kind now, by id, without those that are gone.

        Clients as `current_many` does. Of a deal or a person the `owner`; of a task or a planned contact
        whether it is `open`, its `assignee`, `title` and `due` (ISO 8601 in UTC). The default asks `again` of
        the stream of that kind: a plugin that writes to a kind needs that, or reads the kind here.
        """
        if kind == "client":
            return self.current_many(ids, names)
        return held_now(self.streams(), kind, ids, names)

    def dismissed(self, employees: Sequence[str]) -> Set[str]:
        """Return those of the employees to whom nothing may be given any more; asked before a change is sent.

        The default knows of nobody. Override where the vendor tells.
        """
        return frozenset()

    def missing_fields(self) -> Sequence[str]:
        """Return the fields that the settings let us write and the CRM does not have, by our names."""
        return ()

    def create_fields(self) -> Iterator[Check]:
        """Make the missing fields, each once, and yield a line for each; only `doctor --create-fields` asks.

        Never called where nothing may be written.
        """
        return iter(())

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        """Write the changes; return for each key the vendor's id, or the error that befell it.

        An error that concerns more than its own change (a wrong token, a block) is raised: then nothing of
        this request was written. Override where the vendor has a batch, and set `batch_size`; nothing in
        here may repeat a write.
        """
        outcome: dict[str, str | SourceError] = {}
        for change in changes:
            try:
                outcome[change.key] = getattr(self, self.writers()[type(change)])(change)
            except (UnknownFateError, RefusedError, ForbiddenError) as error:
                outcome[change.key] = error
        return outcome

    @classmethod
    def writers(cls) -> dict[type[Change], str]:
        """Return which kinds of change this connector writes, and the method that does."""
        found: dict[type[Change], str] = {}
        for attribute in dir(cls):
            declared = getattr(getattr(cls, attribute, None), "__writes__", ())
            found |= dict.fromkeys(declared, attribute)
        return found


def _first_pages(streams: Sequence[Stream]) -> Iterator[Check]:
    """Yield how the first page of each stream is answered; the first answer tells whether any will come."""
    answered = False
    for stream in streams:
        try:
            next(stream.read(Cursor()), None)
        except SourceError as error:
            first = not answered and not isinstance(error, ForbiddenError)
            yield Check(f"read {stream.name}", "failed", error.message, error.hint, vital=first)
            if first:
                return
        else:
            yield Check(f"read {stream.name}", "ok", vital=not answered)
        answered = True
