"""People at clients: crm.contact.list; their primary company is the client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector.model import Contact
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.communication import emails, phones
from connector.plugins.bitrix24.links import CONTACT
from connector.plugins.bitrix24.listing import Listing, Rows
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.values import moment, reference, text

CONTACTS = Listing(
    "crm.contact.list",
    ("ID", "LAST_NAME", "NAME", "SECOND_NAME", "POST", "COMPANY_ID", "PHONE", "EMAIL", "DATE_MODIFY"),
    changed="DATE_MODIFY",
)
_NAMES = ("LAST_NAME", "NAME", "SECOND_NAME")


class Contacts:
    """The stream of contact persons."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the contacts and remember their companies for the events that are logged on them."""
        account = self._account
        yield from Reader(account.portal, CONTACTS, account.times, self._learn).read(cursor)

    def parse(self, row: Row) -> Sequence[Contact]:
        """Return the contact; its name is last name, name, second name, as far as they are filled in."""
        numbers, number_flags = phones(row)
        addresses, address_flags = emails(row)
        return (
            Contact(
                ref=self._account.ref(row["ID"]),
                client=reference(row.get("COMPANY_ID")),
                name=" ".join(part for field in _NAMES if (part := text(row.get(field)))),
                position=text(row.get("POST")),
                phones=numbers,
                emails=addresses,
                updated_at=moment(row, "DATE_MODIFY", self._account.zone),
                raw=dict(row),
                flags=(*number_flags, *address_flags),
            ),
        )

    def _learn(self, rows: Rows) -> None:
        self._account.links.learn(CONTACT, rows)
