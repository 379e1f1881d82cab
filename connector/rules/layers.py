"""What a policy says beyond its rule's parameters: whom it concerns, and a table of results by client."""

from __future__ import annotations

from dataclasses import dataclass

from connector.rules.decision_table import DecisionTable
from connector.rules.where.condition import Condition


@dataclass(frozen=True)
class Layers:
    """The second and third layer of a policy; both may be absent."""

    scope: Condition | None = None
    table: DecisionTable | None = None

    def __bool__(self) -> bool:
        return self.scope is not None or self.table is not None

    @property
    def fields(self) -> frozenset[str]:
        """Every field of a client that they name."""
        asked = frozenset(self.table.fields) if self.table else frozenset()
        return asked | (self.scope.fields if self.scope else frozenset())

    @property
    def frames(self) -> frozenset[str]:
        """The store's frames that these fields are made of."""
        asked = self.table.frames if self.table else frozenset()
        return asked | (self.scope.frames() if self.scope else frozenset())

    def said(self) -> str:
        """Return both in words: what changes here changes decisions."""
        return f"{self.scope.text if self.scope else ''}\n{self.table.said() if self.table else ''}"


NOTHING = Layers()
