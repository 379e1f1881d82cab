"""Takes back what two installations sent at the same moment: of two with one marker the older stays."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from connector.changes import AddNote, Change, CreateTask, PlanContact
from connector.plugins.bitrix24.markers import Markers
from connector.plugins.bitrix24.portal import MOST_COMMANDS, Command, Portal

_DELETE: dict[type[Change], tuple[str, str]] = {
    CreateTask: ("tasks.task.delete", "taskId"),
    PlanContact: ("crm.activity.delete", "id"),
    AddNote: ("crm.timeline.comment.delete", "id"),
}
"""The method that deletes a record of the kind, and its name for the id (apidocs.bitrix24.com, 2025-09)."""
LOG = logging.getLogger("connector.push")


class Twins:
    """Looks at records right after they were made and deletes the younger of each two."""

    def __init__(self, portal: Portal, markers: Markers) -> None:
        self._portal = portal
        self._markers = markers

    def remove(self, changes: Sequence[Change], written: Mapping[str, str]) -> dict[str, str]:
        """Return change key -> the id that stays; whoever comes second finds the twin gone, which is fine."""
        standing = self._markers.standing(changes, written)
        younger = [
            Command(method, {name: each})
            for change in changes
            for method, name in [_DELETE[type(change)]]
            for each in sorted(standing.get(change.key, ()))[1:]
        ]
        for start in range(0, len(younger), MOST_COMMANDS):
            self._portal.write_each(younger[start : start + MOST_COMMANDS])
        if younger:
            LOG.warning("%d records were sent by another installation too and taken back", len(younger))
        return {key: str(min(ids)) for key, ids in standing.items()}
