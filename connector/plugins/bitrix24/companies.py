"""Clients: crm.company.list, INN and KPP from the requisites, the portal's own fields by the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from connector import identifiers
from connector.errors import RecordError
from connector.model import Client
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.cardfields import MeaningfulField, meaningful
from connector.plugins.bitrix24.communication import emails, phones
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.requisites import ENTRY, Requisites
from connector.plugins.bitrix24.values import as_map, flag, moment, reference, several, text
from connector.plugins.comparable import checked
from connector.plugins.ownfields import take

COMPANIES = Listing(
    "crm.company.list",
    (
        *("ID", "TITLE", "INDUSTRY", "ASSIGNED_BY_ID", "DATE_CREATE", "DATE_MODIFY", "IS_MY_COMPANY"),
        *("PHONE", "EMAIL", "WEB", "ADDRESS", "ADDRESS_REGION"),
    ),
    changed="DATE_MODIFY",
)
DEAL_TARGETS = frozenset({"loss_reason"})
"""Our fields that stand on the deal's card, not on the company's."""


class Companies:
    """The stream of clients. Own legal entities (IS_MY_COMPANY) are none."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._requisites = Requisites(account.portal, account.times)

    @cached_property
    def fields(self) -> list[MeaningfulField]:
        """The portal's own fields that the settings explain; ConfigError for one that is not there."""
        config = self._account.config
        wanted = {name: target for name, target in config.custom_fields.items() if target not in DEAL_TARGETS}
        wanted |= {code: name for name, code in (config.fields | config.flags).items()}
        return meaningful(self._account.directories, "company", wanted)

    @cached_property
    def listing(self) -> Listing:
        """The list method, asked for the standard fields and for those of the portal that mean something."""
        return replace(COMPANIES, select=(*COMPANIES.select, *(known.field.code for known in self.fields)))

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the companies, each with its requisites under `@requisites`.

        An increment ends with the companies whose requisites changed: that does not touch the company itself.
        """
        page, reader = Page(()), self.reader()
        for page in reader.read(cursor):
            yield page
        if cursor.since:
            for ids in self._requisites.changed_since(cursor.since):
                for rows in reader.again(ids):
                    yield Page(rows, page.position, page.watermark)

    def reader(self) -> Reader:
        """Return what reads the companies with their requisites; the directories are read first."""
        account, ours = self._account, self._requisites
        _ = account.directories.statuses
        return Reader(account.portal, self.listing, account.times, ours.add, lambda: ours.ids)

    def parse(self, row: Row) -> Sequence[Client]:
        """Return the client; nothing for an own legal entity. RecordError for a row without name."""
        if flag(row.get("IS_MY_COMPANY")):
            return ()
        name = text(row.get("TITLE"))
        if name is None:
            raise RecordError("a company without a name", field="TITLE")
        values, flags = self._values(row)
        return (
            Client(
                ref=self._account.ref(row["ID"]),
                name=name,
                owner=reference(row.get("ASSIGNED_BY_ID")),
                created_at=moment(row, "DATE_CREATE", self._account.zone),
                updated_at=moment(row, "DATE_MODIFY", self._account.zone),
                raw=row,
                flags=flags,
                **values,
            ),
        )

    def _values(self, row: Row) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return what communication, requisites, directories and own fields say, and their flags."""
        entry = as_map(row.get(ENTRY))
        values: dict[str, Any] = {
            "industry": self._industry(row),
            "site": next(iter(several(row.get("WEB"))), None),
            "address": text(row.get("ADDRESS")),
            "region": text(row.get("ADDRESS_REGION")),
            "inn": text(entry.get("RQ_INN")),
            "kpp": text(entry.get("RQ_KPP")),
            "custom": {},
        }
        flags = [word for known in self.fields for word in take(known, row, values, self._account.zone)]
        values["phones"], number_flags = phones(row)
        values["emails"], address_flags = emails(row)
        values["inn"], inn_flags = checked(values["inn"], identifiers.inn, "inn")
        values["kpp"], kpp_flags = checked(values["kpp"], identifiers.kpp, "kpp")
        return values, (*flags, *number_flags, *address_flags, *inn_flags, *kpp_flags)

    def _industry(self, row: Row) -> str | None:
        code = text(row.get("INDUSTRY"))
        return self._account.directories.statuses.get("INDUSTRY", {}).get(code, code) if code else None
