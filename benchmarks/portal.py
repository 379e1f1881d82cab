"""A stand-in in a process of its own, and what to ask of it between two measurements."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

ROOT = Path(__file__).parents[1]
REST_SECONDS = 700
"""By so much its clock is set ahead: the requests and ten minutes of working time are free again."""


@dataclass(frozen=True)
class Portal:
    """A stand-in that answers at `url`; `rows` are those of its lists, by name."""

    url: str
    rows: dict[str, int]

    def rest(self, latency_ms: int) -> None:
        """Make all limits fresh, and every request from now on take that long."""
        self._act(do="clear_faults")
        self._act(do="advance", seconds=REST_SECONDS)
        if latency_ms:
            self._act(do="fault", spec=f"slow={latency_ms}")

    def counted(self) -> tuple[int, int]:
        """Return how many requests came so far, and how many of them were refused."""
        said = self._ask("state?parts=requests,refused")
        return said["requests"], said["refused"]

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the portal as a person's program would."""
        return requests.post(f"{self.url}{method}", json=parameters, timeout=60).json()["result"]

    def _act(self, **order: Any) -> None:
        requests.post(self._page("act"), json=order, timeout=60).raise_for_status()

    def _ask(self, page: str) -> dict[str, Any]:
        return dict(requests.get(self._page(page), timeout=60).json())

    def _page(self, page: str) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/sandbox/{page}"


def portal(companies: int, events: int, limits: str) -> AbstractContextManager[Portal]:
    """Serve a wide firm in a Bitrix24 while the block runs."""
    return served("serve_portal", companies, events, limits)


@contextmanager
def served(module: str, *arguments: object) -> Iterator[Portal]:
    """Serve by a module of this package, which prints its URL and rows and ends with its standard input."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as server:
        assert server.stdout is not None
        said = json.loads(server.stdout.readline() or "{}")
        if not said:
            raise SystemExit("the stand-in did not start")
        try:
            yield Portal(said["url"], said["rows"])
        finally:
            server.communicate()
