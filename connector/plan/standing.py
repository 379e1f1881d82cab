"""Reads from the store what a new plan must know of our earlier changes, and of the clients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from connector.changes import MARKER_PREFIX, CreateTask, PlanContact
from connector.locale import Texts
from connector.model import Ref
from connector.plan.holding import Views, partial_views, stale_view
from connector.plan.kin import ALONE, Kin
from connector.plan.known import Card, Item, Standing
from connector.store.belongings import Belonging
from connector.store.database import Store


def standing(
    store: Store,
    targets: Iterable[Ref],
    keys: Sequence[str],
    moving: Iterable[Ref] = (),
    views: Views | None = None,
    kin: Kin = ALONE,
) -> Standing:
    """Return the states of the keys ever planned, our open items, the targets' cards, what hangs on those
    that get another owner.
    """  # noqa: D205 - one sentence
    return Standing(
        states=store.changes.known(keys),
        done_at=store.changes.done_at(keys),
        open_items=_open_items(store),
        cards=_cards(store, targets),
        belongings=_belongings(store, moving),
        views=views or Views(),
        kin=kin,
    )


def views_of(
    store: Store,
    sources: Mapping[str, bool],
    seen_in: Mapping[int, Sequence[str]],
    as_of: datetime,
    words: Texts,
    unlinked: str = "",
) -> Views:
    """Return how the firm's sources were seen by their last reads.

    `sources` tells of each by name whether the admin accepts a partial view of it; `seen_in` are the sources
    of each client's records, by the client's number; `unlinked` is what `unlinked_view` says.
    """
    reads, standings = store.runs.last_reads(), store.cursors.all()
    accepted = [name for name, is_accepted in sources.items() if is_accepted]
    stale = stale_view(sources, reads, standings, as_of, words)
    return Views(stale, partial_views(reads, accepted), seen_in, unlinked)


def _open_items(store: Store) -> dict[Item, str]:
    """Return our items that nobody has finished: pulled and open, or sent and not pulled yet."""
    items: dict[Item, str] = {
        (task.source, task.client, task.assignee, "contact"): task.key.removeprefix(MARKER_PREFIX)
        for task in store.directory.marked_open_tasks()
    }
    for stored in store.open_items():
        change = stored.change
        if isinstance(change, CreateTask | PlanContact):
            items[change.source, change.target, change.assignee, change.purpose] = change.key
    return items


def _cards(store: Store, targets: Iterable[Ref]) -> dict[tuple[str, str], Card]:
    read_at = {place: each.finished_at for place, each in store.cursors.all().items()}
    return {
        (source, card.ref.external_id): Card(
            card.owner, card.status, card.fields, read_at.get((source, card.stream))
        )
        for source, ids in _by_source(targets).items()
        for card in store.directory.cards(source, ids)
    }


def _belongings(store: Store, clients: Iterable[Ref]) -> dict[tuple[str, str], list[Belonging]]:
    return {
        (source, client): found
        for source, ids in _by_source(clients).items()
        for client, found in store.belongings(source, ids)
    }


def _by_source(refs: Iterable[Ref]) -> dict[str, list[str]]:
    by_source: dict[str, list[str]] = {}
    for ref in sorted(set(refs)):
        by_source.setdefault(ref.source, []).append(ref.external_id)
    return by_source
