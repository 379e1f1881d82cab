"""INN and KPP of companies: crm.requisite.list by the ids of the companies just read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connector.errors import AccessError
from connector.plugins.base import Cursor
from connector.plugins.bitrix24.links import COMPANY
from connector.plugins.bitrix24.listing import Listing, Rows
from connector.plugins.bitrix24.lists import ShortList, chunks, read_to_end
from connector.plugins.bitrix24.portal import MOST_COMMANDS, Portal
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.timefilter import TimeFilters
from connector.plugins.bitrix24.values import flag

ENTRY = "@requisites"
"""The key under which a company's row carries its requisites; the portal's own names never begin so."""
REQUISITES = Listing(
    "crm.requisite.list",
    ("ID", "ENTITY_TYPE_ID", "ENTITY_ID", "ACTIVE", "SORT", "RQ_INN", "RQ_KPP", "DATE_MODIFY"),
    changed="DATE_MODIFY",
)
IDS = 45
"""Companies a command with one entry each: the page stays below 50 even if a few have two, and is whole."""
AT_ONCE = IDS * MOST_COMMANDS
"""Companies that one request brings the entries of."""
_STAMPS = (
    replace(REQUISITES, select=("ID", "ENTITY_TYPE_ID", "ENTITY_ID")),
    # An entry that was never changed has no DATE_MODIFY.
    replace(REQUISITES, select=("ID", "ENTITY_TYPE_ID", "ENTITY_ID"), changed="DATE_CREATE"),
)
_OURS = {"ENTITY_TYPE_ID": COMPANY}


class Requisites:
    """Adds to companies their requisites; without the right to read them there is no INN and no KPP."""

    def __init__(self, portal: Portal, times: TimeFilters) -> None:
        self._portal = portal
        self._times = times
        self._companies = self._entries = 0

    @property
    def ids(self) -> int:
        """How many companies a command asks for, fewer where they have several entries each.

        A block of as many windows of 50 ids has its requisites in one more batch.
        """
        return max(5, min(IDS, IDS * self._companies // self._entries)) if self._entries else IDS

    def add(self, rows: Rows) -> None:
        """Put the valid entry of each company under `@requisites`: active, lowest SORT, then lowest id."""
        by_company = {str(row["ID"]): row for row in rows}
        entries: dict[str, dict[str, Any]] = {}
        lists = [
            ShortList(REQUISITES, {**_OURS, "@ENTITY_ID": ids}) for ids in chunks(list(by_company), self.ids)
        ]
        read_to_end(self._portal, lists, tolerate=(AccessError,))
        # Counted by several threads at once: a lost update changes how fast we are, never what is read.
        self._companies += len(rows)
        self._entries += sum(len(short.rows) for short in lists)
        for entry in (entry for short in lists for entry in short.rows):
            company = str(entry.get("ENTITY_ID"))
            if company not in entries or _rank(entry) < _rank(entries[company]):
                entries[company] = entry
        for company, entry in entries.items():
            if company in by_company:
                by_company[company][ENTRY] = entry

    def changed_since(self, watermark: str) -> Iterator[Sequence[str]]:
        """Yield, by at most 2,250, the ids of companies whose requisites are new or changed since then.

        None without the right to read them.
        """
        if self._times.closed([REQUISITES.method]):
            return
        found = {company for stamp in _STAMPS for company in self._stamped(stamp, watermark)}
        yield from chunks(sorted(found, key=int), AT_ONCE)

    def _stamped(self, listing: Listing, watermark: str) -> Iterator[str]:
        """Yield the companies of entries with a stamp since then, none where only all could be asked for."""
        if self._times.since(listing, watermark):
            for page in Reader(self._portal, listing, self._times).read(Cursor(since=watermark)):
                yield from (str(row.get("ENTITY_ID")) for row in page.rows if _is_company(row))


def _is_company(row: Mapping[str, Any]) -> bool:
    return str(row.get("ENTITY_TYPE_ID", COMPANY)) == COMPANY


def _rank(entry: Mapping[str, Any]) -> tuple[bool, int, int]:
    return flag(entry.get("ACTIVE")) is False, int(entry.get("SORT") or 0), int(entry["ID"])
