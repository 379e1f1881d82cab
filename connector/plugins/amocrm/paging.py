"""Walks the pages of a list, several under way at once, to a proven end; tells when rows moved meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

from connector.errors import SourceError
from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.listing import FALL, Fetched, Listing, Rows

ASK_AGAIN = 2
"""How often an empty page behind a full one is asked for again, at once: some are empty although there are
rows (Airbyte connector, recovery from 204)."""
IN_FLIGHT = 8
"""Pages under way at once: enough to use 7 requests a second when each takes a second, and hardly more than a
second's worth is with the vendor, should they all get there late and at once."""
BUFFERED = 16
"""Pages asked for or waiting to be taken: a commit that takes two seconds stops nobody."""
FIRST_AHEAD = 3
"""Pages asked for behind a first full one: most lists that have two pages have few."""


class Numbered(NamedTuple):
    """A page and its number, which holds for `limit` rows a page."""

    number: int
    limit: int
    rows: Rows


class OrderError(SourceError):
    """Pages overlap: the limit was not the same for all of them, or the order was not obeyed."""


def walk(api: Api, listing: Listing, start: int = 1, limit: int | None = None) -> Iterator[Numbered]:
    """Yield pages from `start` on; once more from the beginning, by 50, where they do not fit together.

    `listing` is in order of id, or without any; only the former can be checked.
    """
    size = limit or listing.most
    try:
        yield from _walk(api, listing, start, size)
    except OrderError:
        if size == FALL:
            raise
    else:
        return
    yield from _walk(api, listing, 1, FALL)


def _walk(api: Api, listing: Listing, start: int, limit: int) -> Iterator[Numbered]:
    last = 0
    for number, page in _pages(api, listing, start, limit):
        if listing.ordered and "order" not in listing.parameters:
            last = _ascending(listing, page.rows, last)
        yield Numbered(number, limit, page.rows)


def _ascending(listing: Listing, rows: Rows, last: int) -> int:
    """Return the page's last id; OrderError where it does not go on behind the page before."""
    ids = [last, *(listing.number(row) for row in rows)]
    if any(after <= before for before, after in pairwise(ids) if after):
        raise OrderError("the pages of the list do not fit together", where=listing.path)
    return max(ids)


def _pages(api: Api, listing: Listing, start: int, limit: int) -> Iterator[tuple[int, Fetched]]:
    """Yield numbered pages; those after the first are asked for ahead, the more once a second one came."""
    first = listing.page(api, start, limit)
    yield start, first
    if not first.more:
        return
    pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="amocrm")
    waiting: deque[Future[Fetched]] = deque()
    done, ahead, full, smallest = start, FIRST_AHEAD, True, len(first.rows)
    try:
        while True:
            while len(waiting) < ahead:
                waiting.append(pool.submit(listing.page, api, done + len(waiting) + 1, limit))
            done, page = done + 1, waiting.popleft().result()
            if not page.rows:
                _call_off(waiting)
            again = 0 if page.rows or not full else ASK_AGAIN
            asked = [pool.submit(listing.page, api, done, limit) for _ in range(again)]
            page = next((each.result() for each in asked if each.result().rows), page)
            if not page.rows:
                return
            yield done, page
            if not page.more and len(page.rows) < smallest:
                return
            ahead, full = BUFFERED, len(page.rows) >= smallest
            smallest = min(smallest, len(page.rows))
    finally:
        pool.shutdown(cancel_futures=True)


def _call_off(waiting: deque[Future[Fetched]]) -> None:
    """Forget the pages that nobody has begun to ask for: the end may have come."""
    while waiting and waiting[-1].cancel():
        waiting.pop()
