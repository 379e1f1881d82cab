"""Finds what should have gone along with an owner change when a run ended between the two."""

from __future__ import annotations

from connector.store.change_rows import StoredChange
from connector.store.database import Store
from connector.sync.look import LED


def left_behind(store: Store, source: str) -> list[StoredChange]:
    """Return the approved changes of the source whose owner change stands, oldest first.

    No later plan asks for them: the client has its new owner, so that the rule is content.
    """
    waiting = [each for each in store.changes.by_state("approved") if each.change.after]
    mine = [each for each in waiting if each.change.source == source]
    leaders = store.changes.known([each.change.after for each in mine if each.change.after])
    return [each for each in mine if leaders.get(each.change.after or "") in LED]
