"""Holds a whole kind of changes when a run, or a day, would make more of them than the firm allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from connector import clock
from connector.changes import AnyChange, ChangeOwner, ClearFlag, WithdrawContact
from connector.model import Client
from connector.store.database import Store
from connector.sync.outcome import Sent

LEAST, SHARE = 20, 0.02
"""So many are always allowed, or this share of the clients if that is more: a firm's usual day stays below,
a rule or a table gone wrong does not."""
DAY = timedelta(hours=24)
RELEASE = "look at the plan, then send it with `connector apply PLAN --beyond-limits`"


@dataclass(frozen=True)
class Brakes:
    """How many clients may get a new owner, or lose a flag or a planned contact, a run and 24 hours.

    None stands for the usual measure; with `released` a person lets everything through this time.
    """

    owner_changes: int | None = None
    removals: int | None = None
    released: bool = False

    def hold(self, changes: Sequence[AnyChange], store: Store) -> list[Sent]:
        """Return those of the changes that are held back, and what comes after them, each with the reason.

        Clients count, not records: one client in two CRMs is one. What takes back an earlier change is never
        held.
        """
        if self.released:
            return []
        notes = dict(self._notes(changes, store))
        held = {change.key: note for change in changes for note in _noted(change, notes)}
        held |= {change.key: held[change.after] for change in changes if change.after in held}
        return [Sent(each, "held", held[each.key], stopped=True) for each in changes if each.key in held]

    def _notes(self, changes: Sequence[AnyChange], store: Store) -> Iterator[tuple[str, str]]:
        for kind, setting in ((OWNERS, self.owner_changes), (REMOVALS, self.removals)):
            now = _clients(changes, kind)
            most = _usual(changes, store) if setting is None else setting
            done = store.changes.done_since(clock.now() - DAY, kind.names) if now else []
            before = _clients((each.change for each in done), kind) - now
            if len(now) + len(before) > most:
                counted = f"{len(now)} clients, after {len(before)} in 24 hours, with a limit of {most}"
                yield kind.setting, f"{kind.said}: {counted} ({kind.setting} in [limits]) — {RELEASE}"


class _Kind(NamedTuple):
    setting: str
    said: str
    types: tuple[type[AnyChange], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(str(each.model_fields["kind"].default) for each in self.types)

    def counts(self, change: AnyChange) -> bool:
        """Tell whether the change is of the kind, moves the client itself, and takes nothing back."""
        return isinstance(change, self.types) and change.undoes is None and change.after is None


OWNERS = _Kind("owner_changes", "new owners", (ChangeOwner,))
REMOVALS = _Kind("removals", "flags and planned contacts taken away", (ClearFlag, WithdrawContact))


def _noted(change: AnyChange, notes: dict[str, str]) -> Iterator[str]:
    yield from (notes[kind.setting] for kind in (OWNERS, REMOVALS) if _stops(kind, change, notes))


def _stops(kind: _Kind, change: AnyChange, notes: dict[str, str]) -> bool:
    return kind.setting in notes and kind.counts(change)


def _clients(changes: Iterable[AnyChange], kind: _Kind) -> set[str]:
    return {change.subject for change in changes if kind.counts(change)}


def _usual(changes: Sequence[AnyChange], store: Store) -> int:
    sources = {change.source for change in changes}
    clients = max((store.entities.count(Client, source) for source in sources), default=0)
    return max(LEAST, int(SHARE * clients))
