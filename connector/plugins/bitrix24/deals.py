"""Deals and the stages they went through: crm.deal.list and crm.stagehistory.list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from connector.errors import RecordError
from connector.model import Deal, StageChange, StageKind
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.cardfields import MeaningfulField, explained
from connector.plugins.bitrix24.links import COMPANY, CONTACT, DEAL
from connector.plugins.bitrix24.listing import Listing, Rows
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.values import day, kopecks, moment, reference, text, whole

DEALS = Listing(
    "crm.deal.list",
    (
        *("ID", "TITLE", "CATEGORY_ID", "STAGE_ID", "STAGE_SEMANTIC_ID", "OPPORTUNITY", "CURRENCY_ID"),
        *("PROBABILITY", "COMPANY_ID", "CONTACT_ID", "ASSIGNED_BY_ID", "CLOSEDATE", "CLOSED", "MOVED_TIME"),
        *("DATE_CREATE", "DATE_MODIFY"),
    ),
    changed="DATE_MODIFY",
)
HISTORY = Listing(
    "crm.stagehistory.list",
    ("ID", "TYPE_ID", "OWNER_ID", "CREATED_TIME", "CATEGORY_ID", "STAGE_SEMANTIC_ID", "STAGE_ID"),
    changed="CREATED_TIME",
    inside="items",
    fixed={"entityTypeId": 2},
)
_KINDS: dict[str, StageKind] = {"P": "open", "S": "won", "F": "lost"}
_CLIENT = "@client"


class Deals:
    """The stream of deals."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @cached_property
    def reason(self) -> MeaningfulField | None:
        """The field with the reason of a loss, if the settings name one: the portal has none of its own."""
        config = self._account.config
        named = [name for name, target in config.custom_fields.items() if target == "loss_reason"]
        wanted = config.loss_reason or next(iter(named), None)
        return explained(self._account.directories, "deal", wanted, "loss_reason") if wanted else None

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the deals, each with its client under `@client`."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the deals; the names of pipelines and stages are read first."""
        account = self._account
        own = (self.reason.field.code,) if self.reason else ()
        listing = replace(DEALS, select=(*DEALS.select, *own))
        _ = account.directories.statuses, account.directories.pipelines
        return Reader(account.portal, listing, account.times, self._find_clients)

    def parse(self, row: Row) -> Sequence[Deal]:
        """Return the deal. It is closed when it reached its last stage (MOVED_TIME), else on CLOSEDATE.

        An amount of 0 is not known: the portal has no emptier one. The reason of a loss is the configured
        field; where none is, the name of the stage that lost it. RecordError for a deal without a stage.
        """
        stage = text(row.get("STAGE_ID"))
        if stage is None:
            raise RecordError("a deal without a stage", field="STAGE_ID")
        names, zone = self._account.directories, self._account.zone
        kind = _KINDS.get(text(row.get("STAGE_SEMANTIC_ID")) or "P", "open")
        category = text(row.get("CATEGORY_ID")) or "0"
        percent = whole(row, "PROBABILITY")
        ended = moment(row, "MOVED_TIME", zone) or moment(row, "CLOSEDATE", zone)
        return (
            Deal(
                ref=self._account.ref(row["ID"]),
                client=row.get(_CLIENT) or reference(row.get("COMPANY_ID")),
                owner=reference(row.get("ASSIGNED_BY_ID")),
                title=text(row.get("TITLE")) or "",
                pipeline=names.pipelines.get(category, category),
                stage=names.stages.get(stage, stage),
                stage_kind=kind,
                amount=kopecks(row, "OPPORTUNITY") or None,
                currency=text(row.get("CURRENCY_ID")),
                probability=None if percent is None else percent / 100,
                created_at=moment(row, "DATE_CREATE", zone),
                expected_close=day(row, "CLOSEDATE"),
                closed_at=None if kind == "open" else ended,
                loss_reason=self._reason(row, stage) if kind == "lost" else None,
                updated_at=moment(row, "DATE_MODIFY", zone),
                raw=dict(row),
            ),
        )

    def _find_clients(self, rows: Rows) -> None:
        links, sight = self._account.links, self._account.sight
        links.learn(DEAL, rows)
        sight.note(COMPANY, (row.get("COMPANY_ID") for row in rows))
        sight.note(CONTACT, (row.get("CONTACT_ID") for row in rows))
        links.ask(
            (CONTACT, contact)
            for row in rows
            if reference(row.get("COMPANY_ID")) is None and (contact := reference(row.get("CONTACT_ID")))
        )
        for row in rows:
            row[_CLIENT] = links.company((DEAL, str(row["ID"])))

    def _reason(self, row: Row, stage: str) -> str | None:
        if self.reason is None:
            return self._account.directories.stages.get(stage, stage)
        return next(iter(self.reason.read(row)), None)


class StageHistory:
    """The stream of stage entries, which the portal keeps for ever and dates itself."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the entries of all deals."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the entries; the names of the stages are read first."""
        account = self._account
        _ = account.directories.statuses
        return Reader(account.portal, HISTORY, account.times, self._note_deals)

    def _note_deals(self, rows: Rows) -> None:
        self._account.sight.note(DEAL, (row.get("OWNER_ID") for row in rows))

    def parse(self, row: Row) -> Sequence[StageChange]:
        """Return the entry. RecordError where deal, stage or time is missing."""
        deal, stage = reference(row.get("OWNER_ID")), text(row.get("STAGE_ID"))
        entered_at = moment(row, "CREATED_TIME", self._account.zone)
        if deal is None or stage is None or entered_at is None:
            raise RecordError("a stage entry without deal, stage or time", field="OWNER_ID")
        return (
            StageChange(
                ref=self._account.ref(row["ID"]),
                deal=deal,
                stage=self._account.directories.stages.get(stage, stage),
                entered_at=entered_at,
                raw=dict(row),
            ),
        )
