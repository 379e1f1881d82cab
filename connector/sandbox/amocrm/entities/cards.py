"""What companies, contacts and leads have in common: who made and changed a card, and what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm import tags
from connector.sandbox.amocrm.fields import values_of
from connector.sandbox.amocrm.records import Entity, Record

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

ACCOUNT_ID = 31_000_001
CARDS = ("companies", "contacts", "leads")
BINNED = ("id", "updated_at", "updated_by", "is_deleted")
"""What is left of a row in the recycle bin; everything else is null."""


def user_id(reference: str) -> int:
    """Return the user a neutral reference means; 0 for nobody, and for somebody the firm does not list."""
    return int(reference) if reference.isdecimal() else 0


class Cards(Entity):
    """A collection of cards with an owner, custom fields and tags."""

    def __init__(self, account: Account, name: str, singular: str) -> None:
        super().__init__(name, singular)
        self.account = account

    def responsible(self, record: Record) -> int:
        """Return the user who answers for a card."""
        raise NotImplementedError

    def made_at(self, record: Record) -> int:
        """Return when a card was made."""
        raise NotImplementedError

    def changed_at(self, record: Record) -> int:
        """Return when a card was last changed."""
        raise NotImplementedError

    def embedded(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Return what a row carries besides its tags."""
        raise NotImplementedError

    def group(self, record: Record) -> int:
        """Return the group of the responsible user."""
        return self.account.users.group_of(self.responsible(record))

    def author(self, record: Record) -> int:
        """Return who made a card: whoever the account says, else the responsible user."""
        return int(record.extra.get("created_by", self.responsible(record)))

    def editor(self, record: Record) -> int:
        """Return who changed a card last."""
        return int(record.extra.get("updated_by", self.responsible(record)))

    def closest_task(self, record: Record) -> int | None:
        """Return when the next open task of a card is due."""
        return self.account.tasks.closest(self.name, record.id)

    def shown(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Show a row as lists do."""
        legacy = self.account.faults.on("legacy_enum")
        row = self.columns(record)
        row["custom_fields_values"] = values_of(self.account.fields.of(self.name), record, legacy=legacy)
        row["account_id"] = ACCOUNT_ID
        row["_links"] = {"self": {"href": f"{base}/{self.name}/{record.id}"}}
        marks = {"tags": self.account.tags.shown(self.name, record)}
        inner = marks | self.embedded(record, wanted, base)
        bare = self.account.faults.on("php_arrays") and not any(inner.values())
        row["_embedded"] = [] if bare else inner
        return row

    def binned(self, record: Record, base: str) -> dict[str, Any]:
        """Show a row of the recycle bin."""
        row = {name: value if name in BINNED else None for name, value in self.columns(record).items()}
        row |= {"is_deleted": True, "account_id": ACCOUNT_ID, "custom_fields_values": None}
        row["_links"] = {"self": {"href": f"{base}/{self.name}/{record.id}"}}
        return row | {"_embedded": {"tags": []}}

    def tag_names(self, record: Record) -> list[str]:
        """Return the names of a card's tags."""
        return tags.names(self.name, record)


def linked(numbers: list[int], collection: str, base: str) -> list[dict[str, Any]]:
    """Show links to other cards: numbers only, names need another call."""
    return [
        {"id": number, "_links": {"self": {"href": f"{base}/{collection}/{number}"}}} for number in numbers
    ]
