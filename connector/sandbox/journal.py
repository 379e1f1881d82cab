"""What happened to a stand-in: requests, refusals and the writes that were committed."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT_REQUESTS = 20_000
KEPT_BODY = 4_000


@dataclass
class Journal:
    """Counters and lists.

    `received` keeps the last 20,000 requests with at most 4,000 characters of body each.
    """

    requests: int = 0
    refused: int = 0
    writes: list[dict[str, Any]] = field(default_factory=list)
    received: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, entry: dict[str, Any]) -> None:
        """Note one request; the entry may be completed later by whoever answers it."""
        with self._lock:
            self.requests += 1
            self.received.append(entry)

    def refuse(self) -> None:
        """Count one request turned away by a limit."""
        with self._lock:
            self.refused += 1

    def write(self, entry: dict[str, Any]) -> None:
        """Note one committed write: at, method, entity, id, marker, body."""
        with self._lock:
            self.writes.append(entry)
