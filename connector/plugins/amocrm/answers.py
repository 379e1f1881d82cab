"""Says what an answer of the account means: by its status, and by whether the body is JSON or a web page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connector.errors import (
    AccessError,
    BlockedError,
    ForbiddenError,
    MissingRecordError,
    RefusedError,
    TransientError,
)
from connector.http.answer import Answer
from connector.http.retry import LimitError
from connector.plugins.amocrm.values import as_list, as_map, text

_NEW_TOKEN = "make a new long-lived token in the integration's settings and put it where `token` points"  # noqa: S105
_NO_TOKEN = f"{_NEW_TOKEN}; if the account was renamed, mend `url`"
_UNPAID = "pay for the account, then run again"
_BLOCKED = "stop all runs, write to the vendor's support; `connector doctor` tells when it is lifted"
_RIGHTS = "give the token's user the right, or make the token as an administrator"
_ADDRESS = "check `url` of this [[source]]"
LONGEST = 200


class TokenError(AccessError):
    """The token is wrong, has ended or was revoked."""


class UnpaidError(AccessError):
    """The account, or what was asked of it, is not paid for."""


class InvalidError(RefusedError):
    """Items of a request were refused; `items` says what is wrong, by the request_id of each."""

    def __init__(self, message: str, *, where: str = "", items: Mapping[str, str] | None = None) -> None:
        super().__init__(message, where=where)
        self.items = dict(items or {})


def judge(answer: Answer) -> None:
    """Return for a good answer, else raise what it means (vendor page "Error codes"; issues 318, 434, 563).

    A block is a web page with 403, a missing right the same status with JSON. LimitError carries the
    `retry_after` that stands in the body. TransientError for a web page where JSON is due.
    """
    status, where, said = answer.status, answer.where, _said(answer)
    if 200 <= status < 300:
        _check_json(answer)
        return
    if 300 <= status < 400:
        host = urlsplit(answer.headers.get("Location", "")).hostname or "nowhere"
        raise AccessError(f"the account sends us away, to {host}", where=where, hint=_ADDRESS)
    if status == 429:
        raise LimitError(said, where=where, retry_after=_pause(answer))
    if status == 408 or status >= 500:
        raise TransientError(said, where=where, retry_after=answer.retry_after())
    raise _refusal(answer, said)


def _refusal(answer: Answer, said: str) -> Exception:
    """Return the error of a 4xx that is not about limits."""
    status, where, problem = answer.status, answer.where, isinstance(answer.body, dict)
    if status == 401:
        return TokenError(said, where=where, hint=_NO_TOKEN)
    if status == 402:
        return UnpaidError(said, where=where, hint=_UNPAID)
    if status == 403:
        if problem:
            return ForbiddenError(said, where=where, hint=_RIGHTS)
        return BlockedError("the vendor blocks this address or account", where=where, hint=_BLOCKED)
    if status == 404:
        if problem:
            return MissingRecordError(said, where=where)
        return AccessError("there is no such account", where=where, hint=_ADDRESS)
    return InvalidError(said, where=where, items=_items(as_map(answer.body)))


def _check_json(answer: Answer) -> None:
    if answer.body is None and answer.status not in {202, 204}:
        said = "sent no answer of its API"
        raise TransientError(said, where=answer.where, retry_after=answer.retry_after())


def _pause(answer: Answer) -> float | None:
    asked = as_map(answer.body).get("retry_after")
    return float(asked) if isinstance(asked, int | float) else answer.retry_after()


def _said(answer: Answer) -> str:
    """Return title, detail and hint of a problem (RFC 9457) in one line; the status of a web page."""
    body = as_map(answer.body)
    parts = [text(body.get(name)) for name in ("title", "detail")]
    found = ": ".join(dict.fromkeys(part for part in parts if part))
    hint = text(body.get("hint"))
    return (f"{found} ({hint})" if hint else found)[:LONGEST] or f"answered {answer.status}"


def _items(body: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with each item, by its request_id."""
    found: dict[str, str] = {}
    for item in as_list(body.get("validation-errors")):
        errors = [as_map(error) for error in as_list(as_map(item).get("errors"))]
        lines = [f"{error.get('path')}: {error.get('code')} {error.get('detail')}" for error in errors]
        found[str(as_map(item).get("request_id"))] = "; ".join(lines)[:LONGEST]
    return found
