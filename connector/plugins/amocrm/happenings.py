"""Reads the account's events: what happened to which record, when and by whom; they never change."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.listing import MOST_EVENTS, Listing, Rows
from connector.plugins.amocrm.paging import walk

EVENTS = Listing("events", "events", most=MOST_EVENTS, changed="created_at", ordered=False)


def of_types(types: Collection[str]) -> Listing:
    """Return the list of events of these types."""
    return EVENTS.filtered(type=list(types))


def happened(api: Api, types: Collection[str], first: int, last: int, **filters: Any) -> Iterator[Rows]:
    """Yield the events of these types in a time, both ends inclusive, in unix seconds.

    Those of another type or time, which come where a filter is not kept to, are left out.
    """
    for page in walk(api, of_types(types).filtered(**filters).within(first, last)):
        yield [row for row in page.rows if row.get("type") in types and first <= _at(row) <= last]
        if page.rows and max(map(_at, page.rows)) < first:
            return


def _at(row: dict[str, Any]) -> int:
    at = row.get("created_at")
    return at if isinstance(at, int) else 0
