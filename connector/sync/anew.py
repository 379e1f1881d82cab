"""Reads single records anew that an increment cannot bring: what became of them left no stamp."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from connector.plugins.base import Row, Stream
from connector.store.database import Store


def rows_anew(
    stream: Stream, store: Store, source: str, *, since: datetime | None, swept: bool
) -> Iterator[Sequence[Row]]:
    """Yield the rows of records in doubt, in pieces; belongs between the pages of a pass and its end.

    Always those that name a client or a deal found deleted since then. Where a sweep of ids has just been
    made, those also that it saw and the store lacks, and the rows in quarantine. Nothing where the stream
    cannot read single records. Raises what the vendor's answers raise.
    """
    if stream.again is None:
        return
    doubtful = store.doubts.orphans(source, stream.name, stream.entity, since)
    if swept and stream.ids is not None:
        doubtful += store.doubts.strangers(source, stream.name, stream.entity)
        doubtful += store.quarantine.ids(source, stream.name)
    if doubtful:
        yield from stream.again(sorted(set(doubtful)))
