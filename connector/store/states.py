"""The states of a change and the only steps between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from connector.errors import StoreError

State = Literal[
    "planned",
    "approved",
    "queued",
    "held",
    "sending",
    "done",
    "conflict",
    "skipped",
    "contested",
    "failed",
    "unknown",
    "undone",
]


class IllegalMoveError(StoreError):
    """A change cannot go from its state to that one."""


def _to(*states: State) -> frozenset[State]:
    return frozenset(states)


MOVES: Mapping[State, frozenset[State]] = {
    "planned": _to("approved", "queued", "held", "conflict", "skipped", "contested"),
    "approved": _to("planned", "queued", "held", "sending", "conflict", "skipped", "contested"),
    "queued": _to("planned", "approved", "held", "conflict", "skipped", "contested"),
    "held": _to("planned", "approved", "queued", "conflict", "skipped", "contested"),
    "sending": _to("approved", "done", "failed", "unknown", "conflict", "skipped", "contested"),
    "unknown": _to("sending", "done", "failed", "conflict", "skipped"),
    "done": _to("contested", "undone"),
    "conflict": _to("planned"),
    "skipped": _to("planned"),
    "contested": _to("planned", "undone"),
    "failed": _to("planned"),
    "undone": _to(),
}
"""From each state to those that may follow. `sending` goes back to `approved` only when surely nothing was
sent; `undone` is the end, so that what a person took back does not come again. A person settles `contested`:
`planned` lets ours be written once more, `undone` lets the CRM's value stand."""

WAITING = _to("planned", "approved", "queued", "held")
RENEWABLE = WAITING | _to("conflict", "skipped", "failed")
"""A plan may plan these anew: surely nothing of them stands in a CRM. `contested` needs a person first."""
ADOPTABLE = RENEWABLE | _to("sending", "unknown")
"""A marker found in the CRM makes these done."""
