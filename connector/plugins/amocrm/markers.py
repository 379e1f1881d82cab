"""Finds what we wrote by its marks: in the text of tasks and of notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.changes import AddNote, Change, CreateTask, PlanContact
from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.listing import IDS, Listing
from connector.plugins.amocrm.paging import walk
from connector.plugins.amocrm.tasks import TWIN, mark_of
from connector.plugins.amocrm.values import as_map

_NOTES = Listing("companies/notes", "notes")
_TASKS = Listing("tasks", "tasks")


class Markers:
    """Looks marks up among all tasks, done ones too, and notes of the clients. Of two the older is ours."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, changes: Sequence[Change]) -> dict[str, str]:
        """Return change key -> id for those of the changes that stand in the account already."""
        notes = [change for change in changes if isinstance(change, AddNote)]
        found: dict[str, str] = {}
        for change, row in [*self.tasks(changes), *self._notes(notes)]:
            before = found.get(change.key)
            found[change.key] = str(min(int(before or row["id"]), int(row["id"])))
        return found

    def tasks(self, given: Sequence[Change], **filters: Any) -> Iterator[tuple[Change, Mapping[str, Any]]]:
        """Yield the changes that make tasks with each task of their mark, but no twin that was taken back."""
        changes = [change for change in given if isinstance(change, CreateTask | PlanContact)]
        deals = {change.key: change.deal for change in changes if isinstance(change, CreateTask)}
        places = [
            ("leads", str(deals[change.key])) if deals.get(change.key) else ("companies", change.target)
            for change in changes
        ]
        for kind in ("companies", "leads"):
            ids = sorted({number for of, number in places if of == kind})
            for some in (ids[start : start + IDS] for start in range(0, len(ids), IDS)):
                rows = _TASKS.filtered(entity_type=kind, entity_id=some, **filters)
                found = self._marked(rows, changes, lambda row: row.get("text"))
                yield from ((change, row) for change, row in found if TWIN not in mark_of(row)[1])

    def _notes(self, changes: Sequence[Change]) -> Iterator[tuple[Change, Mapping[str, Any]]]:
        ids = sorted({change.target for change in changes})
        for some in (ids[start : start + IDS] for start in range(0, len(ids), IDS)):
            rows = _NOTES.filtered(entity_id=some, note_type=["common"])
            yield from self._marked(rows, changes, lambda row: as_map(row.get("params")).get("text"))

    def _marked(
        self, listing: Listing, changes: Sequence[Change], text: Any
    ) -> Iterator[tuple[Change, Mapping[str, Any]]]:
        """Yield the changes whose mark a row carries, with the row; whatever a filter lets through."""
        for page in walk(self._api, listing):
            for row in page.rows:
                said = str(text(row) or "")
                yield from ((change, row) for change in changes if change.marker in said)
