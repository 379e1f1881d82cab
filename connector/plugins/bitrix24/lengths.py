"""Decides how many commands a batch holds, by how long the last ones took."""

from __future__ import annotations

import threading

MOST_COMMANDS = 50
"""Commands a batch may hold (vendor page of the method `batch`); it counts as one request."""
SLOW_SECONDS = 30.0
"""A batch that takes longer is halved: the portal cuts a request at 60 s (vendor page on limits)."""
QUICK_SECONDS = 10.0
"""After one that took less, the next may be twice as long."""


class BatchLength:
    """How many commands the next batch may hold, 1 to 50. May be used from several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._now = MOST_COMMANDS

    @property
    def now(self) -> int:
        """The number of commands for the next batch."""
        return self._now

    def took(self, commands: int, seconds: float) -> None:
        """Learn from a batch that was answered; a short one says nothing about longer ones."""
        with self._guard:
            if seconds > SLOW_SECONDS:
                self._now = min(self._now, max(1, commands // 2))
            elif seconds < QUICK_SECONDS and commands >= self._now:
                self._now = min(MOST_COMMANDS, self._now * 2)

    def failed(self, commands: int) -> None:
        """Learn from a batch that came to nothing after a long time."""
        with self._guard:
            self._now = min(self._now, max(1, commands // 2))
