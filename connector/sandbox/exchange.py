"""What passes between the HTTP server and a stand-in: a request, a reply, and what every stand-in offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from connector.sandbox.faults import Faults
from connector.sandbox.journal import Journal
from connector.sandbox.ticking import Ticking


@dataclass(frozen=True)
class Request:
    """One HTTP request: `path` without the query, header names in lower case, `source` the peer's IP."""

    verb: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    source: str


@dataclass
class Reply:
    """One HTTP reply.

    `delay` is seconds to wait after the commit, `wrote` tells that something was changed.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    wrote: bool = False


@dataclass(frozen=True)
class Intent:
    """What a request is about to do: the vendor's operation names, and whether it may write."""

    names: tuple[str, ...]
    writes: bool


class StandIn(Protocol):
    """One vendor's stand-in; all methods may be called from many threads at once."""

    root: str
    """The path under which clients find the API, with a slash at both ends."""
    faults: Faults
    journal: Journal
    clock: Ticking

    def intent(self, request: Request) -> Intent:
        """Tell what the request is about, without doing it."""

    def admit(self, request: Request) -> Reply | None:
        """Refuse the request at the door (rate limit), or let it in."""

    def answer(self, request: Request) -> Reply:
        """Do what the request asks."""

    def state(self, parts: Iterable[str] = ()) -> dict[str, Any]:
        """Return the truth as JSON values; only the named parts, or all."""

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a person would do in the vendor's screens.

        `order["do"]` names it. ConfigError if it cannot be done.
        """
