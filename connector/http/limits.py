"""What a vendor allows an account, who keeps to it, and what the requests of a run came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from connector.http.budget import Budget


class Limit(NamedTuple):
    """What a vendor allows one account: a name for it that is no secret, requests a second, and at once."""

    key: str
    rate: float
    burst: float


class Limiter(Protocol):
    """Keeps all requests to one limit; `connector.http.bucket.Bucket` is one."""

    def reserve(self, cost: float = 1.0) -> float:
        """Take a slot and return the seconds to wait for it."""
        ...

    def pause(self, seconds: float) -> None:
        """Let nobody through for that long."""
        ...

    def budget(self, ceiling: float) -> Budget:
        """Return the account's working time by kind of call, shared as the limit is."""
        ...

    def left(self) -> float | None:
        """Return how many requests may go at once by now, None for any number; takes none of them."""
        ...


class Unlimited:
    """Lets everything through at once: for a server of the firm's own, which has no limit to share."""

    def reserve(self, cost: float = 1.0) -> float:
        """Return no wait."""
        return 0.0

    def pause(self, seconds: float) -> None:
        """Stop nobody else: who was refused waits by the policy of repeats."""

    def budget(self, ceiling: float) -> Budget:
        """Return a budget of this process alone."""
        return Budget(None, "", ceiling)

    def left(self) -> float | None:
        """Return None: there is nothing to count."""
        return None


@dataclass
class Numbers:
    """What the requests of a run came to; `waited` is in seconds, summed over threads."""

    requests: int = 0
    refused: int = 0
    repeated: int = 0
    waited: float = 0.0
