"""Remembers with the watermark what a pass was not allowed to ask, so that all is read anew once it may."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connector.plugins.base import Cursor, Page, Visibility
from connector.plugins.bitrix24.calls import CALLS
from connector.plugins.bitrix24.companies import COMPANIES
from connector.plugins.bitrix24.contacts import CONTACTS
from connector.plugins.bitrix24.deals import DEALS
from connector.plugins.bitrix24.leads import LEADS
from connector.plugins.bitrix24.requisites import REQUISITES
from connector.plugins.bitrix24.timefilter import TimeFilters

_LOSSES = {
    COMPANIES.method: "which companies were merged or deleted is unknown",
    REQUISITES.method: "INN and KPP are unknown",
    CALLS.method: "whether calls were answered is unknown",
    CONTACTS.method: "what is logged on a person has no client",
    DEALS.method: "what is logged on a deal may have no client",
    LEADS.method: "what is logged on a lead may have no client",
}
_NEEDS: Mapping[str, Sequence[str]] = {
    "companies": (REQUISITES.method,),
    "contacts": (COMPANIES.method,),
    "leads": (COMPANIES.method, CONTACTS.method),
    "deals": (COMPANIES.method, CONTACTS.method),
    "activities": (CALLS.method, COMPANIES.method, CONTACTS.method, DEALS.method, LEADS.method),
    "tasks": (COMPANIES.method, CONTACTS.method, DEALS.method, LEADS.method),
}
"""Methods of other records that fill fields of a stream's; without the right those fields stay empty."""
_WITHOUT = " without "
"""Stands in a watermark between the time and the methods that were closed to the pass."""


@dataclass(frozen=True)
class Lacking:
    """Reads a stream by `inner`, which knows nothing of this."""

    stream: str
    inner: Callable[[Cursor], Iterator[Page]]
    times: TimeFilters

    @property
    def closed(self) -> list[str]:
        """The methods that the stream needs and that may not be called."""
        return self.times.closed(_NEEDS.get(self.stream, ()))

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the pages; those of all records if something may be asked now that was closed before."""
        since, _, lacked = (cursor.since or "").partition(_WITHOUT)
        closed = self.closed
        opened = set(lacked.split()) - set(closed)
        note = _WITHOUT + " ".join(closed) if closed else ""
        for page in self.inner(Cursor(None if opened else since or None, cursor.position)):
            yield replace(page, watermark=page.watermark and page.watermark + note)

    def visibility(self, seen: Visibility) -> Visibility:
        """Return what is known of the view, with what is closed to it."""
        reasons = [f"{method} may not be called, {_LOSSES[method]}" for method in self.closed]
        if not reasons:
            return seen
        return Visibility(
            "partial", "; ".join([*reasons, seen.reason] if seen.state == "partial" else reasons)
        )
