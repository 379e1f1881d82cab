"""What hasty authors write: each is used by one planted fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from connector import Check, CreateTask, Cursor, Page, RefusedError, UnknownFateError
from connector.http.answer import Answer
from connector.http.client import Http
from connector.http.judge import by_status
from connector.plugins.paging import paged


def for_ever(http: Http, ask: Callable[[Cursor], Page]) -> Callable[[Cursor], Iterator[Page]]:
    """Read as `paged` does, without looking whether the list goes on."""

    def read(cursor: Cursor) -> Iterator[Page]:
        first = next(paged(http, ask)(cursor))
        yield first
        position = first.position
        while position is not None:
            page = ask(replace(cursor, position=position))
            yield replace(page, watermark=first.watermark)
            position = page.position

    return read


def refuses(status: int) -> Callable[[Answer], None]:
    """Judge as the default does, but take one status for a refusal of this very call."""

    def judge(answer: Answer) -> None:
        if answer.status == status:
            raise RefusedError(f"answered {status}", where=answer.where)
        by_status(answer)

    return judge


def tolerant(answer: Answer) -> None:
    """Take everything below 300 for good, as many do, whatever it holds."""
    if answer.status >= 300:
        by_status(answer)


def goes_on_after_400(answer: Answer) -> None:
    """Take a refused call for a done one."""
    if answer.status != 400:
        by_status(answer)


def tries_again(source: Any, change: CreateTask, task: dict[str, Any]) -> str:
    """Send a task, and once more where the answer was lost."""
    try:
        return str(source.http.write("tasks", json=task, needs=["task"]).body["id"])
    except UnknownFateError:
        return str(source.http.write("tasks", json=task, needs=["task"]).body["id"])


def check_of_nothing(source: Any) -> Iterator[Check]:
    """Say that all is well without a look."""
    yield Check("access")
