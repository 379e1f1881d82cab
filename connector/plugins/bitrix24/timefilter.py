"""Finds out once how the portal wants times in a filter, and turns a watermark into such a filter."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from connector.errors import AccessError, SourceError
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.portal import Portal

logger = logging.getLogger(__name__)
OVERLAP = timedelta(minutes=2)
"""How far an increment reaches back behind its watermark: stamps have whole seconds and rows commit late."""
_NEVER_YET = datetime(2037, 12, 31, tzinfo=UTC)
"""A time of which there are no rows in any zone; past 2038 some servers break."""


def spelt_iso(moment: datetime) -> str:
    """Spell a time with its offset, as the vendor documents."""
    return moment.isoformat(timespec="seconds")


def spelt_bare(moment: datetime) -> str:
    """Spell a time as the server's clock shows it, which some portals need (b24-rest-docs, issue 215)."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


_SPELLINGS = (spelt_iso, spelt_bare)


class TimeFilters:
    """Turns watermarks into filters; the first one asks every listing for rows of a far future.

    A spelling that brings such rows was not understood. A listing that understands none is read whole,
    which is slow but right. The same question shows which methods are closed to us. May be used from several
    threads.
    """

    def __init__(self, portal: Portal, listings: Sequence[Listing]) -> None:
        self._portal = portal
        self._listings = [listing for listing in listings if listing.changed]
        self._known: dict[str, int] = {}
        self._closed: set[str] = set()
        self._guard = threading.Lock()

    def since(self, listing: Listing, watermark: str) -> dict[str, str]:
        """Return the filter for rows changed at or after the watermark, less the overlap; {} to read all."""
        if not listing.changed:
            return {}
        self._ask_once()
        spelling = self._known.get(listing.method, 0)
        if spelling == len(_SPELLINGS):
            return {}
        spelt = _SPELLINGS[spelling](datetime.fromisoformat(watermark) - OVERLAP)
        return {f">={listing.changed}": spelt}

    def closed(self, methods: Sequence[str]) -> list[str]:
        """Return those of the methods that we may not call, as far as they are among the listings."""
        self._ask_once()
        return [method for method in methods if method in self._closed]

    def _ask_once(self) -> None:
        with self._guard:
            if not self._known:
                self._known = self._probe()

    def _probe(self) -> dict[str, int]:
        """Return for each method the index of the first spelling that works."""
        asked = [
            listing.command({f">={listing.changed}": spell(_NEVER_YET)})
            for listing in self._listings
            for spell in _SPELLINGS
        ]
        results = self._portal.attempt(asked).result
        return {
            listing.method: self._first(listing, results[index * len(_SPELLINGS) :])
            for index, listing in enumerate(self._listings)
        }

    def _first(self, listing: Listing, results: Sequence[object]) -> int:
        """Return the first spelling without rows; a method that failed is left to fail where it is read."""
        for index in range(len(_SPELLINGS)):
            result = results[index]
            if isinstance(result, AccessError):
                self._closed.add(listing.method)
            if isinstance(result, SourceError) or not listing.rows(result):
                return index
        logger.warning("%s: no filter by time is understood, everything is read", listing.method)
        return len(_SPELLINGS)
