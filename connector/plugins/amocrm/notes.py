"""Contact events that are notes: calls, letters, SMS, zoom meetings; a list for each sort of card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from connector.model import Event, EventKind
from connector.plugins.amocrm import links
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.listing import Listing, Rows
from connector.plugins.amocrm.reading import Reader
from connector.plugins.amocrm.values import as_map, flag, moment, reference, text, whole
from connector.plugins.base import Cursor, Page, Row

KINDS: dict[str, EventKind] = {
    "call_in": "call",
    "call_out": "call",
    "amomail_message": "email",
    "sms_in": "message",
    "sms_out": "message",
    "zoom_meeting": "meeting",
}
"""Types of notes that tell of a contact (vendor page "Notes", official library 1.16)."""
NOTE_TYPES = frozenset({*KINDS, "common", "attachment", "service_message", "extended_service_message"})
_TALKED, _UNDEFINED = "4", "8"
"""`call_status` of a conversation, and of a call whose end is not known (official library)."""
_CALLER = ("responsible_user_id", "created_by")
_WRITER = ("created_by", "responsible_user_id")
CLIENT = "@client"
"""The key under which a row carries the id of its client's company."""


@dataclass(frozen=True)
class Notes:
    """The stream of notes on `companies`, `contacts` or `leads`; `singular` names those in ids."""

    account: Account
    cards: str
    singular: str

    @property
    def prefix(self) -> str:
        """What stands before a note's number in ids of events: nowhere is it said that all have one count."""
        return f"{self.singular}-note-"

    @cached_property
    def kinds(self) -> dict[str, EventKind]:
        """The types that are read and their kinds; the settings may add types and change kinds."""
        named = self.account.config.event_kinds
        return {**KINDS, **{name: kind for name, kind in named.items() if name in NOTE_TYPES}}

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the notes, each with its client under `@client`."""
        yield from self.reader().read(cursor)

    def listing(self) -> Listing:
        """Return the list: notes leave it with the card that is deleted."""
        leaving = (f"{self.singular}_deleted", "entity_merged")
        notes = Listing(f"{self.cards}/notes", "notes", shifted_by=leaving)
        return notes.filtered(note_type=sorted(self.kinds))

    def reader(self) -> Reader:
        """Return what reads the notes; the users' names are read first, as calls may name them."""
        _ = self.account.directories.user_names
        return self.account.reader(self.listing(), self._find_clients)

    def row_id(self, row: Row) -> str:
        """Return the id of a row as our references have it."""
        return f"{self.prefix}{row['id']}"

    def parse(self, row: Row) -> Sequence[Event]:
        """Return the event; nothing for a type that was not asked for.

        It was held at `created_at`, which telephony sets, and entered at `updated_at`: there is no other
        trace.
        """
        kind = self.kinds.get(str(row.get("note_type")))
        if kind is None:
            return ()
        params = as_map(row.get("params"))
        at = moment(row, "created_at")
        return (
            Event(
                ref=self.account.ref(row["id"] and self.row_id(row)),
                client=row.get(CLIENT),
                employee=self._employee(row, kind, params),
                kind=kind,
                direction=_direction(row, params),
                status="completed",
                completed_at=at,
                logged_at=moment(row, "updated_at") or at,
                duration_s=whole(params, "duration") if kind == "call" else None,
                successful=_successful(params) if kind == "call" else None,
                subject=_subject(params),
                result=text(params.get("call_result")) or text(params.get("content_summary")),
                deal=reference(row.get("entity_id")) if self.cards == links.LEADS else None,
                updated_at=moment(row, "updated_at"),
                raw=dict(row),
            ),
        )

    def _employee(self, row: Row, kind: EventKind, params: Mapping[str, Any]) -> str | None:
        """Return who held it: of a call whom it names, by id or by a name that is nobody else's."""
        named = text(params.get("call_responsible")) if kind == "call" else None
        if named and named.isdigit():
            return reference(named)
        known = self.account.directories.user_names.get(named.casefold()) if named else None
        order = _CALLER if kind == "call" else _WRITER
        return known or next((each for field in order if (each := reference(row.get(field)))), None)

    def _find_clients(self, rows: Rows) -> None:
        known = self.account.links
        cards = [(self.cards, str(row.get("entity_id"))) for row in rows]
        known.ask(cards)
        for row, card in zip(rows, cards, strict=True):
            row[CLIENT] = known.company(card)


def _direction(row: Row, params: Mapping[str, Any]) -> Literal["in", "out"] | None:
    """Return whence it came: the type says it, of a letter `income`."""
    kind = str(row.get("note_type"))
    if kind.endswith(("_in", "_out")):
        return "in" if kind.endswith("_in") else "out"
    income = flag(params.get("income")) if "income" in params else None
    return None if income is None else "in" if income else "out"


def _subject(params: Mapping[str, Any]) -> str | None:
    topic = as_map(params.get("conference")).get("topic")
    words = (text(each) for each in (params.get("subject"), topic, params.get("text")))
    return next((word for word in words if word), None)


def _successful(params: Mapping[str, Any]) -> bool:
    """Return whether there was a talk: it took time, and the status, if there is one, says so."""
    status = reference(params.get("call_status"))
    return (status in {None, _UNDEFINED, _TALKED}) and bool(whole(params, "duration"))
