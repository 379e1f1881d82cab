"""A plan made by a person's order: it goes the same way as every other, and stands in for a policy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from connector.changes import Mode

ALL_ALONG = ("deals", "contacts", "tasks", "activities")


@dataclass(frozen=True)
class OrderPolicy:
    """What plans need of a policy, for the changes that a person orders: approved like any other plan.

    The id is part of every key. Everything that hangs on a client goes along, as far as it is the old
    owner's; tasks to get acquainted are as many as clients.
    """

    id: str
    version: str = "1"
    mode: Mode = "approve"
    max_open: int | None = None
    max_actions_per_run: int | None = None
    along: tuple[str, ...] = ALL_ALONG

    @property
    def digest(self) -> str:
        """Return the hash of what an order of this kind means."""
        return hashlib.sha256("\x1f".join((self.id, self.version, *self.along)).encode()).hexdigest()
