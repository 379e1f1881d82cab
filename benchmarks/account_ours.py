"""Reads one stream of an amoCRM account by our connector: URL FOLDER STREAM RATE WAY -> figures on stdout.

Run as `python -m benchmarks.account_ours`. WAY is `begin` (the first page only), `parse` (to canonical
records, which are dropped) or `store` (to the last commit in a store in FOLDER).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.figures import Watch
from connector.config import Settings, load_settings
from connector.errors import ConnectorError
from connector.plugins.base import Cursor, Source, Stream
from connector.store.database import open_store
from connector.sync.pull import pull_source
from connector.sync.sources import open_sources

Sources = Mapping[str, Source[Any]]


def main() -> None:
    """Measure from the settings, before anything is asked, to the last row."""
    url, folder, stream, rate, way = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:6]
    settings = _project(url, folder, rate)
    with open_sources(settings) as sources:
        watch = Watch()
        rows = _WAYS[way](settings, sources, stream)
        numbers = sources["account"].http.numbers
        watch.tell(rows=rows, requests=numbers.requests, refused=numbers.refused)


def _begun(_: Settings, sources: Sources, stream: str) -> int:
    """Read the first page; return how many rows it has."""
    return len(next(iter(_named(sources, stream).read(Cursor()))).rows)


def _parsed(_: Settings, sources: Sources, stream: str) -> int:
    """Read and parse every row; return how many records came."""
    wanted = _named(sources, stream)
    return sum(len(wanted.parse(row)) for page in wanted.read(Cursor()) for row in page.rows)


def _stored(settings: Settings, sources: Sources, stream: str) -> int:
    """Pull as the command does; return how many rows were read."""
    with open_store(settings.store_url) as store:
        run = store.runs.start("pull")
        with store.lock.acquire("pull", run):
            (outcome,) = pull_source(sources["account"], store, zone=settings.zone, only=[stream])
    if outcome.error:
        raise ConnectorError(outcome.error)
    return outcome.read


def _named(sources: Sources, stream: str) -> Stream:
    (wanted,) = [each for each in sources["account"].streams() if each.name == stream]
    return wanted


_WAYS: Mapping[str, Callable[[Settings, Sources, str], int]] = {
    "begin": _begun,
    "parse": _parsed,
    "store": _stored,
}


def _project(url: str, folder: Path, rate: str) -> Settings:
    """Write the settings of a project with one account and read them."""
    lines = ["[[source]]", 'name = "account"', 'plugin = "amocrm"', f'rate = "{rate}"', f'url = "{url}"']
    lines.append('token = { env = "ACCOUNT" }')
    (folder / "plugins.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / ".env").write_text("ACCOUNT=sandbox\n", encoding="utf-8")
    return load_settings(folder)


if __name__ == "__main__":
    main()
