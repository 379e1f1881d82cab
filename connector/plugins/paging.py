"""Reads a list for a plugin that says how to ask for one page: the loop, its guard, the vendor's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, timedelta

from connector import clock
from connector.errors import SourceError
from connector.http.client import Http
from connector.plugins.base import Cursor, Page

LAG_SECONDS = 120.0
"""How much is read twice: a record may be stamped before it can be seen, and Date tells whole seconds."""


def paged(
    http: Http, ask: Callable[[Cursor], Page], *, lag: float = LAG_SECONDS
) -> Callable[[Cursor], Iterator[Page]]:
    """Return the `read` of a stream whose `ask(cursor)` fetches one page.

    `ask` gets the place in `cursor.position` (None: the beginning) and what to read in `cursor.since` (None:
    everything). It returns the rows and, as `position`, where the next page begins: None is the proof of the
    end. Where it names no `watermark`, the vendor's clock at the first answer, less `lag` seconds, becomes
    the next `since`: ISO 8601 in UTC, as `2026-10-01T09:00:00Z`. SourceError where a place or the rows of a
    page come a second time: such a list has no end.
    """

    def read(cursor: Cursor) -> Iterator[Page]:
        at, watermark, before = cursor, "", Page([])
        places: set[str] = set()
        while True:
            page = ask(at)
            _check_progress(http, page, before, places)
            watermark = watermark or page.watermark or _vendor_time(http, lag)
            yield replace(page, watermark=page.watermark or watermark)
            if page.position is None:
                return
            places.add(repr(page.position))
            at, before = replace(at, position=page.position), page

    return read


def _check_progress(http: Http, page: Page, before: Page, places: set[str]) -> None:
    again = bool(page.rows) and list(page.rows) == list(before.rows)
    if again or (page.position is not None and repr(page.position) in places):
        raise SourceError(
            "the same page came twice: the list would never end",
            where=http.name,
            hint="tell the author",
        )


def _vendor_time(http: Http, lag: float) -> str:
    moment = clock.now() + timedelta(seconds=(http.clock_ahead or 0.0) - lag)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
