"""Finds which pages have to be read again because rows before them were deleted while pages were read."""

from __future__ import annotations

from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.happenings import happened
from connector.plugins.amocrm.listing import Listing
from connector.plugins.amocrm.paging import Numbered

SKEW = 60
"""Seconds that the look for deletions begins before the pages were read."""


class Shifts:
    """Remembers where the pages of one pass ended; asks for the events by which rows leave the list."""

    def __init__(self, api: Api, listing: Listing) -> None:
        self._api = api
        self._listing = listing
        self._ends: dict[int, int] = {}

    def note(self, page: Numbered) -> None:
        """Remember the last id of a page."""
        if page.rows:
            self._ends[page.number] = self._listing.number(page.rows[-1])

    def first_affected(self, since: int) -> int | None:
        """Return the first page from which on rows may have been skipped since then; None if none were."""
        types = self._listing.shifted_by
        if not types or max(self._ends, default=1) == 1:
            return None
        gone = [row for rows in happened(self._api, types, since - SKEW, self._api.now()) for row in rows]
        if not gone:
            return None
        if min(self._ends) > 1 or any(row.get("type") != self._listing.leaving for row in gone):
            return 1
        first = min(int(row.get("entity_id") or 0) for row in gone)
        return next((page for page, end in sorted(self._ends.items()) if end >= first), None)
