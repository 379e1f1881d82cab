"""A process that asks one account by four threads at once, whenever it is told to: see test_oauth."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.plugins.amocrm import AmoCrm, AmoCrmConfig
from connector.plugins.base import SourceContext

THREADS = 4


def connector(url: str, code: str, kept: Path) -> AmoCrm:
    """Return the connector as an application that was let in with this code."""
    config = AmoCrmConfig.model_validate(
        {
            "name": "main",
            "plugin": "amocrm",
            "url": url,
            "token": code,
            "client_id": "sandbox",
            "client_secret": "sandbox",
            "redirect_uri": "https://example.com/",
            "rate": "off",
        }
    )
    http = Http("main", bucket=Unlimited(), may_write=False)
    return AmoCrm(config, SourceContext("main", http, ZoneInfo("Europe/Moscow"), kept=kept))


def main(url: str, code: str, kept: str, rounds: str) -> None:
    """Ask at once by all threads whenever a line comes on stdin; say how many were answered."""
    source = connector(url, code, Path(kept))
    gate = threading.Barrier(THREADS)

    def ask() -> bool:
        gate.wait()
        return source.api.get("account") is not None

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(int(rounds)):
            sys.stdin.readline()
            answered = sum(each.result() for each in [pool.submit(ask) for _ in range(THREADS)])
            sys.stdout.write(f"{answered}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
