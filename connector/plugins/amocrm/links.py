"""Knows to which company a contact or a lead belongs: learns from what is read, asks for the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from connector.errors import MissingRecordError
from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.listing import IDS, Listing, Rows
from connector.plugins.amocrm.values import embedded, reference

COMPANIES, CONTACTS, LEADS = "companies", "contacts", "leads"
SINGULAR = {"company": COMPANIES, "contact": CONTACTS, "lead": LEADS}
"""What events call the records of a list."""
_ASKED = (LEADS, CONTACTS)
"""Cards that lead to a company; companies need no asking."""
MOST_KNOWN = 100_000
"""Owners remembered; the oldest are forgotten and asked for again, so that memory is bounded."""

Card = tuple[str, str]
"""A list of cards and an id."""


class Links:
    """Company ids by card. May be used from several threads: what is asked twice is the same twice.

    `filters` is False where the account keeps to none: cards are asked for one by one then.
    """

    def __init__(self, api: Api, filters: bool) -> None:
        self._api = api
        self._filters = filters
        self._known: dict[Card, Card | None] = {}
        self._guard = threading.Lock()

    def learn(self, kind: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Remember to what the rows of one list lead: their company, else their main contact."""
        self._remember({(kind, str(row.get("id"))): _next(row) for row in rows})

    def ask(self, cards: Iterable[Card]) -> None:
        """Look up those cards that are not known yet, and the contacts that leads lead to."""
        wanted = {card for card in cards if card[0] in _ASKED}
        self._look_up(wanted)
        self._look_up({step for card in wanted if (step := self._known.get(card)) and step[0] == CONTACTS})

    def company(self, card: Card) -> str | None:
        """Return the company's id, None if there is none or it is not known."""
        step: Card | None = card
        for _ in range(len(_ASKED)):
            if step is None or step[0] == COMPANIES:
                break
            step = self._known.get(step)
        return step[1] if step is not None and step[0] == COMPANIES else None

    def _look_up(self, cards: Iterable[Card]) -> None:
        missing = sorted(card for card in cards if card not in self._known)
        for kind in _ASKED:
            ids = [each for of, each in missing if of == kind]
            for start in range(0, len(ids), IDS):
                some = ids[start : start + IDS]
                # What the account does not show, deleted or hidden, leads nowhere.
                self._remember(dict.fromkeys((kind, each) for each in some))
                self.learn(kind, self._asked(kind, some))

    def _asked(self, kind: str, ids: list[str]) -> Rows:
        parameters = {"with": "contacts"} if kind == LEADS else {}
        if self._filters:
            rows = Listing(kind, kind, parameters=parameters).filtered(id=ids).page(self._api, 1).rows
            if {str(row.get("id")) for row in rows} <= set(ids):
                return rows
            self._filters = False
        return [row for each in ids if (row := self._one(kind, each, parameters)) is not None]

    def _one(self, kind: str, number: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
        with suppress(MissingRecordError):
            row = self._api.get(f"{kind}/{number}", parameters)
            return row if isinstance(row, dict) else None
        return None

    def _remember(self, found: Mapping[Card, Card | None]) -> None:
        with self._guard:
            self._known.update(found)
            for card in list(islice(self._known, max(0, len(self._known) - MOST_KNOWN))):
                del self._known[card]


def _next(row: Mapping[str, Any]) -> Card | None:
    company = next((found for one in embedded(row, "companies") if (found := reference(one.get("id")))), None)
    if company is not None:
        return COMPANIES, company
    people = sorted(embedded(row, "contacts"), key=lambda one: one.get("is_main") is not True)
    contact = next((found for one in people if (found := reference(one.get("id")))), None)
    return (CONTACTS, contact) if contact is not None else None
