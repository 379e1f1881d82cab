"""Lists that were worked out before, so that walking their pages costs no walk through all rows each time."""

from __future__ import annotations

MOST = 50


class Remembered:
    """Lists by their question; forgotten when the account changes, and when there are too many."""

    def __init__(self) -> None:
        self._known: dict[str, list[int]] = {}
        self._revision = -1

    def get(self, revision: int, question: str) -> list[int] | None:
        """Return a list, None if it is to be worked out."""
        if self._revision != revision or len(self._known) > MOST:
            self._known.clear()
            self._revision = revision
        return self._known.get(question)

    def keep(self, question: str, numbers: list[int]) -> list[int]:
        """Remember a list."""
        self._known[question] = numbers
        return numbers
