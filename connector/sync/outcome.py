"""What became of changes that were to be sent: one outcome each, counted, and narrowed to what needs eyes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connector.changes import AnyChange


@dataclass(frozen=True)
class Sent:
    """What became of one change: its state now, why, and the id of the record that was written.

    `stopped` marks one that its source's turn never reached; all of them carry the same note.
    """

    change: AnyChange
    state: str
    note: str = ""
    external_id: str | None = None
    stopped: bool = False


Watch = Callable[[Sent], None]
"""Told of each outcome as it comes."""


def unwatched(sent: Sent) -> None:
    """Watch nothing."""


def summary(sent: Sequence[Sent]) -> dict[str, int]:
    """Count the outcomes by state, in the order of the state's name."""
    counts: dict[str, int] = {}
    for each in sent:
        counts[each.state] = counts.get(each.state, 0) + 1
    return dict(sorted(counts.items()))


def problems(sent: Sequence[Sent]) -> list[Sent]:
    """Return what a person should look at: everything neither done nor skipped, a stopped source once."""
    found: dict[tuple[str, str], Sent] = {}
    for each in sent:
        if each.state not in ("done", "skipped"):
            place = (each.change.source, each.note) if each.stopped else (each.change.key, each.state)
            found.setdefault(place, each)
    return list(found.values())
