"""People at clients: /contacts; the company they are tied to is the client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector import identifiers
from connector.model import Contact
from connector.plugins.amocrm import links
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.cardfields import of_code
from connector.plugins.amocrm.listing import Listing, Rows
from connector.plugins.amocrm.reading import Reader
from connector.plugins.amocrm.values import embedded, moment, reference, text
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.comparable import every

CONTACTS = Listing(
    "contacts", "contacts", shifted_by=("contact_deleted", "entity_merged"), leaving="contact_deleted"
)


class Contacts:
    """The stream of contact persons."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the contacts and remember their companies for the events that are logged on them."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the contacts."""
        return self._account.reader(CONTACTS, self._learn)

    def parse(self, row: Row) -> Sequence[Contact]:
        """Return the contact."""
        numbers, of_numbers = every(of_code(row, "PHONE"), identifiers.phone, "invalid:phones")
        addresses, of_addresses = every(of_code(row, "EMAIL"), identifiers.email, "invalid:emails")
        companies = (reference(one.get("id")) for one in embedded(row, "companies"))
        return (
            Contact(
                ref=self._account.ref(row["id"]),
                client=next((each for each in companies if each), None),
                name=text(row.get("name")) or "",
                position=next(iter(of_code(row, "POSITION")), None),
                phones=numbers,
                emails=addresses,
                updated_at=moment(row, "updated_at"),
                raw=dict(row),
                flags=(*of_numbers, *of_addresses),
            ),
        )

    def _learn(self, rows: Rows) -> None:
        self._account.links.learn(links.CONTACTS, rows)
