"""A stand-in account with a small firm, the connector on it, and a store to pull into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from amocrm_truth import SETTINGS

from connector import clock
from connector.changes import Change, CreateTask
from connector.http.bucket import Bucket
from connector.http.client import Http
from connector.model import Entity
from connector.plugins.amocrm import AmoCrm, AmoCrmConfig
from connector.plugins.base import Cursor, SourceContext
from connector.sandbox.company.generate import generate
from connector.sandbox.company.tables import Company
from connector.sandbox.server import Sandbox, running
from connector.store.database import Store, open_store
from connector.sync.pull import StreamOutcome, pull_source

MOSCOW = ZoneInfo("Europe/Moscow")
AS_OF = datetime(2026, 10, 1, 9, tzinfo=MOSCOW)


@pytest.fixture(scope="session")
def firm() -> Company:
    """A firm of 60 clients with everything that belongs to them; tests must not change it."""
    return generate(clients=60, seed=7, as_of=AS_OF, events_per_client=15)


@dataclass
class Connection:
    """The connector on one account."""

    source: AmoCrm
    http: Http

    def read(self, stream: str, cursor: Cursor | None = None) -> list[Entity]:
        """Read a stream to its end and parse every row."""
        found = {each.name: each for each in self.source.streams()}[stream]
        pages = found.read(cursor or Cursor())
        return [entity for page in pages for row in page.rows for entity in found.parse(row)]


@dataclass
class Connect:
    """Makes connectors: `connect(url, may_write=True, write=("task",))`; waits are noted, not waited."""

    stack: ExitStack
    slept: list[float] = field(default_factory=list)

    def __call__(
        self,
        url: str,
        *,
        may_write: bool | Sequence[str] = True,
        bucket: Bucket | None = None,
        kept: Path | None = None,
        **settings: Any,
    ) -> Connection:
        wait = self.slept.append if bucket is None else clock.sleep
        bucket = bucket or Bucket(None, "test", 1e6, 1e6)
        given = {"name": "main", "plugin": "amocrm", "url": url, "token": "sandbox", "rate": "off"}
        config = AmoCrmConfig.model_validate({**given, **SETTINGS, **settings})
        http = self.stack.enter_context(Http("main", bucket=bucket, may_write=may_write, sleep=wait))
        return Connection(AmoCrm(config, SourceContext("main", http, MOSCOW, kept=kept)), http)


@pytest.fixture
def connect() -> Iterator[Connect]:
    with ExitStack() as stack:
        yield Connect(stack)


@pytest.fixture
def stand_in(firm: Company) -> Iterator[Callable[..., Sandbox]]:
    """Start stand-ins: `stand_in(faults=["always_next"])`; without limits unless asked."""
    with ExitStack() as stack:

        def start(company: Company = firm, **options: Any) -> Sandbox:
            options = {"limits": "off", "as_of": AS_OF, **options}
            return stack.enter_context(running("amocrm", company=company, **options))

        yield start


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path.as_posix()}/a.db") as opened:
        yield opened


@pytest.fixture
def pull(store: Store) -> Callable[..., Mapping[str, StreamOutcome]]:
    """Pull everything as `connector pull` does; return what became of each stream."""

    def all_of(connection: Connection, **options: Any) -> Mapping[str, StreamOutcome]:
        with store.lock.acquire("pull"):
            outcomes = pull_source(connection.source, store, zone=MOSCOW, **options)
        return {outcome.stream: outcome for outcome in outcomes}

    return all_of


@pytest.fixture
def change() -> Callable[..., Change]:
    """Make changes: `change(CreateTask, key="a", target="3", ...)`, the rest filled in."""

    def make(kind: type[Change] = CreateTask, **given: Any) -> Change:
        common = {
            "key": "0123456789abcdef0123",
            "source": "main",
            "target": "3",
            "policy": "contact-norm",
            "policy_version": "1",
            "rule": "contact_norm",
            "subject": "client:3",
            "period": "2026-10",
            "reason": "1 of 4",
        }
        return kind.model_validate({**common, **given})

    return make
