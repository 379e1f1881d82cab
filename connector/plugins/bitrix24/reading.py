"""Reads a list method whole or since a time: id windows in batches, several at once, in order of id."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from connector.errors import SourceError
from connector.plugins.base import Cursor, Page
from connector.plugins.bitrix24.listing import PAGE, Listing, Rows
from connector.plugins.bitrix24.lists import ShortList, chunks, read_to_end
from connector.plugins.bitrix24.portal import MOST_COMMANDS, Portal
from connector.plugins.bitrix24.timefilter import TimeFilters
from connector.plugins.bitrix24.windows import Window, cut, remainder, width_for

IN_FLIGHT = 8
"""Batches under way at once: enough to use 2 requests a second when a batch takes 4 s."""
MOST_LEFT = 2 * MOST_COMMANDS
"""Windows a block may open behind full pages; beyond, it hands on what it has, so that memory is bounded."""
ROUNDS = 4
"""How often a block may do so."""

Enrich = Callable[[Rows], None]
Block = tuple[int, Rows]
"""The id up to which rows are complete, and those rows."""


@dataclass
class Reader:
    """Reads the rows of a listing.

    `enrich` adds to rows, in the reading thread, what other methods know of them. `read` yields at least
    one page and returns only after a page with fewer than 50 rows above the highest id: rows deleted
    meanwhile shift nothing, rows added meanwhile are met. A pass is resumed from a page's position,
    `{"after": id, "began": time}`, and keeps the time at which it first began as its watermark. `windows()`
    is the number of windows that the next block gets.
    """

    portal: Portal
    listing: Listing
    times: TimeFilters
    enrich: Enrich = lambda rows: None
    windows: Callable[[], int] = lambda: MOST_COMMANDS

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the rows changed since the cursor, or all; raises what the portal raises, skips nothing."""
        position = cursor.position or {}
        after = int(position.get("after", 0))
        filters = self.times.since(self.listing, cursor.since) if cursor.since else {}
        opening = self.portal.batch([self.listing.after(after, filters), self.listing.highest(filters)])
        began = str(position.get("began") or opening.began)
        for reached, rows in self._rows(opening.result, after, filters):
            yield Page(rows, {"after": reached, "began": began}, began or None)

    def again(self, ids: Sequence[str]) -> Iterator[Rows]:
        """Yield the rows of single records, by at most 2,450 at once, without those that no list shows.

        SourceError where the portal shows others, as it did not understand the filter then.
        """
        for some in chunks(ids, (PAGE - 1) * MOST_COMMANDS):
            lists = [ShortList(self.listing, self.listing.named(few)) for few in chunks(some, PAGE - 1)]
            read_to_end(self.portal, lists)
            rows = [row for short in lists for row in short.rows]
            if {str(self.listing.row_id(row)) for row in rows} - set(some):
                raise SourceError("the portal did not keep to the filter by ids", where=self.listing.method)
            self.enrich(rows)
            yield rows

    def _rows(self, opening: Sequence[Any], after: int, filters: Mapping[str, Any]) -> Iterator[Block]:
        rows = self._page(opening[0], after)
        reached = self.listing.row_id(rows[-1]) if rows else after
        yield reached, rows
        if len(rows) < PAGE:
            return
        top = max((self.listing.row_id(row) for row in self.listing.rows(opening[1])), default=reached)
        span = reached - self.listing.row_id(rows[0]) + 1
        pull = _Pull(self, filters, width_for(PAGE, span, span), top)
        for block in pull.blocks(Window(reached, top)):
            reached = block[0]
            yield block
        if pull.tail:
            reached = self.listing.row_id(pull.tail[-1])
            yield reached, pull.tail
        if pull.tail is None or len(pull.tail) == PAGE:
            yield from self._above(reached, filters)

    def _above(self, last: int, filters: Mapping[str, Any]) -> Iterator[Block]:
        """Yield the rows added while the pass went on, up to the short page that proves the end."""
        while True:
            rows = self._page(self.portal.call(*self.listing.after(last, filters)).result, last)
            if rows:
                last = self.listing.row_id(rows[-1])
                yield last, rows
            if len(rows) < PAGE:
                return

    def _page(self, result: Any, above: int) -> Rows:
        rows = self.listing.page(result, above)
        self.enrich(rows)
        return rows


@dataclass
class _Span:
    """A stretch of ids still to be handed on; `future` while it is being read."""

    window: Window
    future: Future[Block] | None = None


class _Pull:
    """Reads one stretch of ids up to `top` by several threads and yields it in order.

    `tail` is the page above `top`, which the last block asks for in the same request; None until then.
    """

    def __init__(self, reader: Reader, filters: Mapping[str, Any], width: int, top: int) -> None:
        self._reader = reader
        self._filters = filters
        self._width = width
        self._top = top
        self._plan: deque[_Span] = deque()
        self.tail: Rows | None = None

    def blocks(self, whole: Window) -> Iterator[Block]:
        """Yield (highest id that is done, rows) until the stretch is done."""
        self._plan = deque([_Span(whole)] if whole.span > 0 else [])
        pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="bitrix24")
        try:
            while self._plan:
                self._start(pool)
                span = self._plan.popleft()
                assert span.future is not None
                reached, rows = span.future.result()
                if reached < span.window.to:
                    self._plan.appendleft(_Span(Window(reached, span.window.to)))
                self._width = width_for(len(rows), reached - span.window.above, self._width)
                yield reached, rows
        finally:
            pool.shutdown(cancel_futures=True)

    def _start(self, pool: ThreadPoolExecutor) -> None:
        """Put blocks under way from the front of the plan, as many as may be at once."""
        index = 0
        while index < min(len(self._plan), IN_FLIGHT):
            span = self._plan[index]
            if span.future is None:
                edge = min(span.window.to, span.window.above + self._width * self._reader.windows())
                block = Window(span.window.above, edge)
                self._plan[index] = _Span(block, pool.submit(self._block, block, self._width))
                if edge < span.window.to:
                    self._plan.insert(index + 1, _Span(Window(edge, span.window.to)))
            index += 1

    def _block(self, block: Window, width: int) -> Block:
        """Read one block, or as much of it as is not too much."""
        found: dict[Window, Rows] = {}
        waiting = cut(block, width)
        for _ in range(ROUNDS):
            waiting = self._round(waiting, found)
            if not waiting or len(waiting) > MOST_LEFT:
                break
        reached = min((window.above for window in waiting), default=block.to)
        rows = [row for window in sorted(found) if window.above < reached for row in found[window]]
        self._reader.enrich(rows)
        return reached, rows

    def _round(self, windows: list[Window], found: dict[Window, Rows]) -> list[Window]:
        """Read the windows into `found`; return what full pages left over."""
        listing = self._reader.listing
        commands = [listing.window(window.above, window.to, self._filters) for window in windows]
        last = self.tail is None and windows[-1].to == self._top and len(windows) < MOST_COMMANDS
        if last:
            commands.append(listing.after(self._top, self._filters))
        results = self._reader.portal.batch(commands).result
        if last:
            self.tail = listing.page(results.pop(), self._top)
            self._reader.enrich(self.tail)
        left: list[Window] = []
        for window, result in zip(windows, results, strict=True):
            rows = found[window] = listing.page(result, window.above, window.to)
            if len(rows) == PAGE and listing.row_id(rows[-1]) < window.to:
                left += remainder(window, listing.row_id(rows[-1]))
        return left
