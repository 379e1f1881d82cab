"""Says what an answer means: by 1C's own code, else by the page of IIS or of the application server."""

from __future__ import annotations

import re
from typing import Any

from connector.errors import (
    AccessError,
    ForbiddenError,
    MissingRecordError,
    RefusedError,
    TransientError,
)
from connector.http.answer import Answer
from connector.http.retry import LimitError, TooSlowError

_LOGIN = "check login and password of this [[source]]; the user must be allowed to log in to 1C by password"
_RIGHTS = "give the user the rights to read and write these objects, and the role for the OData interface"
_BASIC = "switch Basic authentication on for the publication in IIS, and Windows authentication off"
_VERBS = "let the verbs PATCH and DELETE through in IIS: take WebDAV off the publication"
_PUBLISHED = "check `url` of this [[source]], and that the base is published with the OData interface"
_COMPOSITION = "tick it in the composition of the OData interface; `connector onec composition` names all"
_POOL = "start the application pool of the publication in IIS"
_LOCKED = "wait until the backup or update is over, or allow sessions again"
_LICENCE = "end idle sessions in the console of the 1C cluster, or add licences"
LONGEST = 200
LICENCE_PAUSE = 20.0
"""Seconds after which a licence is asked for again: somebody has to end a session first."""
_ECHOED = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[^\s@]+@[^\s@]+|\+?\d[\d ()-]{5,}\d"
)
"""Keys, addresses and phones that 1C repeats from what it was sent (odata1c-gate, probe P7)."""
_MARKUP = re.compile(r"<(style|script)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
_LICENCE_WORDS = ("лиценз", "licen")
_ROOM_WORDS = ("недостаточно памяти", "not enough memory", "no space left", "device is full")
_CLOSED_WORDS = ("начало сеанса", "резервн", "обновлени", "блокировк", "session")


class ODataError(RefusedError):
    """1C refused in its own words; `code` is that of its documentation, -1 a refusal of the configuration."""

    def __init__(self, message: str, code: int, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint)
        self.code = code


class TakenError(ODataError):
    """An object with this key is there already (code 15)."""


class StaleError(RefusedError):
    """The record has another version by now (412)."""


class UnpublishedError(ForbiddenError):
    """The composition of the interface lacks the set (code 8)."""


class PageMissingError(AccessError):
    """A page of the web server instead of 1C's answer: nothing there, or the query was too long for IIS."""


def judge(answer: Answer) -> None:
    """Return for a good answer, else raise what it means (fact sheet of the interface, section 8).

    A right that is missing and a wrong password both come with 401: code 20 tells them apart. A refusal of
    the configuration comes with 500 and code -1 and must never be repeated; a licence that is missing does
    so, too, and may be. TooSlowError where the server has no room for so large an answer.
    """
    if 200 <= answer.status < 300:
        _check_json(answer)
        return
    code, said = told(answer)
    if code is not None:
        raise _refusal(answer, code, said)
    raise _page(answer, said)


def told(answer: Answer) -> tuple[int | None, str]:
    """Return 1C's code and words, None and those of a page where it is none of 1C's."""
    error = answer.body.get("odata.error") if isinstance(answer.body, dict) else None
    if isinstance(error, dict):
        message: Any = error.get("message")
        words = message.get("value") if isinstance(message, dict) else message
        return _number(error.get("code")), scrubbed(str(words or ""))
    return None, scrubbed(_MARKUP.sub(" ", answer.text))


def scrubbed(said: str) -> str:
    """Return words of 1C in one line, without the keys, phones and addresses that it repeats."""
    return " ".join(_ECHOED.sub("…", said).split())[:LONGEST]


def _refusal(answer: Answer, code: int, said: str) -> Exception:
    where, words = answer.where, said.casefold()
    if any(word in words for word in _LICENCE_WORDS):
        return LimitError(f"no free licence: {said}", where=where, retry_after=LICENCE_PAUSE)
    if any(word in words for word in _ROOM_WORDS):
        return TooSlowError(said, where=where)
    if code == 20:
        return ForbiddenError(f"the user lacks a right: {said}", where=where, hint=_RIGHTS)
    if answer.status == 401:
        return AccessError(said, where=where, hint=_LOGIN)
    if code == 8:
        return UnpublishedError(said, where=where, hint=_COMPOSITION)
    if code == 9:
        return MissingRecordError(said, where=where)
    if answer.status == 412:
        return StaleError("somebody else has changed the record", where=where)
    return (TakenError if code == 15 else ODataError)(said or f"code {code}", code, where=where)


def _page(answer: Answer, said: str) -> Exception:
    """Return the error of what the web server or the application server answers."""
    status, where, words = answer.status, answer.where, said.casefold()
    if any(word in words for word in _LICENCE_WORDS) and status >= 500:
        return LimitError(f"no free licence: {said}", where=where, retry_after=LICENCE_PAUSE)
    if any(word in words for word in _ROOM_WORDS):
        return TooSlowError(said, where=where)
    if status == 401:
        return _unknown_user(answer)
    if status == 403:
        return AccessError("the user may not use the OData interface", where=where, hint=_RIGHTS)
    if status in {404, 410}:
        return PageMissingError("the web server has nothing there", where=where, hint=_PUBLISHED)
    if status == 405:
        return AccessError("the web server forbids this verb", where=where, hint=_VERBS)
    if status == 503 and not any(word in words for word in _CLOSED_WORDS):
        return TransientError(f"the publication is stopped: {said}", where=where, hint=_POOL)
    if status == 503:
        return TransientError(f"the base takes no sessions: {said}", where=where, hint=_LOCKED)
    if status == 408 or status >= 500:
        return TransientError(said or f"answered {status}", where=where, retry_after=answer.retry_after())
    if 300 <= status < 400:
        return AccessError("the web server sends us away", where=where, hint=_PUBLISHED)
    if status == 429:
        return LimitError(said, where=where, retry_after=answer.retry_after())
    return RefusedError(said or f"answered {status}", where=where)


def _unknown_user(answer: Answer) -> AccessError:
    if "basic" not in answer.headers.get("WWW-Authenticate", "basic").casefold():
        return AccessError("Basic authentication is switched off", where=answer.where, hint=_BASIC)
    return AccessError("login or password is wrong", where=answer.where, hint=_LOGIN)


def _check_json(answer: Answer) -> None:
    if answer.body is None and answer.text:
        said = "answered with something that is no JSON of the interface"
        raise TransientError(said, where=answer.where, retry_after=answer.retry_after())


def _number(code: Any) -> int:
    try:
        return int(str(code))
    except ValueError:
        return 0
