"""Builds the connectors of a project: each with its own limited way to the network and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connector import clock
from connector.config import Settings
from connector.http.bucket import Bucket
from connector.http.client import Http
from connector.http.limits import Limiter, Unlimited
from connector.http.network import Network
from connector.http.retry import PATIENCE_SECONDS
from connector.plugins.base import Source, SourceConfig, SourceContext


@contextmanager
def open_sources(
    settings: Settings, only: str | None = None, *, patience: float = PATIENCE_SECONDS
) -> Iterator[Mapping[str, Source[Any]]]:
    """Yield the connectors by the names of their sources, or the one named; connections are closed after.

    `patience` is how many seconds a read may wait and repeat. The request limits are kept in a file beside
    the store, so that all our processes share them.
    """
    wanted = settings.sources if only is None else (settings.source(only),)
    opened = {config.name: _open(settings, config, patience) for config in wanted}
    try:
        yield opened
    finally:
        for source in opened.values():
            source.http.close()


def _open(settings: Settings, config: SourceConfig, patience: float) -> Source[Any]:
    plugin = settings.registry.source(config.plugin)
    http = Http(
        config.name,
        bucket=_limiter(settings, config),
        may_write=frozenset(config.write),
        network=network_of(settings),
        patience=patience,
    )
    zone, kept = clock.zone(config.zone), _beside(settings, "-kept")
    return plugin(config, SourceContext(config.name, http, zone, folder=settings.folder, kept=kept))


def _limiter(settings: Settings, config: SourceConfig) -> Limiter:
    limit = config.limit()
    if limit is None:
        return Unlimited()
    return Bucket(_beside(settings, "-rate"), limit.key, limit.rate, limit.burst)


def _beside(settings: Settings, ending: str) -> Path:
    """Return a file beside the store, or in the project's folder where the store is a server."""
    store = settings.store_path
    path = store or settings.folder / "connector.db"
    return path.with_name(path.name + ending)


def network_of(settings: Settings) -> Network:
    """Return the way out of the building that the settings name."""
    given = settings.project.network
    ca = given.ca if given.ca in ("system", "certifi") else str((settings.folder / given.ca).absolute())
    return Network(proxy=given.proxy, no_proxy=given.no_proxy, ca=ca)
