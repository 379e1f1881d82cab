"""What the token's user may see and do: by entity all, the group's, the own, or nothing."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from connector.errors import AccessError, RefusedError
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.values import as_map, text
from connector.plugins.base import Visibility

_SCOPES = {"G": "of their group", "M": "of their own"}
"""Letters of rights (vendor page "Users"); A is everything, D nothing."""


class Rights:
    """The rights of the token's user, asked once; `known` is False where only administrators may ask."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @cached_property
    def user(self) -> dict[str, Any]:
        """The user to whom the token belongs; empty where they may not ask even for themselves."""
        number = self._account.directories.user
        try:
            return as_map(self._account.api.get(f"users/{number}")) if number else {}
        except (AccessError, RefusedError):
            return {}

    @property
    def known(self) -> bool:
        """Whether the rights could be asked for."""
        return bool(self.user)

    @property
    def name(self) -> str:
        """The user's name, else id."""
        return text(self.user.get("name")) or f"user {self._account.directories.user}"

    @property
    def admin(self) -> bool:
        """Whether the user is an administrator, who sees everything."""
        return as_map(self.user.get("rights")).get("is_admin") is True

    def letter(self, entity: str, what: str) -> str:
        """Return A, G, M or D for `view`, `edit`, `add` of an entity; "" where it is not known."""
        if self.admin:
            return "A"
        return text(as_map(as_map(self.user.get("rights")).get(entity)).get(what)) or ""

    def sight(self, *entities: str) -> Visibility:
        """Return how much of these entities the user sees."""
        for entity in entities:
            letter = self.letter(entity, "view")
            if letter in _SCOPES:
                return Visibility("partial", f"{self.name} sees only {entity} {_SCOPES[letter]}")
            if letter == "D":
                return Visibility("partial", f"{self.name} may see no {entity}")
            if letter != "A":
                return Visibility()
        return Visibility("full")
