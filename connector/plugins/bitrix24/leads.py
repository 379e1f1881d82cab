"""Leads: crm.lead.list, kept as deals of a pipeline of their own: the model has no other place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector.errors import RecordError
from connector.model import Deal, StageKind
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.clients import CLIENT
from connector.plugins.bitrix24.links import COMPANY, CONTACT, LEAD, lead_id
from connector.plugins.bitrix24.listing import Listing, Rows
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.values import kopecks, moment, reference, text

LEADS = Listing(
    "crm.lead.list",
    (
        *("ID", "TITLE", "STATUS_ID", "STATUS_SEMANTIC_ID", "OPPORTUNITY", "CURRENCY_ID", "SOURCE_ID"),
        *(
            "COMPANY_ID",
            "CONTACT_ID",
            "ASSIGNED_BY_ID",
            "DATE_CREATE",
            "DATE_MODIFY",
            "DATE_CLOSED",
            "MOVED_TIME",
        ),
    ),
    changed="DATE_MODIFY",
)
PIPELINE = "Лиды"
"""The pipeline under which leads stand, as the portal's own menu calls them."""
_KINDS: dict[str, StageKind] = {"P": "open", "S": "won", "F": "lost"}


class Leads:
    """The stream of leads; a lead that belongs to no company yet has no client."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the leads, each with its client under `@client`."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the leads; the names of their statuses are read first."""
        account = self._account
        _ = account.directories.statuses
        return Reader(account.portal, LEADS, account.times, self._find_clients)

    def parse(self, row: Row) -> Sequence[Deal]:
        """Return the lead as a deal with the id `L_n`, as the portal's own links spell it.

        A converted one is won and has no amount: the deal that came of it has. One of no use is lost, its
        status the reason. RecordError for a lead without a status.
        """
        status = text(row.get("STATUS_ID"))
        if status is None:
            raise RecordError("a lead without a status", field="STATUS_ID")
        zone = self._account.zone
        kind = _KINDS.get(text(row.get("STATUS_SEMANTIC_ID")) or "P", "open")
        stage = self._account.directories.statuses.get("STATUS", {}).get(status, status)
        ended = moment(row, "DATE_CLOSED", zone) or moment(row, "MOVED_TIME", zone)
        return (
            Deal(
                ref=self._account.ref(row["ID"] and lead_id(row["ID"])),
                client=row.get(CLIENT) or reference(row.get("COMPANY_ID")),
                owner=reference(row.get("ASSIGNED_BY_ID")),
                title=text(row.get("TITLE")) or "",
                pipeline=PIPELINE,
                stage=stage,
                stage_kind=kind,
                amount=None if kind == "won" else kopecks(row, "OPPORTUNITY") or None,
                currency=text(row.get("CURRENCY_ID")),
                created_at=moment(row, "DATE_CREATE", zone),
                closed_at=None if kind == "open" else ended,
                loss_reason=stage if kind == "lost" else None,
                updated_at=moment(row, "DATE_MODIFY", zone),
                raw=dict(row),
            ),
        )

    def _find_clients(self, rows: Rows) -> None:
        account = self._account
        account.links.learn(LEAD, rows)
        account.links.ask(
            (CONTACT, str(row["CONTACT_ID"])) for row in rows if reference(row.get("CONTACT_ID"))
        )
        account.sight.note(COMPANY, (row.get("COMPANY_ID") for row in rows))
        for row in rows:
            row[CLIENT] = account.links.company((LEAD, str(row["ID"])))
