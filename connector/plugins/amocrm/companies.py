"""Clients: /companies, INN and KPP from the legal entity or a text field, own fields by the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from connector import identifiers
from connector.errors import RecordError
from connector.model import Client
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.cardfields import MeaningfulField, meaningful, of_code, of_type
from connector.plugins.amocrm.flags import has_tag, tag_of, tags
from connector.plugins.amocrm.listing import Listing
from connector.plugins.amocrm.reading import Reader
from connector.plugins.amocrm.values import moment, reference, text
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.comparable import checked, every
from connector.plugins.ownfields import take

COMPANIES = Listing(
    "companies", "companies", shifted_by=("company_deleted", "entity_merged"), leaving="company_deleted"
)
DEAL_TARGETS = frozenset({"probability", "expected_close", "loss_reason"})
"""Our fields that stand on the lead, not on the company."""
_USUAL = {"инн": "inn", "inn": "inn", "кпп": "kpp", "kpp": "kpp"}
"""Names of text fields that need no explanation, where there is no legal entity."""


class Companies:
    """The stream of clients."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @cached_property
    def fields(self) -> list[MeaningfulField]:
        """The fields that the settings explain, ConfigError for one that is not there, and the usual ones."""
        config, account = self._account.config, self._account
        wanted = {name: target for name, target in config.custom_fields.items() if target not in DEAL_TARGETS}
        wanted |= {place: name for name, place in config.flags.items() if tag_of(place) is None}
        wanted |= {place: name for name, place in config.fields.items()}
        found = meaningful(account.directories, "companies", wanted, account.zone)
        targets = {known.target for known in found}
        usual = {
            field.name: _USUAL[field.name.casefold()]
            for field in account.directories.fields("companies")
            if field.name.casefold() in _USUAL and _USUAL[field.name.casefold()] not in targets
        }
        return [*found, *meaningful(account.directories, "companies", usual, account.zone)]

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the companies."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the companies; the names of their fields are read first."""
        _ = self.fields
        return self._account.reader(COMPANIES)

    def parse(self, row: Row) -> Sequence[Client]:
        """Return the client. RecordError for a row without a name."""
        name = text(row.get("name"))
        if name is None:
            raise RecordError("a company without a name", field="name")
        values, flags = self._values(row)
        return (
            Client(
                ref=self._account.ref(row["id"]),
                name=name,
                owner=reference(row.get("responsible_user_id")),
                created_at=moment(row, "created_at"),
                updated_at=moment(row, "updated_at"),
                raw=dict(row),
                flags=flags,
                **values,
            ),
        )

    def _values(self, row: Row) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return what the standard fields, the legal entity, own fields and tags say, and their flags."""
        entity = of_type(row, "legal_entity")
        values: dict[str, Any] = {
            "site": next(iter(of_code(row, "WEB")), None),
            "address": next(iter(of_code(row, "ADDRESS")), None),
            "inn": text(entity.get("vat_id")),
            "kpp": text(entity.get("kpp")),
            "tags": tags(row),
            "custom": {},
        }
        flags = [word for known in self.fields for word in take(known, row, values, self._account.zone)]
        self._take_tags(row, values)
        values["phones"], of_phones = every(of_code(row, "PHONE"), identifiers.phone, "invalid:phones")
        values["emails"], of_emails = every(of_code(row, "EMAIL"), identifiers.email, "invalid:emails")
        values["inn"], of_inn = checked(values["inn"], identifiers.inn, "inn")
        values["kpp"], of_kpp = checked(values["kpp"], identifiers.kpp, "kpp")
        return values, (*flags, *of_phones, *of_emails, *of_inn, *of_kpp)

    def _take_tags(self, row: Row, values: dict[str, Any]) -> None:
        """Put the flags that stand in tags where our fields and changes look for them."""
        for name, place in self._account.config.flags.items():
            tag = tag_of(place)
            if tag is not None and name in Client.model_fields:
                values[name] = has_tag(row, tag)
            elif tag is not None:
                values["custom"][name] = has_tag(row, tag)
