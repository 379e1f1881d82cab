"""Puts a stand-in behind the plugin's real HTTP client by `responses`; faults come before its answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import responses
from requests import PreparedRequest

from connector.testing.messages import Reply, Request
from connector.testing.standin import StandIn

Fault = Callable[[StandIn, Request], Reply | Exception | None]
"""Says what comes instead of the stand-in's answer: a reply, what breaks on the way, or None: its answer."""
MOST_REQUESTS = 500
"""More of them in one check mean that the plugin does not end."""
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class EndlessError(AssertionError):
    """The plugin sends and sends."""


class Wire:
    """Counts what reaches the CRM and breaks what it is told to break."""

    def __init__(self, crm: StandIn) -> None:
        self.crm = crm
        self.faults: list[Fault] = []
        self.sent = 0

    def answer(self, prepared: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        """Answer one request as `responses` wants it."""
        self.sent += 1
        if self.sent > MOST_REQUESTS:
            raise EndlessError(f"the plugin sent more than {MOST_REQUESTS} requests")
        request = _request(prepared)
        for fault in self.faults:
            broken = fault(self.crm, request)
            if isinstance(broken, Exception):
                raise broken
            if broken is not None:
                return broken.status, dict(broken.headers), broken.content
        reply = self.crm.handle(request)
        return reply.status, dict(reply.headers), reply.content


@contextmanager
def wired(crm: StandIn) -> Iterator[Wire]:
    """Let every request of this process reach the stand-in while the block runs, and no network."""
    wire = Wire(crm)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for verb in _VERBS:
            mock.add_callback(verb, re.compile(".*"), callback=wire.answer, content_type=None)
        yield wire


def _request(prepared: PreparedRequest) -> Request:
    parts = urlsplit(prepared.url or "")
    body = prepared.body or b""
    content = body.encode() if isinstance(body, str) else bytes(body)
    host = parts.hostname or ""
    return Request(prepared.method or "", parts.path, parts.query, dict(prepared.headers), content, host)


def once(fault: Fault) -> Fault:
    """Return a fault that strikes one time."""
    left = [fault]
    return lambda crm, request: left.pop()(crm, request) if left else None


def always(reply: Reply) -> Fault:
    """Return a fault that gives every request this reply."""
    return lambda crm, request: reply
