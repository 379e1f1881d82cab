"""Takes over what stands in the CRMs: every open change is looked up, and the doubt about the store ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.errors import ConfigError, SourceError
from connector.plugins.base import Source
from connector.store.change_rows import StoredChange
from connector.store.database import Store
from connector.store.states import WAITING
from connector.sync.compare import CREATES
from connector.sync.doubt import UNSURE
from connector.sync.outcome import Sent
from connector.sync.writer import Writer

STANDS = "it stands in the CRM: adopted by hand"
HOLDS = "the CRM already holds this value"
RELEASED = "released: what stands in the CRM was taken over"


def adopt_all(sources: Mapping[str, Source[Any]], store: Store, by: str) -> list[Sent]:
    """Look up every change that waits or whose fate is open; return those that moved, and what failed.

    A record that stands there is `done`, a value that the card holds `skipped`, or `done` where we had sent
    it. What a doubt held is `planned` again. The doubt ends once every source could be asked; a source that
    could not is one outcome with `stopped`. Nothing is written to any CRM. The lock must be held.
    """
    left = store.changes.by_state(*sorted(WAITING), "sending", "unknown")
    outcome: list[Sent] = []
    for name in sorted({each.change.source for each in left}):
        outcome += _of_source(name, [each for each in left if each.change.source == name], sources, store)
    if not any(each.stopped for each in outcome):
        _end_doubt(store, by)
    return outcome


def _of_source(
    name: str, left: Sequence[StoredChange], sources: Mapping[str, Source[Any]], store: Store
) -> Iterator[Sent]:
    try:
        standing = _standing(name, left, sources, store)
    except (SourceError, ConfigError) as error:
        note = f"{len(left)} changes of {name} could not be looked up: {error}"
        yield Sent(left[0].change, left[0].state, note, stopped=True)
        return
    for each in left:
        yield from _settled(each, standing.get(each.change.key), store)


def _standing(
    name: str, left: Sequence[StoredChange], sources: Mapping[str, Source[Any]], store: Store
) -> Mapping[str, str]:
    if name not in sources:
        raise ConfigError("plugins.toml has no such source any more", hint="name it again")
    return Writer(sources[name], store).standing([each.change for each in left])


def _settled(each: StoredChange, found: str | None, store: Store) -> Iterator[Sent]:
    change = each.change
    if found is not None and (isinstance(change, CREATES) or each.state not in WAITING):
        store.changes.adopt(change.key, found, STANDS)
        yield Sent(change, "done", STANDS, found)
    elif found is not None:
        store.changes.move(change.key, "skipped", note=HOLDS)
        yield Sent(change, "skipped", HOLDS)
    elif each.state == "held" and each.reason.startswith(UNSURE):
        store.changes.move(change.key, "planned", note=RELEASED)
        yield Sent(change, "planned", RELEASED)


def _end_doubt(store: Store, by: str) -> None:
    """End the doubt; without one, note the moment all the same: strangers seen before it are known now."""
    if not store.halts.end("doubt", by):
        store.halts.begin("doubt", "asked by hand", by)
        store.halts.end("doubt", by)
