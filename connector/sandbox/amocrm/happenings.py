"""The account's events: what happened to which card, when and by whom; kept in the order it was noticed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
TIME_LETTERS, COUNT_LETTERS = 10, 16
COLLECTIONS = {"lead": "leads", "contact": "contacts", "company": "companies", "task": "tasks"}
Values = list[dict[str, Any]]


class Happening(NamedTuple):
    """One event; `kind` is the singular of the card's collection, `talk` the contact of a chat."""

    type: str
    kind: str
    number: int
    by: int
    at: int
    after: Values
    before: Values
    talk: int = 0


class Happenings:
    """All events of an account, oldest first; an event's id follows from its time and its place."""

    def __init__(self, known: Iterable[Happening]) -> None:
        self.listed: list[Happening] = sorted(known, key=lambda one: one.at)

    def add(self, happening: Happening) -> None:
        """Note what happened just now."""
        self.listed.append(happening)

    def id_of(self, place: int) -> str:
        """Return the id of the event at a place: 26 letters, the time first, then a count."""
        return letters(self.listed[place].at * 1000, TIME_LETTERS) + letters(place, COUNT_LETTERS)

    def place(self, number: str) -> int | None:
        """Return the place of an event, None if there is none of that id."""
        if len(number) != TIME_LETTERS + COUNT_LETTERS or not set(number) <= set(ALPHABET):
            return None
        place = 0
        for letter in number[TIME_LETTERS:]:
            place = place * len(ALPHABET) + ALPHABET.index(letter)
        return place if place < len(self.listed) and self.id_of(place) == number else None

    def shown(self, place: int, base: str, name: str | None = None) -> dict[str, Any]:
        """Show an event; the card's name only if it is given."""
        one, number = self.listed[place], self.id_of(place)
        link = f"{base}/{COLLECTIONS.get(one.kind, one.kind)}/{one.number}"
        entity: dict[str, Any] = {"id": one.number, "_links": {"self": {"href": link}}}
        if name is not None:
            entity["name"] = name
        if one.talk and one.kind != "contact":
            entity["linked_talk_contact_id"] = one.talk
        return {
            "id": number,
            "type": one.type,
            "entity_id": one.number,
            "entity_type": one.kind,
            "created_by": one.by,
            "created_at": one.at,
            "value_after": one.after,
            "value_before": one.before,
            "account_id": ACCOUNT_ID,
            "_links": {"self": {"href": f"{base}/events/{number}"}},
            "_embedded": {"entity": entity},
        }


def letters(number: int, length: int) -> str:
    """Write a number in 32 letters."""
    found = ""
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        found = ALPHABET[place] + found
    return found


def note_ref(number: int) -> Values:
    """Show the note an event is about."""
    return [{"note": {"id": number}}]


def chat_message(number: int) -> Values:
    """Show the message an event is about: its id, never its text."""
    return [{"message": {"id": f"00000000-0000-4000-8000-{number:012d}"}}]


def user(number: int) -> Values:
    """Show a responsible user."""
    return [{"responsible_user": {"id": number}}]


def status(pipeline: int, number: int) -> Values:
    """Show a status in its pipeline."""
    return [{"lead_status": {"id": number, "pipeline_id": pipeline}}]
