"""How much the webhook's owner may see: whether an administrator, and what is named but not shown to us."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cached_property
from zlib import crc32

from connector.errors import AccessError, RefusedError, SourceError
from connector.plugins.base import Visibility
from connector.plugins.bitrix24.links import COMPANY, CONTACT, DEAL, LEAD
from connector.plugins.bitrix24.listing import PAGE
from connector.plugins.bitrix24.lists import chunks
from connector.plugins.bitrix24.portal import MOST_COMMANDS, Command, Portal
from connector.plugins.bitrix24.values import as_list, as_map, flag, reference

SAMPLE = PAGE * MOST_COMMANDS
"""Records of a kind that are looked up, one request; of more names the same ones are always taken."""
_CARDS = {LEAD: "lead", DEAL: "deal", CONTACT: "contact", COMPANY: "company"}
_PLURALS = {LEAD: "leads", DEAL: "deals", CONTACT: "contacts", COMPANY: "companies"}
_NO_ADMIN = "the webhook belongs to no administrator"


class Sight:
    """Collects which records others name and looks them up in the end. May be used from several threads.

    A record that is named, that no list shows and whose card is denied is hidden from us: the view is
    partial. An administrator sees everything; of anybody else's view no more can be said.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._guard = threading.Lock()
        self._named: dict[str, set[str]] = {kind: set() for kind in _CARDS}
        self._highest = dict.fromkeys(_CARDS, 2**32)
        self._hidden: dict[str, str] = {}
        self._denied: dict[str, int] = {}

    def note(self, kind: str, ids: Iterable[object]) -> None:
        """Remember that records name these records of one kind; what is no id is left out."""
        if kind not in _CARDS:
            return
        found = {each for given in ids if (each := reference(given)) and each.isdigit()}
        with self._guard:
            highest = self._highest[kind]
            self._named[kind] |= {each for each in found if crc32(each.encode()) <= highest}
            if len(self._named[kind]) > 2 * SAMPLE:
                sample = _sample(self._named[kind])
                self._named[kind], self._highest[kind] = set(sample), crc32(sample[-1].encode())

    def deny(self, method: str, count: int) -> None:
        """Remember how many records we knew from a list method are there and may not be read any more."""
        with self._guard:
            self._denied[method] = count

    def of(self, *kinds: str, listed_by: str = "") -> Visibility:
        """Return what is known of a view by a list method that depends on these kinds of record."""
        reasons = [reason for kind in kinds if (reason := self._reason(kind))]
        if denied := self._denied.get(listed_by, 0):
            reasons.append(f"{denied} known records may not be read any more")
        if reasons:
            return Visibility("partial", "; ".join(reasons))
        return Visibility("full") if self._administrator else Visibility("unknown", _NO_ADMIN)

    @cached_property
    def _administrator(self) -> bool:
        return flag(as_map(self._portal.call("profile").result).get("ADMIN")) is True

    def _reason(self, kind: str) -> str:
        """Return why not all records of a kind are seen, "" if nothing speaks for it; asked once a run."""
        with self._guard:
            named = _sample(self._named[kind])
        if kind not in self._hidden:
            hidden = self._count_hidden(kind, named) if named else 0
            said = f"{hidden} of {len(named)} {_PLURALS[kind]} that other records name may not be read"
            self._hidden[kind] = said if hidden else ""
        return self._hidden[kind]

    def _count_hidden(self, kind: str, named: list[str]) -> int:
        """Count those that no list shows and whose card is denied, of at most 50 that no list shows."""
        card = _CARDS[kind]
        asked = [
            {"select": ["ID"], "filter": {"@ID": ids}, "order": {"ID": "ASC"}, "start": -1}
            for ids in chunks(named, PAGE)
        ]
        lists = self._portal.batch(
            [Command(f"crm.{card}.list", given) for given in asked], tolerate=(AccessError, RefusedError)
        ).result
        shown = {
            str(row.get("ID")) for rows in lists if not isinstance(rows, SourceError) for row in as_list(rows)
        }
        absent = [each for each in named if each not in shown][:MOST_COMMANDS]
        cards = [Command(f"crm.{card}.get", {"id": each}) for each in absent]
        results = self._portal.batch(cards, tolerate=(AccessError, RefusedError)).result
        return sum(isinstance(result, AccessError) for result in results)


def _sample(named: set[str]) -> list[str]:
    """Return at most SAMPLE ids, chosen by a hash so that they spread over all and stay the same."""
    return sorted(named, key=lambda each: (crc32(each.encode()), each))[:SAMPLE]
