"""Pulls streams of a portal into a fresh store: `python read_ours.py URL FOLDER STREAM...` prints numbers."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from connector.config import load_settings
from connector.errors import ConnectorError
from connector.store.database import open_store
from connector.sync.pull import pull_source
from connector.sync.sources import open_sources

url, folder, streams = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
(folder / "plugins.toml").write_text(
    '[[source]]\nname = "portal"\nplugin = "bitrix24"\nwebhook_url = { env = "PORTAL" }\n', encoding="utf-8"
)
(folder / ".env").write_text(f"PORTAL={url}\n", encoding="utf-8")
settings = load_settings(folder)
begun, busy = time.monotonic(), time.process_time()
with open_store(settings.store_url) as store, open_sources(settings) as sources:
    run = store.runs.start("pull")
    with store.lock.acquire("pull", run):
        outcomes = pull_source(sources["portal"], store, zone=settings.zone, only=streams)
    numbers = sources["portal"].http.numbers
if bad := [one.error for one in outcomes if one.error]:
    raise ConnectorError("; ".join(bad))
json.dump(
    {
        "rows": {one.stream: one.read for one in outcomes},
        "wall": time.monotonic() - begun,
        "cpu": time.process_time() - busy,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "requests": numbers.requests,
        "refused": numbers.refused,
    },
    sys.stdout,
)
