"""Reads from the store what a new plan must know of our earlier changes and of the clients' cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connector.changes import MARKER_PREFIX, CreateTask, PlanContact
from connector.model import Ref
from connector.plan.build import Card, Item, Standing
from connector.store.database import Store


def standing(store: Store, targets: Iterable[Ref], keys: Sequence[str]) -> Standing:
    """Return the states of those keys that were ever planned, our open items, and the targets' cards."""
    return Standing(
        states=store.changes.known(keys), open_items=_open_items(store), cards=_cards(store, targets)
    )


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
    by_source: dict[str, list[str]] = {}
    for target in sorted(set(targets)):
        by_source.setdefault(target.source, []).append(target.external_id)
    return {
        (source, card.ref.external_id): Card(card.owner, card.status, card.fields)
        for source, ids in by_source.items()
        for card in store.directory.cards(source, ids)
    }
