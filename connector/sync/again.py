"""Tries rows in quarantine again: what can be read by now leaves it and becomes records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from connector.model import Ownership
from connector.plugins.base import Source, Stream
from connector.store.database import Store
from connector.store.quarantine import Quarantined
from connector.sync.parsing import parse_rows


@dataclass(frozen=True)
class TriedAgain:
    """What became of a stream's rows in quarantine, in rows."""

    source: str
    stream: str
    tried: int
    healed: int

    @property
    def left(self) -> int:
        """How many still cannot be read."""
        return self.tried - self.healed


def try_again(source: Source[Any], store: Store, *, zone: ZoneInfo) -> list[TriedAgain]:
    """Parse the source's rows in quarantine once more and store those that can be read; asks for no row anew.

    A stored record that is newer than the row stays. `zone` is the company's, for the days of owners. Raises
    SourceError when the plugin needs the vendor to read a row (a directory of stages) and cannot reach it.
    """
    owners_in = None if any(stream.entity is Ownership for stream in source.streams()) else zone
    name = source.context.name
    outcomes = []
    for stream in source.streams():
        waiting = store.quarantine.rows(name, stream.name)
        if waiting:
            outcomes.append(_try_stream(stream, waiting, store, name, owners_in))
    return outcomes


def _try_stream(
    stream: Stream, waiting: Sequence[Quarantined], store: Store, source: str, owners_in: ZoneInfo | None
) -> TriedAgain:
    entities, rejected = parse_rows(stream, [one.raw for one in waiting])
    bad = {one.external_id for one in rejected}
    parsed = [one.external_id for one in waiting if stream.row_id(one.raw) not in bad]
    store.entities.save_page(
        source, stream.name, entities, rejected, None, owners_in=owners_in, parsed=parsed
    )
    left = store.quarantine.count(source, stream.name)
    return TriedAgain(source, stream.name, tried=len(waiting), healed=len(waiting) - left)
