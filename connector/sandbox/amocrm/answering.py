"""Turns what a method returns, or why it refused, into HTTP."""

from __future__ import annotations

from typing import Any

import orjson

from connector.sandbox.amocrm.errors import TOO_MANY, AmoError
from connector.sandbox.exchange import Reply

HAL, PROBLEM, HTML = "application/hal+json", "application/problem+json", "text/html"


def page(status: int, phrase: str) -> bytes:
    """Return one of the gateway's pages."""
    head = f"{status} {phrase}"
    text = f"<html>\r\n<head><title>{head}</title></head>\r\n<body>\r\n<center><h1>{head}</h1></center>\r\n"
    return f"{text}<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n".encode()


def html(status: int, phrase: str, *, wrote: bool = False) -> Reply:
    """Answer with a page of the gateway."""
    return Reply(status, page(status, phrase), {"Content-Type": HTML}, wrote=wrote)


def fine(body: Any, request_id: str) -> Reply:
    """Answer with a body; 204 without one where there is nothing."""
    headers = {"Content-Type": HAL, "X-Request-Id": request_id}
    if body is None:
        return Reply(204, b"", headers)
    return Reply(200, orjson.dumps(body), headers)


def refused(error: AmoError, request_id: str) -> Reply:
    """Answer with a problem."""
    headers = {"Content-Type": PROBLEM, "X-Request-Id": request_id}
    return Reply(error.status, orjson.dumps(error.body()), headers)


def too_many(wait: int, request_id: str, *, as_html: bool) -> Reply:
    """Answer 429: when to come back stands in the body, never in a header; or nothing at all in HTML."""
    if as_html:
        return html(429, "Too Many Requests")
    return refused(AmoError(429, TOO_MANY, retry_after=wait), request_id)
