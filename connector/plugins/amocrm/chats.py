"""Messages in chats: only the account's events tell of them, without a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from connector.model import Event
from connector.plugins.amocrm import links
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.happenings import of_types
from connector.plugins.amocrm.listing import Rows
from connector.plugins.amocrm.reading import Reader
from connector.plugins.amocrm.values import as_map, moment, reference
from connector.plugins.base import Cursor, Page, Row

_DIRECTIONS: dict[str, Literal["in", "out"]] = {"incoming_chat_message": "in", "outgoing_chat_message": "out"}
CLIENT = "@client"
"""The key under which a row carries the id of its client's company."""


class Chats:
    """The stream of messages. Who wrote from without is no employee of ours."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the messages, each with its client under `@client`."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads them."""
        return self._account.reader(of_types(sorted(_DIRECTIONS)), self._find_clients)

    def parse(self, row: Row) -> Sequence[Event]:
        """Return the event; nothing for an event of another type."""
        direction = _DIRECTIONS.get(str(row.get("type")))
        if direction is None:
            return ()
        at, (kind, card) = moment(row, "created_at"), _card(row)
        return (
            Event(
                ref=self._account.ref(row["id"]),
                client=row.get(CLIENT),
                employee=reference(row.get("created_by")),
                kind="message",
                direction=direction,
                status="completed",
                completed_at=at,
                logged_at=at,
                deal=card if kind == links.LEADS else None,
                updated_at=at,
                raw=dict(row),
            ),
        )

    def _find_clients(self, rows: Rows) -> None:
        known = self._account.links
        cards = [step for row in rows for step in (_card(row), _person(row)) if step]
        known.ask(cards)
        for row in rows:
            found = map(known.company, filter(None, (_card(row), _person(row))))
            row[CLIENT] = next((company for company in found if company), None)


def _card(row: Mapping[str, Any]) -> links.Card:
    return links.SINGULAR.get(str(row.get("entity_type")), ""), str(row.get("entity_id"))


def _person(row: Mapping[str, Any]) -> links.Card | None:
    """Return the contact of the talk behind a message that stands on a lead."""
    contact = reference(as_map(as_map(row.get("_embedded")).get("entity")).get("linked_talk_contact_id"))
    return (links.CONTACTS, contact) if contact else None
