"""People at clients: crm.contact.list; their primary company is the client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector.model import Contact
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.communication import emails, phones
from connector.plugins.bitrix24.links import COMPANY, CONTACT
from connector.plugins.bitrix24.listing import Listing, Rows
from connector.plugins.bitrix24.lists import ShortList, chunks, read_to_end
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.values import moment, reference, text

CONTACTS = Listing(
    "crm.contact.list",
    ("ID", "LAST_NAME", "NAME", "SECOND_NAME", "POST", "COMPANY_ID", "PHONE", "EMAIL", "DATE_MODIFY"),
    changed="DATE_MODIFY",
)
_COMPANY_IDS = Listing("crm.company.list", ("ID",), changed="DATE_MODIFY")
IDS = 20
"""Companies a command: with two contacts each the page stays below 50 and is whole."""
_NAMES = ("LAST_NAME", "NAME", "SECOND_NAME")


class Contacts:
    """The stream of contact persons."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the contacts and remember their companies for the events that are logged on them.

        An increment ends with the contacts of companies that changed: a person tied to a company on the
        company's card need not be stamped as changed.
        """
        page = Page(())
        for page in self.reader().read(cursor):
            yield page
        if cursor.since:
            for ids in self._companies_changed(cursor.since):
                yield Page(self._of_companies(ids), page.position, page.watermark)

    def reader(self) -> Reader:
        """Return what reads the contacts."""
        return Reader(self._account.portal, CONTACTS, self._account.times, self._learn)

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

    def _companies_changed(self, watermark: str) -> Iterator[list[str]]:
        """Yield the ids of companies changed since the watermark; none where that cannot be asked."""
        account = self._account
        closed = account.times.closed([_COMPANY_IDS.method])
        if not closed and account.times.since(_COMPANY_IDS, watermark):
            for page in Reader(account.portal, _COMPANY_IDS, account.times).read(Cursor(since=watermark)):
                yield [str(row["ID"]) for row in page.rows]

    def _of_companies(self, ids: list[str]) -> Rows:
        lists = [ShortList(CONTACTS, {"@COMPANY_ID": some}) for some in chunks(ids, IDS)]
        read_to_end(self._account.portal, lists)
        rows = [row for short in lists for row in short.rows]
        self._learn(rows)
        return rows

    def _learn(self, rows: Rows) -> None:
        self._account.links.learn(CONTACT, rows)
        self._account.sight.note(COMPANY, (row.get("COMPANY_ID") for row in rows))
