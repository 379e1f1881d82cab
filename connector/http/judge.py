"""What an answer means where a vendor has no words of its own: by its status alone."""

from __future__ import annotations

from connector.errors import AccessError, MissingRecordError, RefusedError, TransientError
from connector.http.answer import Answer
from connector.http.retry import LimitError


def by_status(answer: Answer) -> None:
    """Return for a good answer and raise what a bad one means (RFC 9110).

    AccessError for 401 and 403, MissingRecordError for 404 and 410, LimitError for 429, TransientError for
    408 and 5xx, RefusedError for the rest.
    """
    status, where = answer.status, answer.where
    if 200 <= status < 300:
        return
    said = f"answered {status}"
    if status == 429:
        raise LimitError(f"{said}: too many requests", where=where, retry_after=answer.retry_after())
    if status == 408 or status >= 500:
        raise TransientError(said, where=where, retry_after=answer.retry_after())
    if status in {401, 403}:
        raise AccessError(said, where=where, hint="check the token and its rights")
    if status in {404, 410}:
        raise MissingRecordError(said, where=where)
    raise RefusedError(said, where=where)
