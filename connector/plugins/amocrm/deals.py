"""Deals: /leads, with the names of pipelines, statuses and refusal reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property

from connector.errors import RecordError
from connector.model import Deal, StageKind
from connector.plugins.amocrm import links
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.cardfields import MeaningfulField, meaningful
from connector.plugins.amocrm.companies import DEAL_TARGETS
from connector.plugins.amocrm.directories import LOST, WON
from connector.plugins.amocrm.listing import Listing, Rows
from connector.plugins.amocrm.reading import Reader
from connector.plugins.amocrm.values import embedded, kopecks, moment, number, reference, text
from connector.plugins.base import Cursor, Page, Row

DEALS = Listing(
    "leads",
    "leads",
    parameters={"with": "contacts,loss_reason"},
    shifted_by=("lead_deleted", "entity_merged"),
    leaving="lead_deleted",
)
_KINDS: dict[str, StageKind] = {WON: "won", LOST: "lost"}
CLIENT = "@client"
"""The key under which a row carries the id of its client's company."""


class Deals:
    """The stream of deals."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @cached_property
    def fields(self) -> dict[str, MeaningfulField]:
        """The lead's own fields that the settings explain, by our names."""
        account, named = self._account, self._account.config.custom_fields
        wanted = {name: target for name, target in named.items() if target in DEAL_TARGETS}
        found = meaningful(account.directories, "leads", wanted, account.zone)
        return {known.target: known for known in found}

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the leads, each with its client under `@client`."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the leads; the names of pipelines, statuses and reasons are read first."""
        names = self._account.directories
        _ = names.statuses, names.pipelines, names.reasons, self.fields
        return self._account.reader(DEALS, self._find_clients)

    def parse(self, row: Row) -> Sequence[Deal]:
        """Return the deal.

        A price of 0 is not known: an account has no emptier one. A reason that was deleted keeps the name
        that the lead still shows. RecordError for a lead without a status.
        """
        status, pipeline = reference(row.get("status_id")), reference(row.get("pipeline_id")) or ""
        if status is None:
            raise RecordError("a lead without a status", field="status_id")
        names, kind = self._account.directories, _KINDS.get(status, "open")
        exact = "price_with_minor_units" if row.get("price_with_minor_units") is not None else "price"
        return (
            Deal(
                ref=self._account.ref(row["id"]),
                client=row.get(CLIENT),
                owner=reference(row.get("responsible_user_id")),
                title=text(row.get("name")) or "",
                pipeline=names.pipelines.get(pipeline, pipeline or None),
                stage=names.stage(pipeline, status),
                stage_kind=kind,
                amount=kopecks(row, exact) or None,
                currency=text(names.account.get("currency")),
                probability=self._probability(row),
                created_at=moment(row, "created_at"),
                expected_close=self._expected(row),
                closed_at=moment(row, "closed_at") if kind != "open" else None,
                loss_reason=self._reason(row) if kind == "lost" else None,
                updated_at=moment(row, "updated_at"),
                raw=dict(row),
            ),
        )

    def _find_clients(self, rows: Rows) -> None:
        account = self._account
        account.links.learn(links.LEADS, rows)
        cards = [(links.LEADS, str(row.get("id"))) for row in rows]
        account.links.ask(cards)
        for row, card in zip(rows, cards, strict=True):
            row[CLIENT] = account.links.company(card)

    def _probability(self, row: Row) -> float | None:
        known = self.fields.get("probability")
        word = next(iter(known.read(row)), None) if known else None
        percent = number({"probability": word}, "probability")
        return None if percent is None else float(percent) / 100

    def _expected(self, row: Row) -> date | None:
        known = self.fields.get("expected_close")
        word = next(iter(known.read(row)), None) if known else None
        return None if word is None else date.fromisoformat(word[:10])

    def _reason(self, row: Row) -> str | None:
        """Return the name of the reason: by the settings' own field, the lead, the directory; else its id."""
        known = self.fields.get("loss_reason")
        if known is not None:
            return next(iter(known.read(row)), None)
        shown = next((text(one.get("name")) for one in embedded(row, "loss_reason")), None)
        reason = reference(row.get("loss_reason_id"))
        return shown or (self._account.directories.reasons.get(reason, reason) if reason else None)
