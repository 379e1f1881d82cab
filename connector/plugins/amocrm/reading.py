"""Reads a list whole or since a time: pages in order of id, or closed windows that each fit a page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from connector.errors import MissingRecordError, SourceError
from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.listing import IDS, Listing, Rows
from connector.plugins.amocrm.paging import walk
from connector.plugins.amocrm.shifts import Shifts
from connector.plugins.base import Cursor, Page

OVERLAP = 600
"""Seconds that a window begins before the last pass began: rows reach lists late (Airbyte connector)."""

logger = logging.getLogger(__name__)
Enrich = Callable[[Rows], None]


class FilterError(SourceError):
    """A row lies outside what was asked for: the account does not keep to filters (alpha filter off)."""


@dataclass
class Reader:
    """Reads the rows of a listing.

    `enrich` adds to rows what other lists know of them. `filters` is False where the account says that it
    keeps to none. A pass is resumed from a page's position, `{"page": n, "limit": rows, "began": seconds}`,
    and keeps the vendor's time at which it first began as its watermark.
    """

    api: Api
    listing: Listing
    enrich: Enrich = lambda rows: None
    filters: bool = True
    shifts: Shifts = field(init=False)

    def __post_init__(self) -> None:
        self.shifts = Shifts(self.api, self.listing)

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the rows changed since the cursor, or all; raises what the account raises, skips nothing."""
        position = cursor.position or {}
        began = int(position.get("began") or self.api.now())
        if cursor.since is None:
            yield from self._all(began, int(position.get("page", 0)), position.get("limit"))
            return
        yield Page((), {"began": began}, str(began))
        for rows in self.changed(int(cursor.since) - OVERLAP, began):
            self.enrich(rows)
            yield Page(rows, {"began": began}, str(began))

    def changed(self, first: int, last: int) -> Iterator[Rows]:
        """Yield what changed in a time, both ends inclusive; by other means where filters are not kept to."""
        if self.filters:
            try:
                yield from self._window(first, last)
            except FilterError:
                logger.warning("%s: filters are not kept to, everything is read", self.listing.path)
            else:
                return
        yield from self._scan(first, last)

    def again(self, ids: Sequence[str]) -> Iterator[Rows]:
        """Yield the rows of single records, without those that are not shown."""
        for start in range(0, len(ids), IDS):
            rows = self.named(ids[start : start + IDS])
            self.enrich(rows)
            yield rows

    def named(self, ids: Sequence[str]) -> Rows:
        """Return the rows of at most 100 records as they come; one by one where filters are not kept to.

        Notes cannot be asked for one by one without their card: they are looked for among all.
        """
        alone = "/" not in self.listing.path
        if self.filters or not alone:
            rows = self.listing.filtered(id=list(ids)).page(self.api, 1).rows
            if {str(row.get("id")) for row in rows} <= set(ids):
                return rows
        if alone:
            found = (self._one(each) for each in ids)
            return [row for row in found if isinstance(row, dict)]
        pages = walk(self.api, self.listing)
        return [row for page in pages for row in page.rows if str(row.get("id")) in ids]

    def _one(self, number: str) -> Any:
        with suppress(MissingRecordError):
            return self.api.get(f"{self.listing.path}/{number}", self._with())
        return None

    def ids(self) -> Iterator[list[str]]:
        """Yield all ids that the list shows."""
        for page in walk(self.api, self.listing):
            yield [str(self.listing.number(row)) for row in page.rows]

    def _with(self) -> dict[str, Any]:
        return {key: value for key, value in self.listing.parameters.items() if key == "with"}

    def _all(self, began: int, done: int, limit: int | None) -> Iterator[Page]:
        """Yield all pages, and those again behind which rows moved up while they were read."""
        start: int | None = done + 1
        since, left = began, 3
        while start is not None and left:
            again = self.api.now()
            for page in walk(self.api, self._snapshot(began), start, limit):
                self.shifts.note(page)
                self.enrich(page.rows)
                position = {"page": page.number, "limit": page.limit, "began": began}
                yield Page(page.rows, position, str(began))
            start, since, left = self.shifts.first_affected(since), again, left - 1

    def _snapshot(self, began: int) -> Listing:
        """Return the list as it stood when the pass began, where rows of it never change."""
        return self.listing if self.listing.ordered else self.listing.within(0, began)

    def _window(self, first: int, last: int) -> Iterator[Rows]:
        """Yield a window that fits a page, else its halves: one page is one moment, nothing moves in it."""
        window = self.listing.within(first, last)
        if not self.listing.ordered:
            yield from self._walked(window, first, last)
            return
        page = window.page(self.api, 1)
        self._check(page.rows, first, last)
        if not page.more or (len(page.rows) < self.listing.most and not window.page(self.api, 2).rows):
            yield page.rows
        elif first >= last:
            yield from self._walked(window, first, last)
        else:
            middle = (first + last) // 2
            yield from self._window(first, middle)
            yield from self._window(middle + 1, last)

    def _walked(self, window: Listing, first: int, last: int) -> Iterator[Rows]:
        for page in walk(self.api, window):
            self._check(page.rows, first, last)
            yield page.rows

    def _check(self, rows: Rows, first: int, last: int) -> None:
        if any(not first <= self._stamp(row, first) <= last for row in rows):
            raise FilterError("the account did not keep to the filter", where=self.listing.path)

    def _stamp(self, row: dict[str, Any], unknown: int) -> int:
        try:
            return int(row[self.listing.changed])
        except (KeyError, TypeError, ValueError):
            return unknown

    def _scan(self, first: int, last: int) -> Iterator[Rows]:
        """Yield what changed since a time from the whole list, the last changed first, as far as needed."""
        whole = self.listing.sorted_by(self.listing.changed, "desc") if self.listing.ordered else self.listing
        for page in walk(self.api, whole):
            stamps = [self._stamp(row, last) for row in page.rows]
            yield [row for row, stamp in zip(page.rows, stamps, strict=True) if stamp >= first]
            if page.rows and stamps[-1] < first and all(a >= b for a, b in pairwise(stamps)):
                return
