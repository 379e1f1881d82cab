"""Reads single records anew that an increment cannot bring: what became of them left no stamp."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from connector.plugins.base import Row, Stream
from connector.store.database import Store


def rows_anew(
    stream: Stream, store: Store, source: str, *, since: datetime | None, swept: bool
) -> Iterator[Sequence[Row]]:
    """Yield the rows of records in doubt, in pieces; belongs between the pages of a pass and its end.

    Always those that name a client or a deal found deleted since then. Where a sweep of ids has just been
    made, those also that it saw and the store lacks, and the rows in quarantine; of these, what does not come
    any more leaves it. Nothing where the stream cannot read single records. Raises what the vendor's answers
    raise.
    """
    if stream.again is None:
        return
    doubtful = {
        each for kind in stream.kinds for each in store.doubts.orphans(source, stream.name, kind, since)
    }
    waiting: set[str] = set()
    if swept and stream.ids is not None:
        waiting = set(store.quarantine.ids(source, stream.name))
        lacking = [set(store.doubts.strangers(source, stream.name, kind)) for kind in stream.kinds]
        doubtful |= waiting | set.intersection(*lacking)
    for rows in stream.again(sorted(doubtful)) if doubtful else ():
        waiting -= {stream.row_id(row) for row in rows}
        yield rows
    let_go(store, source, stream, waiting)


def let_go(store: Store, source: str, stream: Stream, ids: Collection[str]) -> None:
    """Take rows out of quarantine that the vendor does not show any more."""
    if ids:
        store.entities.save_page(source, stream.name, [], [], None, parsed=sorted(ids))
