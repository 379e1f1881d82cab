"""What the plan needs to know of a policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from connector.changes import Mode


class PolicyLike(Protocol):
    """What the plan needs of a policy."""

    @property
    def id(self) -> str:
        """The file's own id; part of every key."""
        ...

    @property
    def version(self) -> str:
        """The version that people gave it."""
        ...

    @property
    def mode(self) -> Mode:
        """Whether its changes are shown, asked for, or sent."""
        ...

    @property
    def digest(self) -> str:
        """A hash of its wording."""
        ...

    @property
    def max_open(self) -> int | None:
        """How many open items of ours one assignee may have; None: any number."""
        ...

    @property
    def max_actions_per_run(self) -> int | None:
        """How many changes of it one plan may hold; None: any number."""
        ...

    @property
    def along(self) -> Sequence[str]:
        """What goes along with a client to a new owner: deals, contacts, tasks, activities."""
        ...
