"""What the token's user may see: the rights of the role, by entity: all, the group's, the own, nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.amocrm.entities.cards import CARDS
from connector.sandbox.amocrm.entities.users import ALL, DENIED, OWN, OWN_GROUP
from connector.sandbox.amocrm.errors import AmoError
from connector.sandbox.amocrm.records import Record

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

NO_RIGHT = "You do not have permission to perform this action"


class Sight:
    """The view rights of the user who gave the token (fault `token_user`; `view_rights` narrows them)."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def user(self) -> int:
        """Return the user in whose name calls are made."""
        return self._account.faults.number("token_user") or 1

    def scope(self, user: int, entity: str) -> str:
        """Return A, G, M or D: what of an entity a user sees."""
        if user != self.user:
            return ALL
        pairs = (part.partition(":") for part in self._account.faults.text("view_rights").split(","))
        found = {name.strip(): letter.strip().upper() for name, _, letter in pairs}
        return found.get(entity, ALL)

    def check(self, entity: str) -> None:
        """Refuse an entity the user may not see at all."""
        if entity in CARDS and self.scope(self.user, entity) == DENIED:
            raise AmoError(403, NO_RIGHT)

    def check_admin(self) -> None:
        """Refuse what only administrators may ask for."""
        if not self._account.users.is_admin(self.user):
            raise AmoError(403, NO_RIGHT)

    def sees(self, entity: str, record: Record) -> bool:
        """Tell whether the user sees a card."""
        scope = self.scope(self.user, entity) if entity in CARDS else ALL
        if scope == ALL:
            return True
        owner = self._account.cards[entity].responsible(record)
        if scope == OWN:
            return owner == self.user
        groups = self._account.users
        return scope == OWN_GROUP and groups.group_of(owner) == groups.group_of(self.user)

    def sees_card(self, entity: str, number: int) -> bool:
        """Tell whether the user sees the card a task or a note is on."""
        record = self._account.cards[entity].get(number) if entity in self._account.cards else None
        return record is None or self.sees(entity, record)
