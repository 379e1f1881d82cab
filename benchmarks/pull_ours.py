"""Pulls one stream of a portal into a store: `python -m benchmarks.pull_ours URL FOLDER STREAM RATE`.

A folder that holds a store already is gone on with, so a second call reads what changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.figures import Watch
from connector.config import Settings, load_settings
from connector.errors import ConnectorError
from connector.store.database import open_store
from connector.sync.pull import pull_source
from connector.sync.sources import open_sources


def main() -> None:
    """Measure from the opened store to the last commit."""
    url, folder, stream, rate = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    settings = _project(url, folder, rate)
    with open_store(settings.store_url) as store, open_sources(settings) as sources:
        watch, run = Watch(), store.runs.start("pull")
        with store.lock.acquire("pull", run):
            (outcome,) = pull_source(sources["portal"], store, zone=settings.zone, only=[stream])
        numbers = sources["portal"].http.numbers
    if outcome.error:
        raise ConnectorError(outcome.error)
    watch.tell(rows=outcome.read, new=outcome.new, requests=numbers.requests, refused=numbers.refused)


def _project(url: str, folder: Path, rate: str) -> Settings:
    """Write the settings of a project with one portal and read them."""
    lines = ["[[source]]", 'name = "portal"', 'plugin = "bitrix24"', f'rate = "{rate}"']
    lines.append('webhook_url = { env = "PORTAL" }')
    (folder / "plugins.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / ".env").write_text(f"PORTAL={url}\n", encoding="utf-8")
    return load_settings(folder)


if __name__ == "__main__":
    main()
