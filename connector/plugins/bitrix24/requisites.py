"""INN and KPP of companies: crm.requisite.list by the ids of the companies just read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.errors import AccessError
from connector.plugins.base import Cursor
from connector.plugins.bitrix24.links import COMPANY
from connector.plugins.bitrix24.listing import PAGE, Listing, Rows
from connector.plugins.bitrix24.lists import ShortList, chunks, read_to_end
from connector.plugins.bitrix24.portal import Portal
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
"""Companies a command: with one entry each, and two now and then, the page stays below 50 and is whole."""
_OURS = {"ENTITY_TYPE_ID": COMPANY}


class Requisites:
    """Adds to companies their requisites; without the right to read them there is no INN and no KPP."""

    def __init__(self, portal: Portal, times: TimeFilters) -> None:
        self._portal = portal
        self._times = times

    def add(self, rows: Rows) -> None:
        """Put the valid entry of each company under `@requisites`: active, lowest SORT, then lowest id."""
        by_company = {str(row["ID"]): row for row in rows}
        entries: dict[str, dict[str, Any]] = {}
        lists = [ShortList(REQUISITES, {**_OURS, "@ENTITY_ID": ids}) for ids in chunks(list(by_company), IDS)]
        read_to_end(self._portal, lists, tolerate=(AccessError,))
        for entry in (entry for short in lists for entry in short.rows):
            company = str(entry.get("ENTITY_ID"))
            if company not in entries or _rank(entry) < _rank(entries[company]):
                entries[company] = entry
        for company, entry in entries.items():
            if company in by_company:
                by_company[company][ENTRY] = entry

    def changed_since(self, watermark: str) -> Iterator[Sequence[str]]:
        """Yield, by at most 50, the ids of companies whose requisites changed since the watermark."""
        if not self._times.since(REQUISITES, watermark):
            return
        reader = Reader(self._portal, REQUISITES, self._times)
        pages = reader.read(Cursor(since=watermark))
        found = {str(row.get("ENTITY_ID")) for page in pages for row in page.rows if _is_company(row)}
        yield from chunks(sorted(found, key=int), PAGE)


def _is_company(row: Mapping[str, Any]) -> bool:
    return str(row.get("ENTITY_TYPE_ID", COMPANY)) == COMPANY


def _rank(entry: Mapping[str, Any]) -> tuple[bool, int, int]:
    return flag(entry.get("ACTIVE")) is False, int(entry.get("SORT") or 0), int(entry["ID"])
