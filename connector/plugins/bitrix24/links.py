"""Knows to which company a contact, a lead or a deal belongs: learns from what is read, asks for the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from connector.errors import AccessError, RefusedError, SourceError
from connector.plugins.bitrix24.listing import PAGE
from connector.plugins.bitrix24.lists import chunks
from connector.plugins.bitrix24.portal import Command, Portal
from connector.plugins.bitrix24.values import as_list, reference

LEAD, DEAL, CONTACT, COMPANY = "1", "2", "3", "4"
"""Entity types of the portal (vendor page "Object types")."""
_LISTS = {LEAD: "crm.lead.list", DEAL: "crm.deal.list", CONTACT: "crm.contact.list"}

MOST_KNOWN = 100_000
"""Owners remembered; the oldest are forgotten and asked for again, so that memory is bounded."""

Owner = tuple[str, str]
"""An entity type and an id."""


def lead_id(number: object) -> str:
    """Return the id of a lead among our deals, spelt as the portal's own links are: `L_12`."""
    return f"L_{number}"


def lead_number(place: str) -> str | None:
    """Return the portal's own id of a lead among our deals; None for a deal."""
    return place.removeprefix("L_") if place.startswith("L_") else None


class Links:
    """Company ids by owner. May be used from several threads: what is asked twice is the same twice."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._known: dict[Owner, Owner | None] = {}
        self._guard = threading.Lock()

    def learn(self, kind: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Remember to what the rows of one entity type lead: their company, else their contact."""
        self._remember({(kind, str(row.get("ID"))): _next(row) for row in rows})

    def ask(self, owners: Iterable[Owner]) -> None:
        """Look up those owners that are not known yet, and the contacts that deals and leads lead to."""
        wanted = {owner for owner in owners if owner[0] in _LISTS}
        self._look_up(wanted)
        self._look_up({step for owner in wanted if (step := self._known.get(owner)) and step[0] == CONTACT})

    def company(self, owner: Owner) -> str | None:
        """Return the company's id, None if there is none or it is not known."""
        seen = 0
        step: Owner | None = owner
        while step is not None and step[0] != COMPANY and seen < len(_LISTS):
            step = self._known.get(step)
            seen += 1
        return reference(step[1]) if step is not None and step[0] == COMPANY else None

    def _look_up(self, owners: Iterable[Owner]) -> None:
        missing = sorted(owner for owner in owners if owner not in self._known)
        asked = [
            (kind, ids)
            for kind in _LISTS
            for ids in chunks([owner[1] for owner in missing if owner[0] == kind], PAGE)
        ]
        if not asked:
            return
        commands = [_command(kind, ids) for kind, ids in asked]
        results = self._portal.batch(commands, tolerate=(AccessError, RefusedError)).result
        for (kind, ids), rows in zip(asked, results, strict=True):
            # What the portal does not show, deleted or hidden, leads nowhere.
            self._remember(dict.fromkeys((kind, each) for each in ids))
            self.learn(kind, [] if isinstance(rows, SourceError) else as_list(rows))

    def _remember(self, found: Mapping[Owner, Owner | None]) -> None:
        with self._guard:
            self._known.update(found)
            for owner in list(islice(self._known, max(0, len(self._known) - MOST_KNOWN))):
                del self._known[owner]


def _command(kind: str, ids: list[str]) -> Command:
    """Return the command that reads at most 50 rows by id: one page, whatever it holds, is all there is."""
    select = ["ID", "COMPANY_ID"] if kind == CONTACT else ["ID", "COMPANY_ID", "CONTACT_ID"]
    return Command(_LISTS[kind], {"select": select, "filter": {"@ID": ids}, "start": -1})


def _next(row: Mapping[str, Any]) -> Owner | None:
    company, contact = reference(row.get("COMPANY_ID")), reference(row.get("CONTACT_ID"))
    if company is not None:
        return COMPANY, company
    return (CONTACT, contact) if contact is not None else None
