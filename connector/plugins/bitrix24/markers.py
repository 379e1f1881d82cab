"""Finds what we wrote by its markers: tag and XML_ID of tasks, origin of activities, text of notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connector.changes import MARKER_PREFIX, AddNote, Change, CreateTask, PlanContact
from connector.plugins.bitrix24.activities import ORIGINATOR
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.lists import ShortList, chunks, read_to_end
from connector.plugins.bitrix24.portal import Portal
from connector.plugins.bitrix24.tasks import task_key

_TASKS = Listing("tasks.task.list", ("ID", "TAGS", "XML_ID"), row_key="id", inside="tasks")
_ACTIVITIES = Listing("crm.activity.list", ("ID", "ORIGIN_ID"))
_NOTES = Listing("crm.timeline.comment.list", ("ID", "COMMENT"))
_IDS = 40
"""Markers a command: one activity each, so that the page stays below 50 and proves itself whole."""

Filters = Mapping[str, Any]
Row = Mapping[str, Any]


class Markers:
    """Looks markers up. Where one stands twice, the older record, which has the lower id, is ours."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def find(self, changes: Sequence[Change]) -> dict[str, str]:
        """Return change key -> id for those of the changes that stand in the portal already."""
        return {key: str(min(ids)) for key, ids in self.standing(changes).items()}

    def standing(
        self, changes: Sequence[Change], written: Mapping[str, str] | None = None
    ) -> dict[str, set[int]]:
        """Return change key -> the ids of all records that carry its marker.

        `written` are ids that are known to stand there, by key: a search that does not show them lags behind.
        """
        tasks = [change for change in changes if isinstance(change, CreateTask)]
        contacts = [change.marker for change in changes if isinstance(change, PlanContact)]
        notes = [change for change in changes if isinstance(change, AddNote)]
        found = self._tasks(tasks, written or {})
        origins = [{"ORIGINATOR_ID": ORIGINATOR, "@ORIGIN_ID": some} for some in chunks(contacts, _IDS)]
        found |= self._found(_ACTIVITIES, origins, contacts, lambda row: [str(row.get("ORIGIN_ID"))])
        cards = [{"ENTITY_ID": note.target, "ENTITY_TYPE": "company"} for note in notes]
        markers = [note.marker for note in notes]
        found |= self._found(_NOTES, cards, markers, lambda row: _mentioned(row, markers))
        return {change.key: found[change.marker] for change in changes if change.marker in found}

    def _tasks(self, tasks: Sequence[CreateTask], written: Mapping[str, str]) -> dict[str, set[int]]:
        """Look for the tag first; then, as people can remove tags, for XML_ID among the client's tasks."""
        markers = [task.marker for task in tasks]
        found = self._found(_TASKS, [{"TAG": marker} for marker in markers], markers, _task_marks)
        unseen = [task for task in tasks if not _shows(found.get(task.marker), written.get(task.key))]
        clients = sorted({task.target for task in unseen})
        cards = [{"UF_CRM_TASK": f"CO_{client}"} for client in clients]
        on_cards = self._found(_TASKS, cards, markers, _task_marks)
        return {mark: found.get(mark, set()) | on_cards.get(mark, set()) for mark in {**found, **on_cards}}

    def _found(
        self,
        listing: Listing,
        filters: Iterable[Filters],
        markers: Iterable[str],
        marks: Callable[[Row], Sequence[str]],
    ) -> dict[str, set[int]]:
        """Read every list to its end and return marker -> the ids of the rows that carry it."""
        wanted = set(markers)
        found: dict[str, set[int]] = {}
        lists = [ShortList(listing, filter_) for filter_ in filters]
        read_to_end(self._portal, lists)
        for row in (row for short in lists for row in short.rows):
            for mark in wanted.intersection(marks(row)):
                found.setdefault(mark, set()).add(listing.row_id(row))
        return found


def _shows(ids: set[int] | None, written: str | None) -> bool:
    """Tell whether a search found the record that is known, or any where none is."""
    return bool(ids) and (written is None or int(written) in (ids or ()))


def _task_marks(row: Row) -> Sequence[str]:
    key = task_key(row)
    return [MARKER_PREFIX + key] if key else []


def _mentioned(row: Row, markers: Sequence[str]) -> Sequence[str]:
    comment = str(row.get("COMMENT"))
    return [marker for marker in markers if marker in comment]
