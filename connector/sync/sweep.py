"""Finds what was deleted at the vendor: what a sweep of ids does not show and the vendor says is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector import clock
from connector.model import Entity
from connector.plugins.base import Stream
from connector.store.database import Store
from connector.store.removals import Absent

MISSING_BORNE = 20
SHARE_BORNE = 0.02
"""With at least so many records missing, and more than that share, nothing is deleted: a right was lost or a
filter failed, far more likely than that people deleted so much."""


@dataclass(frozen=True)
class Swept:
    """How many records were marked deleted; `held` says why none was, where the brake held."""

    deleted: int = 0
    held: str = ""


def is_due(last: datetime | None, every_hours: float) -> bool:
    """Whether it is time to look for deletions in a pass that reads changes only."""
    return last is None or clock.now() - last >= timedelta(hours=every_hours)


def sweep(stream: Stream, store: Store, source: str, *, full: bool, accept: bool) -> Swept:
    """Mark deleted what the vendor has no more; belongs between the last page of a pass and its end.

    A `full` pass has noted what it saw; any other lists all ids. Where the stream can ask for single records,
    each suspect is asked for, and one that is only hidden from us stays; where it cannot, a record is deleted
    once two passes did not see it. `accept` lifts the brake. Raises what the vendor's answers raise.
    """
    if not full and stream.ids is not None:
        for ids in stream.ids():
            for entity in stream.kinds:
                store.removals.note(source, stream.name, entity, ids)
    swept = [_of_kind(stream, entity, store, source, accept=accept) for entity in stream.kinds]
    return Swept(sum(each.deleted for each in swept), next((each.held for each in swept if each.held), ""))


def delete_told(stream: Stream, store: Store, source: str, ids: Iterable[str]) -> int:
    """Mark deleted what the vendor told of as deleted and, asked again, does not have; return how many."""
    told = sorted(ids)
    gone = sorted(stream.gone(told)) if told and stream.gone is not None else told
    return sum(store.removals.delete(source, entity, gone) for entity in stream.kinds)


def _of_kind(stream: Stream, entity: type[Entity], store: Store, source: str, *, accept: bool) -> Swept:
    absent = store.removals.absent(source, stream.name, entity)
    if _too_many(absent) and not accept:
        store.removals.sweep(source, stream.name, entity, delete=False)
        return Swept(held=_held_line(absent))
    if stream.gone is None:
        return Swept(store.removals.sweep(source, stream.name, entity, delete=True))
    suspects = store.removals.missing(source, stream.name, entity)
    gone = sorted(stream.gone(suspects)) if suspects else []
    deleted = store.removals.delete(source, entity, gone)
    store.removals.sweep(source, stream.name, entity, delete=False)
    return Swept(deleted)


def _too_many(absent: Absent) -> bool:
    return absent.missing >= MISSING_BORNE and absent.missing > SHARE_BORNE * absent.live


def _held_line(absent: Absent) -> str:
    return (
        f"{absent.missing} of {absent.live} records cannot be seen any more, none was deleted — if people"
        " deleted them, run `connector pull --accept-missing`, else give the account its right back"
    )
