"""Reads many short lists to their ends at once: each under its own filter, all in the same batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.errors import SourceError
from connector.plugins.bitrix24.listing import PAGE, Listing, Rows
from connector.plugins.bitrix24.portal import Portal


@dataclass
class ShortList:
    """A list under a filter; `rows` and `error` are filled in by `read_to_end`."""

    listing: Listing
    filters: Mapping[str, Any]
    rows: Rows = field(default_factory=list)
    error: SourceError | None = None

    @property
    def last(self) -> int:
        """The highest id read so far."""
        return self.listing.row_id(self.rows[-1]) if self.rows else 0


def read_to_end(
    portal: Portal, lists: Sequence[ShortList], *, tolerate: tuple[type[SourceError], ...] = ()
) -> None:
    """Fill in every list, going on behind full pages until each has shown a short one.

    An error of a kind that is tolerated is left in the list's `error`; any other is raised.
    """
    left = list(lists)
    while left:
        commands = [each.listing.after(each.last, each.filters) for each in left]
        results = portal.batch(commands, tolerate=tolerate).result
        left = [each for each, result in zip(left, results, strict=True) if _goes_on(each, result)]


def _goes_on(short: ShortList, result: Any) -> bool:
    """Take one page in; tell whether another may follow."""
    if isinstance(result, SourceError):
        short.error = result
        return False
    page = short.listing.page(result, short.last)
    short.rows += page
    return len(page) == PAGE


def chunks(items: Sequence[str], size: int) -> list[list[str]]:
    """Cut a sequence into pieces of at most that size."""
    return [list(items[start : start + size]) for start in range(0, len(items), size)]
