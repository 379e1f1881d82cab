"""Opens the store: finds or makes the file, brings its tables up to date, and hands out its parts."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import select

from connector.errors import StoreError
from connector.store.belongings import Belonging, belongings
from connector.store.change_rows import StoredChange
from connector.store.cursors import Cursors
from connector.store.decisions import Decisions
from connector.store.directory import Directory
from connector.store.doubts import Doubts
from connector.store.engine import Database
from connector.store.entities import Entities
from connector.store.halts import Halts
from connector.store.identities import Identities
from connector.store.ledgers import INSTALLATION
from connector.store.lock import Lock
from connector.store.migrations import HEAD
from connector.store.openitems import open_items
from connector.store.outbox import Outbox
from connector.store.place import prepare, sqlite_path, sqlite_url
from connector.store.plans import Plans
from connector.store.quarantine import Quarantine
from connector.store.removals import Removals
from connector.store.revision import current_revision
from connector.store.runs import Runs
from connector.store.strangers import count_strangers
from connector.store.witness import Witness

BUSY_SECONDS = 15.0
"""How long a writer waits for another process's transaction."""


class Store:
    """The open store; each part keeps one kind of thing. Use it in a `with`, or call `close`."""

    def __init__(self, path: Path, database: Database) -> None:
        self.path = path
        self._database = database
        self.lock = Lock(database)
        self.runs = Runs(database)
        self.cursors = Cursors(database, self.lock)
        self.quarantine = Quarantine(database)
        self.entities = Entities(database, self.lock, self.cursors, self.quarantine)
        self.directory = Directory(database)
        self.removals = Removals(database, self.lock)
        self.doubts = Doubts(database)
        self.decisions = Decisions(database)
        self.plans = Plans(database)
        self.changes = Outbox(database, self.lock)
        self.halts = Halts(database)
        self.identities = Identities(database, self.lock)
        self.installation_id = _installation_id(database)
        self.witness = Witness(path, database, self.installation_id)

    def open_items(self, source: str | None = None) -> list[StoredChange]:
        """Return our tasks and planned contacts that still lie open in the CRMs, oldest first."""
        return open_items(self._database, source)

    def strangers(self, since: datetime | None = None) -> int:
        """Return how many records of ours that this store never sent a pull brought after `since`."""
        return count_strangers(self._database, since)

    def belongings(self, source: str, clients: Sequence[str]) -> Iterator[tuple[str, list[Belonging]]]:
        """Yield the clients of the source that have open deals, people, open tasks or planned contacts."""
        return belongings(self._database, source, clients)

    def close(self) -> None:
        """Close all connections; the store can be opened again."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Store:
    """Open the store at `sqlite:///PATH` (relative to the current folder), making it if there is none.

    An older store is brought up to date first. Raises ConfigError for a URL that names no SQLite file,
    StoreError for a missing or forbidden folder, a file that is no store of ours, one of a newer version, or
    one that another program keeps locked for longer than `busy_seconds`.
    """
    path = sqlite_path(url)
    prepare(path, busy_seconds)
    database = Database(sqlite_url(path), where=str(path), busy_seconds=busy_seconds)
    try:
        _bring_up_to_date(database)
        return Store(path, database)
    except BaseException:
        database.close()
        raise


def _bring_up_to_date(database: Database) -> None:
    with database.read() as connection:
        revision = current_revision(connection)
    if revision != HEAD:
        # Alembic doubles the time of a start, and is needed once a version
        importlib.import_module("connector.store.migrate").upgrade(database)


def _installation_id(database: Database) -> str:
    with database.read() as connection:
        found = connection.execute(select(INSTALLATION.c.id)).scalar()
    if found is None:
        raise StoreError("the store lost its installation's id", hint="open a backup", where=database.where)
    return str(found)
