"""What a policy says beyond its rule's parameters: whom it concerns, who may receive, a table of results."""

from __future__ import annotations

from dataclasses import dataclass

from connector.rules.decision_table import DecisionTable
from connector.rules.where.condition import Condition


@dataclass(frozen=True)
class Layers:
    """The second and third layer of a policy; all may be absent. `receiver` is a condition on employees."""

    scope: Condition | None = None
    table: DecisionTable | None = None
    receiver: Condition | None = None

    def __bool__(self) -> bool:
        return any(each is not None for each in (self.scope, self.table, self.receiver))

    @property
    def fields(self) -> frozenset[str]:
        """Every field of a client that condition and table name."""
        asked = frozenset(self.table.fields) if self.table else frozenset()
        return asked | (self.scope.fields if self.scope else frozenset())

    @property
    def frames(self) -> frozenset[str]:
        """The store's frames that these fields are made of."""
        asked = self.table.frames if self.table else frozenset()
        return asked | (self.scope.frames() if self.scope else frozenset())

    def said(self) -> str:
        """Return all in words: what changes here changes decisions."""
        said = [self.scope.text if self.scope else "", self.table.said() if self.table else ""]
        return "\n".join([*said, self.receiver.text] if self.receiver else said)


NOTHING = Layers()
