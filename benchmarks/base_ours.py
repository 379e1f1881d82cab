"""Reads one stream of a base of 1C by our connector: URL FOLDER STREAM WAY -> figures on stdout.

Run as `python -m benchmarks.base_ours`. WAY is `parse` (to canonical records, which are dropped) or `store`
(to the last commit in a store in FOLDER; a second time in the same folder it reads the changes).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.figures import Watch
from connector.config import Settings, load_settings
from connector.errors import ConnectorError
from connector.plugins.base import Cursor, Source
from connector.store.database import open_store
from connector.sync.pull import pull_source
from connector.sync.sources import open_sources

Sources = Mapping[str, Source[Any]]


def main() -> None:
    """Measure from the settings, before anything is asked, to the last row."""
    url, folder, stream, way = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:5]
    settings = _project(url, folder)
    with open_sources(settings) as sources:
        watch = Watch()
        rows = _WAYS[way](settings, sources, stream)
        watch.tell(rows=rows, requests=sources["base"].http.numbers.requests)


def _parsed(_: Settings, sources: Sources, stream: str) -> int:
    """Read and parse every row; return how many records came."""
    (wanted,) = [each for each in sources["base"].streams() if each.name == stream]
    return sum(len(wanted.parse(row)) for page in wanted.read(Cursor()) for row in page.rows)


def _stored(settings: Settings, sources: Sources, stream: str) -> int:
    """Pull as the command does; return how many rows were read."""
    with open_store(settings.store_url) as store:
        run = store.runs.start("pull")
        with store.lock.acquire("pull", run):
            (outcome,) = pull_source(sources["base"], store, zone=settings.zone, only=[stream])
    if outcome.error:
        raise ConnectorError(outcome.error)
    return outcome.read


_WAYS: Mapping[str, Callable[[Settings, Sources, str], int]] = {"parse": _parsed, "store": _stored}


def _project(url: str, folder: Path) -> Settings:
    """Write the settings of a project with one base, unless they are there, and read them."""
    lines = ["[[source]]", 'name = "base"', 'plugin = "onec"', f'url = "{url}"', 'login = "Администратор"']
    lines.append('password = { env = "BASE" }')
    (folder / "plugins.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / ".env").write_text("BASE=sandbox\n", encoding="utf-8")
    return load_settings(folder)


if __name__ == "__main__":
    main()
