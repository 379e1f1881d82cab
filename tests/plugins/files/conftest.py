"""A folder of tables, the connector on it, and a store: pulled as the engine does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.http.network import Network
from connector.plugins.base import SourceContext
from connector.plugins.files import Files, FilesConfig
from connector.store.database import Store, open_store
from connector.sync.pull import StreamOutcome, pull_source

MOSCOW = ZoneInfo("Europe/Moscow")

CLIENTS = "id;name;owner\nC1;Ёлка;M1\nC2;Сосна;M1\n"


def source(path: Path, name: str = "firm", **settings: Any) -> Files:
    config = FilesConfig(name=name, plugin="files", path=str(path), **settings)
    http = Http(name, bucket=Unlimited(), may_write=bool(config.write), network=Network())
    return Files(config, SourceContext(name, http, MOSCOW))


class Firm:
    """A folder and what was pulled from it."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def pull(self, **options: Any) -> Mapping[str, StreamOutcome]:
        """Pull the folder and return the outcome of each stream."""
        with self.store.lock.acquire("pull", "test"):
            outcomes = pull_source(source(self.folder), self.store, zone=MOSCOW, **options)
        return {outcome.stream: outcome for outcome in outcomes}

    def rejected(self) -> dict[str, str]:
        """Return why each row in quarantine is there, by its name."""
        return {row.external_id: row.reason for row in self.store.quarantine.rows("firm")}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{(tmp_path / 'firm.db').as_posix()}")
    yield store
    store.close()


@pytest.fixture
def firm(tmp_path: Path, store: Store) -> Firm:
    folder = tmp_path / "data"
    folder.mkdir()
    return Firm(folder, store)


Pull = Callable[..., Mapping[str, StreamOutcome]]
