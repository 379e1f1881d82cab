"""A real store in a real file for each test; the empty one is made once and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.store.database import Store, open_store


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store that holds nothing yet."""
    path = tmp_path_factory.mktemp("empty") / "connector.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def url(empty_store: Path, tmp_path: Path) -> str:
    """Return the URL of an empty store of the test's own."""
    path = tmp_path / "connector.db"
    shutil.copy(empty_store, path)
    return f"sqlite:///{path}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Return an open store."""
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def held(store: Store) -> Iterator[Store]:
    """Return an open store whose lock we hold."""
    with store.lock.acquire("pull"):
        yield store
