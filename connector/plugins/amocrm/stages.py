"""The stages a lead went through: the first from when it was made, the others from its changes of status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.errors import RecordError
from connector.model import StageChange
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.deals import DEALS
from connector.plugins.amocrm.happenings import of_types
from connector.plugins.amocrm.listing import IDS, Rows
from connector.plugins.amocrm.reading import Reader
from connector.plugins.amocrm.values import as_list, as_map, moment, reference
from connector.plugins.base import Cursor, Page, Row

_ADDED, _MOVED = "lead_added", "lead_status_changed"
STATUS = "@status"
"""The key under which the event of a new lead carries its first status, `{"id", "pipeline_id"}`."""


class StageHistory:
    """The stream of stage entries.

    That a lead was made says nothing of its status: that is what its first change names as the one before,
    or the present one where nothing changed. So changes are remembered while events come, and a pass that was
    interrupted begins anew.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._before: dict[str, tuple[int, dict[str, Any]]] = {}

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the changes, then what was made: by then all changes of each are known."""
        self._before.clear()
        page = Page(())
        for page in self._reader(_MOVED).read(Cursor(cursor.since)):
            self._remember(page.rows)
            yield Page(page.rows, None, page.watermark)
        for page in self._reader(_ADDED).read(Cursor(cursor.since)):
            rows = [dict(row) for row in page.rows]
            self._add_status(rows)
            yield Page(rows, None, page.watermark)

    def parse(self, row: Row) -> Sequence[StageChange]:
        """Return the entry; nothing for an event of another type, or of a lead that is gone.

        RecordError where lead, status or time is missing.
        """
        kind = row.get("type")
        if kind not in {_ADDED, _MOVED} or (kind == _ADDED and row.get(STATUS) is None):
            return ()
        status = as_map(row.get(STATUS)) if kind == _ADDED else _status(row, "value_after")
        deal, entered_at = reference(row.get("entity_id")), moment(row, "created_at")
        number = reference(status.get("id"))
        if deal is None or number is None or entered_at is None:
            raise RecordError("a stage entry without lead, status or time", field="value_after")
        return (
            StageChange(
                ref=self._account.ref(row["id"]),
                deal=deal,
                stage=self._account.directories.stage(str(status.get("pipeline_id")), number),
                entered_at=entered_at,
                raw=dict(row),
            ),
        )

    def _reader(self, kind: str) -> Reader:
        return self._account.reader(of_types([kind]))

    def _remember(self, rows: Sequence[Row]) -> None:
        """Keep the earliest change of each lead."""
        for row in rows:
            if row.get("type") == _MOVED:
                lead, at = str(row.get("entity_id")), int(row.get("created_at") or 0)
                if lead not in self._before or at <= self._before[lead][0]:
                    self._before[lead] = at, _status(row, "value_before")

    def _add_status(self, rows: Rows) -> None:
        made = [row for row in rows if row.get("type") == _ADDED]
        unmoved = [lead for row in made if (lead := str(row.get("entity_id"))) not in self._before]
        now = self._now(unmoved)
        for row in made:
            lead = str(row.get("entity_id"))
            row[STATUS] = self._before[lead][1] if lead in self._before else now.get(lead)

    def _now(self, leads: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the present status of leads that never changed it; a lead that is gone is left out."""
        reader = self._account.reader(DEALS)
        pieces = [leads[start : start + IDS] for start in range(0, len(leads), IDS)]
        rows = [row for some in pieces for row in reader.named(some)]
        return {
            str(row.get("id")): {"id": row.get("status_id"), "pipeline_id": row.get("pipeline_id")}
            for row in rows
        }


def _status(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return next((as_map(as_map(item).get("lead_status")) for item in as_list(row.get(name))), {})
