"""Takes back what two installations sent at the same moment: of two tasks with one mark the older stays."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from connector.changes import Change, PlanContact
from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.drafts import taken_off
from connector.plugins.amocrm.markers import Markers
from connector.plugins.amocrm.tasks import CONTACT, TWIN, VOID

MOST_ITEMS = 50
_WHY = "Поставлено дважды, действует другая задача."
Doubled = tuple[Change, Mapping[str, Any]]
LOG = logging.getLogger("connector.push")


class Twins:
    """Looks at open tasks right after they were made and ticks the younger of each two off.

    An account deletes no tasks: a twin counts for nothing, and no look-up finds it any more. Notes stay.
    """

    def __init__(self, api: Api, markers: Markers) -> None:
        self._api = api
        self._markers = markers

    def remove(self, changes: Sequence[Change], written: Mapping[str, str]) -> dict[str, str]:
        """Return change key -> the id that stays; whoever comes second ticks off once more, which is fine."""
        staying = {key: int(number) for key, number in written.items()}
        seen = list(self._markers.tasks(changes, is_completed=0))
        for change, row in seen:
            staying[change.key] = min(staying.get(change.key, int(row["id"])), int(row["id"]))
        younger = [(change, row) for change, row in seen if int(row["id"]) > staying[change.key]]
        self._take_back(younger)
        return {key: str(number) for key, number in staying.items()}

    def _take_back(self, younger: Sequence[Doubled]) -> None:
        for start in range(0, len(younger), MOST_ITEMS):
            some = younger[start : start + MOST_ITEMS]
            items = [{"id": int(row["id"]), **_off(change, row)} for change, row in some]
            self._api.write("PATCH", "tasks", items, {change.needs for change, _ in some})
        if younger:
            LOG.warning("%d tasks were sent by another installation too and taken back", len(younger))


def _off(change: Change, row: Mapping[str, Any]) -> dict[str, Any]:
    words = (CONTACT, VOID, TWIN) if isinstance(change, PlanContact) else (VOID, TWIN)
    return taken_off(str(row["text"]), change.marker, _WHY, *words)
