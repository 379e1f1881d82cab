"""The bench on which a plugin is tried: built as the engine builds it, on a stand-in, without waiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args
from unittest.mock import patch

from pydantic import ValidationError

from connector import clock
from connector.changes import CHANGE, Change, Permission, change_key
from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.http.network import Network
from connector.model import Client, Employee, Entity
from connector.plugins.base import Cursor, Page, Source, SourceContext, Stream
from connector.store.database import Store, open_store
from connector.testing.standin import StandIn
from connector.testing.wire import Wire, wired

NAME = "crm"
ALL: tuple[Permission, ...] = get_args(Permission)


class Skipped(Exception):  # noqa: N818 - nothing is wrong: the plugin does not claim what would be checked
    """What a check looks at is not there; its text says what."""


class Counting(Unlimited):
    """Lets everything through and counts."""

    def __init__(self) -> None:
        self.taken = 0

    def reserve(self, cost: float = 1.0) -> float:
        """Count one request."""
        self.taken += 1
        return 0.0


@dataclass
class Reading:
    """What a pass over one stream gave."""

    pages: list[Page] = field(default_factory=list)

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        """All rows in the order in which they came."""
        return [row for page in self.pages for row in page.rows]

    @property
    def watermark(self) -> str | None:
        """The vendor's clock as the engine keeps it."""
        return self.pages[0].watermark if self.pages else None


@dataclass
class Opened:
    """One plugin at work: on a stand-in of its own, with what it sent and how long it would have waited."""

    source: Source[Any]
    crm: StandIn
    wire: Wire
    limiter: Counting
    waits: list[float]
    left: list[str]
    """A line for each write that the plugin let out."""

    def stream(self, name: str) -> Stream:
        """Return the stream of that name."""
        return next(stream for stream in self.source.streams() if stream.name == name)

    def read(self, stream: Stream, cursor: Cursor | None = None) -> Reading:
        """Read the stream from the cursor to its end."""
        return Reading(list(stream.read(cursor or Cursor())))

    def entities(self, kind: type[Entity]) -> list[Any]:
        """Return what the streams of that kind hold."""
        streams = [stream for stream in self.source.streams() if stream.entity is kind]
        rows = ((stream, row) for stream in streams for row in self.read(stream).rows)
        return [entity for stream, row in rows for entity in stream.parse(row)]


@dataclass(frozen=True)
class Bench:
    """A plugin with what it needs to be tried: settings, a stand-in, values for fields that it writes."""

    plugin: type[Source[Any]]
    config: Mapping[str, Any]
    crm: Callable[[], StandIn]
    samples: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @contextmanager
    def open(self, may_write: Sequence[str] = ALL, *, crm: StandIn | None = None) -> Iterator[Opened]:
        """Build the plugin on a new stand-in, or on the one given; no wait takes time."""
        waits: list[float] = []
        limiter = Counting()
        given = {"name": NAME, "plugin": self.plugin.name, "write": list(may_write), **self.config}
        config = self.plugin.config_model.model_validate(given)
        with wired(crm or self.crm()) as wire, patch.object(clock, "sleep", waits.append):
            http = Http(
                NAME,
                bucket=limiter,
                may_write=frozenset(may_write),
                network=Network(
                    ca="certifi"
                ),  # nothing is encrypted here, and the system's take long to load
                sleep=waits.append,
            )
            opened_left: list[str] = []
            http.before_write = lambda: opened_left.append("a write")
            with http, TemporaryDirectory() as folder:
                context = SourceContext(NAME, http, clock.zone(config.zone), folder=Path(folder))
                yield Opened(self.plugin(config, context), wire.crm, wire, limiter, waits, opened_left)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open a store of its own, with its lock held."""
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            place = (Path(folder) / "suite.db").as_posix()
            with open_store(f"sqlite:///{place}") as store, store.lock.acquire("suite"):
                yield store

    def streams(self) -> list[str]:
        """Return the names of the plugin's streams."""
        with self.open() as opened:
            return [stream.name for stream in opened.source.streams()]

    def kinds(self) -> dict[str, type[Change]]:
        """Return the kinds of change that the plugin writes, by name."""
        return {change.model_fields["kind"].default: change for change in self.plugin.writers()}

    def change(self, opened: Opened, kind: str, number: int = 1) -> Any:
        """Return a change of that kind about the first client, expecting it as it stands now."""
        clients, people = opened.entities(Client), opened.entities(Employee)
        if not clients:
            raise Skipped("no client to write to")
        client = clients[0]
        owners = dict.fromkeys(each.owner for each in clients if each.owner)
        staff = [each.ref.external_id for each in people if each.active] or list(owners)
        other = next((each for each in staff if each != client.owner), None)
        given = _sample(kind, client.owner or next(iter(staff), "1"), other)
        given |= self.samples.get(kind, {})
        target = client.ref.external_id
        common = {
            "kind": kind, "source": NAME, "target": target,
            "key": change_key("suite", number, f"{NAME}:{target}", kind, "2026-10"),
            "policy": "suite", "policy_version": "1", "rule": "suite", "subject": "suite",
            "period": "2026-10", "reason": "a sample of the contract suite", "mode": "approve",
        }  # fmt: skip
        if kind == "change_owner":
            given.setdefault("old", client.owner)
            given.setdefault("expected", {"owner": client.owner})
        try:
            return CHANGE.validate_python({**common, **given})
        except ValidationError:
            raise Skipped(f"say in samples what a {kind} writes") from None


_DUE = "2026-10-05T09:00:00+00:00"


def _sample(kind: str, owner: str, other: str | None) -> dict[str, Any]:
    """Return what a change of that kind needs beside what all have; Skipped where only the author knows."""
    todo = {"assignee": owner, "title": "A sample", "text": "A sample", "due": _DUE}
    match kind:
        case "create_task" | "plan_contact":
            return todo
        case "add_note":
            return {"text": "A sample"}
        case "change_owner" if other is not None:
            return {"new": other}
        case _:
            return {}


def jsoned(value: Any) -> Any:
    """Return the value as it comes back from the store; TypeError where JSON cannot hold it."""
    return json.loads(json.dumps(value))
