"""What telephony says of calls: voximplant.statistic.get, joined by the activity's id."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connector.errors import AccessError, SourceError
from connector.plugins.base import Cursor
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.listing import Listing, Rows, call_shape
from connector.plugins.bitrix24.lists import ShortList, chunks
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.values import reference, text

logger = logging.getLogger(__name__)
ENTRY = "@call"
"""The key under which an activity's row carries its call: `{"successful": bool, "seconds": int}`."""
CALLS = Listing("voximplant.statistic.get", shape=call_shape, changed="CALL_START_DATE")
IDS = 45
"""Activities a command: a call passed on leaves several records, and the page should stay below 50."""
LATE = timedelta(hours=2)
"""How long after it began a call may appear in the statistics, which changes nothing on its activity."""
_ANSWERED = "200"
"""CALL_FAILED_CODE of a call that was answered (vendor page of the method)."""


class Calls:
    """Adds to activities how their call went. Without the right to call statistics nothing is added."""

    def __init__(self) -> None:
        self._allowed = True

    def wanted(self, calls: Rows) -> list[ShortList]:
        """Return the lists of records to read for these activities."""
        ids = [str(row["ID"]) for row in calls] if self._allowed else []
        return [ShortList(CALLS, {"CRM_ACTIVITY_ID": some}) for some in chunks(ids, IDS)]

    def begun_since(self, account: Account, watermark: str) -> Iterator[list[str]]:
        """Yield, page by page, the ids of activities with a call that began up to two hours before."""
        since = (datetime.fromisoformat(watermark) - LATE).isoformat()
        if not self._allowed or not account.times.since(CALLS, since):
            return
        try:
            for page in Reader(account.portal, CALLS, account.times).read(Cursor(since=since)):
                yield [each for row in page.rows if (each := reference(row.get("CRM_ACTIVITY_ID")))]
        except AccessError as error:
            self._give_up(error)

    def add(self, calls: Rows, read: Sequence[ShortList]) -> None:
        """Put the call of each activity under `@call`: successful if any of its records was answered."""
        records: dict[str, list[Mapping[str, Any]]] = {}
        for short in read:
            if short.error is not None:
                self._give_up(short.error)
            for record in short.rows:
                records.setdefault(str(record.get("CRM_ACTIVITY_ID")), []).append(record)
        for row in calls:
            if str(row["ID"]) in records:
                row[ENTRY] = _outcome(records[str(row["ID"])])

    def _give_up(self, error: SourceError) -> None:
        if self._allowed:
            logger.warning("whether calls were answered stays unknown: %s", error)
        self._allowed = False


def _outcome(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    answered = [record for record in records if text(record.get("CALL_FAILED_CODE")) == _ANSWERED]
    seconds = max(int(record.get("CALL_DURATION") or 0) for record in answered or records)
    return {"successful": bool(answered), "seconds": seconds}
