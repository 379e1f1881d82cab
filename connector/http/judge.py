"""What an answer means where a vendor has no words of its own: by its status alone."""

from __future__ import annotations

from connector.errors import AccessError, ForbiddenError, MissingRecordError, RefusedError, TransientError
from connector.http.answer import Answer
from connector.http.retry import LimitError


def by_status(answer: Answer) -> None:
    """Return for a good answer and raise what a bad one means (RFC 9110).

    A good one holds JSON or nothing: TransientError for anything else, such as the page of a proxy that asks
    for a login. AccessError for 401, ForbiddenError for 403, MissingRecordError for 404 and 410, LimitError
    for 429, TransientError for 408 and 5xx, RefusedError for the rest.
    """
    status, where = answer.status, answer.where
    said = f"answered {status}"
    if 200 <= status < 300:
        if answer.text:
            raise TransientError(f"{said} with something that is no JSON", where=where)
        return
    if status == 429:
        raise LimitError(f"{said}: too many requests", where=where, retry_after=answer.retry_after())
    if status == 408 or status >= 500:
        raise TransientError(said, where=where, retry_after=answer.retry_after())
    if status == 401:
        raise AccessError(said, where=where, hint="check the token in the settings of this [[source]]")
    if status == 403:
        raise ForbiddenError(said, where=where, hint="give the account this right in the CRM")
    if status in {404, 410}:
        raise MissingRecordError(said, where=where)
    raise RefusedError(said, where=where)
