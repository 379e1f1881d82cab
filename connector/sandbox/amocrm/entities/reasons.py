"""Reasons of losses: made from the words of the lost deals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

SORT_STEP = 1000


class Reasons:
    """The reasons by number; a deleted one is off the list, while leads keep it."""

    def __init__(self, account: Account) -> None:
        self._account = account
        words = (row["loss_reason"] for row in account.truth.all("deals"))
        self._numbers = {name: place for place, name in enumerate(dict.fromkeys(filter(None, words)), 1)}

    def number(self, name: str) -> int:
        """Return the number of a reason, the next one if it is new."""
        return self._numbers.setdefault(name, len(self._numbers) + 1)

    def name(self, number: int) -> str | None:
        """Return the name of a reason, None if there was never one of that number."""
        return next((name for name, one in self._numbers.items() if one == number), None)

    def listed(self) -> list[int]:
        """Return the numbers of the reasons that are not deleted."""
        deleted = self._account.faults.number("deleted_reason")
        return [number for number in self._numbers.values() if number != deleted]

    def shown(self, number: int, base: str) -> dict[str, Any]:
        """Show a reason."""
        made = self._account.started
        return {
            "id": number,
            "name": self.name(number),
            "sort": number * SORT_STEP,
            "created_at": made,
            "updated_at": made,
            "_links": {"self": {"href": f"{base}/leads/loss_reasons/{number}"}},
        }
