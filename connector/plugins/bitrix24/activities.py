"""Contact events: crm.activity.list, rolled up to the client, with the outcome of calls."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from connector.changes import MARKER_PREFIX
from connector.errors import AccessError, RefusedError
from connector.flagwords import COMPLETED_BY_US
from connector.model import Event, EventKind
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.calls import ENTRY, Calls
from connector.plugins.bitrix24.clients import CLIENT, Clients
from connector.plugins.bitrix24.links import DEAL, LEAD, lead_id
from connector.plugins.bitrix24.listing import PAGE, Listing, Rows
from connector.plugins.bitrix24.lists import ShortList, chunks, read_to_end
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.values import flag, moment, reference, text

logger = logging.getLogger(__name__)
ORIGINATOR = "crm-policy-connector"
"""What stands in ORIGINATOR_ID of activities that we planned."""
ACTIVITIES = Listing(
    "crm.activity.list",
    (
        *(
            "ID",
            "OWNER_ID",
            "OWNER_TYPE_ID",
            "TYPE_ID",
            "PROVIDER_ID",
            "PROVIDER_TYPE_ID",
            "SUBJECT",
            "CREATED",
        ),
        *("LAST_UPDATED", "START_TIME", "END_TIME", "DEADLINE", "COMPLETED", "STATUS", "RESPONSIBLE_ID"),
        *("EDITOR_ID", "DIRECTION", "ORIGINATOR_ID", "ORIGIN_ID"),
    ),
    changed="LAST_UPDATED",
)
_BY_TYPE: dict[str, EventKind] = {"1": "meeting", "2": "call", "3": "task", "4": "email"}
_BY_PROVIDER: dict[str, EventKind] = {
    "VOXIMPLANT_CALL": "call",
    "CALL": "call",
    "CRM_CALL": "call",
    "CRM_MEETING": "meeting",
    "CRM_EMAIL": "email",
    "CRM_TODO": "task",
    "CRM_TASKS_TASK": "task",
    "TASKS": "task",
    "IMOPENLINES_SESSION": "message",
    "CRM_SMS": "message",
    "CRM_WHATSAPP": "message",
    "REST_APP": "other",
    "CONFIGURABLE_REST_APP": "other",
}
_DIRECTIONS: dict[str, Literal["in", "out"]] = {"1": "in", "2": "out"}
_TEXTS = Listing(ACTIVITIES.method, ("ID", "DESCRIPTION"))
RESULT = "@result"
"""The key under which the row of a call or meeting carries its text; that of letters is never asked for."""
WINDOWS = 40
"""Windows of a block: what else is asked of its events then fits one more batch."""
_HELD = frozenset({"call", "meeting"})


class Activities:
    """The stream of events. One whose client cannot be found is kept without a client."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._clients = Clients(account.portal, account.links)
        self._calls = Calls()
        self._unknown: set[str] = set()

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the activities, each with `@client` and, for a call that telephony knows, `@call`.

        An increment ends with the calls of the last hours: telephony tells of them later.
        """
        met: set[str] = set()
        page, reader = Page(()), self.reader()
        for page in reader.read(cursor):
            met |= {str(row["ID"]) for row in page.rows} if cursor.since else set()
            yield page
        if cursor.since:
            for ids in self._calls.begun_since(self._account, cursor.since):
                for rows in reader.again(sorted(set(ids) - met)):
                    yield Page(rows, page.position, page.watermark)

    def reader(self) -> Reader:
        """Return what reads the activities."""
        account = self._account
        return Reader(account.portal, ACTIVITIES, account.times, self._enrich, lambda: WINDOWS)

    def parse(self, row: Row) -> Sequence[Event]:
        """Return the event.

        It was held at END_TIME, but no later than it was last touched (LAST_UPDATED). What we planned and a
        person completed was held when it was completed, by who did so (EDITOR_ID). Planned for START_TIME,
        else DEADLINE.
        """
        zone = self._account.zone
        completed = flag(row.get("COMPLETED")) is True
        touched = moment(row, "LAST_UPDATED", zone)
        key = _key(row)
        call = row.get(ENTRY) or {}
        return (
            Event(
                ref=self._account.ref(row["ID"]),
                client=row.get(CLIENT),
                employee=reference(row.get("EDITOR_ID" if key and completed else "RESPONSIBLE_ID")),
                kind=self._kind(row),
                direction=_DIRECTIONS.get(str(row.get("DIRECTION"))),
                status="completed" if completed else "planned",
                planned_at=moment(row, "START_TIME", zone) or moment(row, "DEADLINE", zone),
                completed_at=self._held_at(row, key, touched) if completed else None,
                logged_at=moment(row, "CREATED", zone),
                duration_s=call.get("seconds"),
                successful=call.get("successful"),
                subject=text(row.get("SUBJECT")),
                result=text(row.get(RESULT)),
                deal=_deal(row),
                key=key,
                flags=(COMPLETED_BY_US,)
                if key and completed and str(row.get("EDITOR_ID")) == self._account.config.user
                else (),
                updated_at=touched,
                raw=row,
            ),
        )

    def _kind(self, row: Row) -> EventKind:
        provider = str(row.get("PROVIDER_ID") or "")
        kinds: Mapping[str, EventKind] = self._account.config.event_kinds
        kind = kinds.get(provider) or _BY_TYPE.get(str(row.get("TYPE_ID"))) or _BY_PROVIDER.get(provider)
        if kind is None and provider not in self._unknown:
            self._unknown.add(provider)
            logger.warning('activities of provider %r count as "other"; event_kinds can say more', provider)
        return kind or "other"

    def _held_at(self, row: Row, key: str | None, touched: datetime | None) -> datetime | None:
        zone = self._account.zone
        ended = moment(row, "END_TIME", zone) or moment(row, "START_TIME", zone) or touched
        if touched is None or ended is None:
            return ended
        return touched if key else min(ended, touched)

    def _enrich(self, rows: Rows) -> None:
        """Add to each row its client, and to what was held its call and its result, in one go."""
        self._note_owners(rows)
        self._clients.add(rows)
        kinds = [(row, self._kind(row)) for row in rows if flag(row.get("COMPLETED"))]
        held = [row for row, kind in kinds if kind in _HELD]
        calls = [row for row, kind in kinds if kind == "call"]
        records = self._calls.wanted(calls)
        ids = [str(row["ID"]) for row in held] if self._account.config.read_results else []
        texts = [ShortList(_TEXTS, {"@ID": some}) for some in chunks(ids, PAGE - 1)]
        read_to_end(self._account.portal, [*records, *texts], tolerate=(AccessError, RefusedError))
        self._calls.add(calls, records)
        results = {str(row["ID"]): row.get("DESCRIPTION") for short in texts for row in short.rows}
        for row in held:
            row[RESULT] = results.get(str(row["ID"]))

    def _note_owners(self, rows: Rows) -> None:
        owners: dict[str, list[object]] = {}
        for row in rows:
            owners.setdefault(str(row.get("OWNER_TYPE_ID")), []).append(row.get("OWNER_ID"))
        for kind, ids in owners.items():
            self._account.sight.note(kind, ids)


def _deal(row: Mapping[str, Any]) -> str | None:
    """Return the deal, or the lead among our deals, that owns the activity."""
    owner = reference(row.get("OWNER_ID"))
    if str(row.get("OWNER_TYPE_ID")) == LEAD and owner:
        return lead_id(owner)
    return owner if str(row.get("OWNER_TYPE_ID")) == DEAL else None


def _key(row: Mapping[str, Any]) -> str | None:
    """Return the key of a change of ours from the marker that it left, None for anybody else's activity."""
    origin = text(row.get("ORIGIN_ID")) or ""
    ours = text(row.get("ORIGINATOR_ID")) == ORIGINATOR and origin.startswith(MARKER_PREFIX)
    return origin.removeprefix(MARKER_PREFIX) if ours else None
