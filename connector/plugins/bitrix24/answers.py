"""Says what an answer of the portal means: the error key decides, not the status and not the content type."""

from __future__ import annotations

import re
from typing import Any

from connector.errors import (
    AccessError,
    BlockedError,
    ForbiddenError,
    MissingRecordError,
    RefusedError,
    SourceError,
    TransientError,
)
from connector.http.answer import Answer
from connector.http.retry import LimitError
from connector.plugins.bitrix24.operating import seconds_to_reset
from connector.plugins.bitrix24.values import as_map

BUCKET_SECONDS = 5.0
"""Pause after "Too many requests", for which the portal names no time: ten requests drain in it."""

_TOKEN = "make a new incoming webhook in the portal and put its address where webhook_url points"  # noqa: S105 - advice
_RIGHTS = "give the webhook's employee the right, or tick the scope in the webhook"
_ACCESS: dict[str, str] = {
    "no_auth_found": _TOKEN,
    "expired_token": _TOKEN,
    "invalid_token": _TOKEN,
    "invalid_grant": _TOKEN,
    "invalid_client": _TOKEN,
    "authorization_error": _TOKEN,
    "error_oauth": _TOKEN,
    "payment_required": "the portal's tariff must be paid",
    "method_confirm_waiting": "an administrator of the portal must confirm the webhook's rights",
    "insufficient_scope": "tick the scope that this method needs in the webhook's settings",
    "invalid_scope": "tick the scope that this method needs in the webhook's settings",
    "invalid_credentials": _RIGHTS,
    "access_denied": _RIGHTS,
    "user_access_error": _RIGHTS,
    "allowed_only_intranet_user": "the webhook must belong to an employee, not to an outside user",
    "portal_deleted": "the portal is closed or deleted; mend webhook_url",
}
_PASSING = {"internal_server_error", "error_unexpected_answer"}
_MISSING = {"not_found", "error_not_found", "error_entity_not_found"}
_SAYS_MISSING = re.compile(
    r"^(element |item |record |(company|contact|deal|lead|activity|task)( is)? )?not found\.?$"
    r"|with id .{1,20} (is )?not found|^task not found|не найден",
    re.IGNORECASE,
)
_SAYS_DENIED = re.compile(r"access denied|доступ запрещ|do not have permission", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


_NO_REST = re.compile(r"only on commercial plans|коммерческих тарифах", re.IGNORECASE)
_TARIFF = "move the portal to a paid plan: without one it has no REST interface"
_ABSENT = "this portal's edition or version lacks the method: update it, or do without"


class TariffError(AccessError):
    """The portal's plan does not include its REST interface, or is not paid."""


class ScopeError(ForbiddenError):
    """The webhook was not given the scope that a method needs."""


class MissingMethodError(RefusedError):
    """This edition or version of the portal has no such method."""


_OWN: dict[str, type[AccessError]] = {
    "payment_required": TariffError,
    "access_denied": ForbiddenError,
    "insufficient_scope": ScopeError,
    "invalid_scope": ScopeError,
}


class MovedError(SourceError):
    """The portal was renamed; `location` is the whole new address, which is a secret."""

    def __init__(self, location: str, where: str) -> None:
        super().__init__("the portal has a new address", where=where, hint="update webhook_url")
        self.location = location


def judge(answer: Answer) -> None:
    """Return for a good answer, else raise what it means (vendor page "Error codes", captured answers).

    MovedError for a redirect; else as `meaning` says; TransientError for a web page instead of JSON.
    """
    body = answer.body
    if answer.status in {301, 302, 303, 307, 308}:
        raise MovedError(answer.headers.get("Location", ""), answer.where)
    if isinstance(body, dict) and "error" in body:
        raise _error_in(body, answer)
    if isinstance(body, dict) and 200 <= answer.status < 300 and "result" in body:
        return
    if answer.status in {401, 403}:
        raise AccessError(f"answered {answer.status} without a reason", where=answer.where, hint=_TOKEN)
    if answer.status == 404:
        raise RefusedError("no REST interface there", where=answer.where, hint="check webhook_url")
    said = "sent no answer of its REST interface" if answer.status < 400 else f"answered {answer.status}"
    raise TransientError(said, where=answer.where, retry_after=answer.retry_after())


def meaning(
    code: Any, description: Any, where: str, *, status: int = 400, retry_after: float | None = None
) -> SourceError:
    """Return the error that a code and a text stand for.

    Codes are compared whatever their case; classic methods send an empty or numeric code, so that only the
    text tells. LimitError and BlockedError concern the whole portal, a LimitError not for `everyone` one
    method, AccessError the token, ForbiddenError one right (ScopeError: a scope), TariffError the plan,
    MissingRecordError the record, RefusedError this call, MissingMethodError all calls of this method.
    """
    name, said = (
        str(code).strip().lower(),
        _plain(description) or str(code).strip() or "refused without a reason",
    )
    if name == "query_limit_exceeded":
        return LimitError(said, where=where, retry_after=retry_after or BUCKET_SECONDS)
    if name == "operation_time_limit":
        return LimitError(said, where=where, retry_after=retry_after, everyone=False)
    if name == "overload_limit":
        return BlockedError(said, where=where, hint="stop all runs and write to the vendor's support")
    if _NO_REST.search(said):
        return TariffError(said, where=where, hint=_TARIFF)
    if name in _ACCESS:
        return _OWN.get(name, AccessError)(said, where=where, hint=_ACCESS[name])
    if name == "error_method_not_found":
        return MissingMethodError(said, where=where, hint=_ABSENT)
    if name in _MISSING or _SAYS_MISSING.search(said):
        return MissingRecordError(said, where=where)
    if _SAYS_DENIED.search(said):
        return ForbiddenError(said, where=where, hint=_RIGHTS)
    if name in _PASSING or status >= 500:
        return TransientError(said, where=where, retry_after=retry_after)
    if status == 401:
        return AccessError(said, where=where, hint=_TOKEN)
    return RefusedError(said, where=where)


def _error_in(body: dict[str, Any], answer: Answer) -> SourceError:
    """Return the error of a whole answer; REST 3.0 nests code and message."""
    code: Any = body["error"]
    description = body.get("error_description")
    if isinstance(code, dict):
        code, description = code.get("code"), code.get("message")
    wait = answer.retry_after() or seconds_to_reset(as_map(body.get("time")))
    return meaning(code, description, answer.where, status=answer.status, retry_after=wait)


def _plain(description: Any) -> str:
    """Return the text without the HTML that task methods put into it, in one line."""
    bare = _TAG.sub(" ", description) if isinstance(description, str) else ""
    return " ".join(bare.split())[:200]
