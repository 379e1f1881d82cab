"""Which records still exist: all ids of a listing, and whether single ones are gone for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from connector.errors import AccessError, MissingRecordError, RefusedError
from connector.plugins.base import Cursor, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.listing import PAGE, Listing
from connector.plugins.bitrix24.lists import ShortList, chunks, read_to_end
from connector.plugins.bitrix24.portal import Command
from connector.plugins.bitrix24.reading import Reader


@dataclass(frozen=True)
class Living:
    """The ids of a listing; `card` is the method that reads one record by `number`, "" where there is none.

    `prefix` stands before the ids in our references.
    """

    account: Account
    listing: Listing
    card: str = ""
    number: str = "id"
    prefix: str = ""

    def named(self, row: Row) -> str:
        """Return the id of a row as our references have it, "" where it has none."""
        number = row.get(self.listing.row_key)
        return f"{self.prefix}{number}" if number else ""

    def ids(self) -> Iterator[Sequence[str]]:
        """Yield all ids that lists show: 2,500 a request where ids are dense."""
        listing = replace(self.listing, select=(self.listing.key,))
        for page in Reader(self.account.portal, listing, self.account.times).read(Cursor()):
            yield [f"{self.prefix}{listing.row_id(row)}" for row in page.rows]

    def gone(self, ids: Sequence[str]) -> set[str]:
        """Return those that the portal does not find; "access denied" means that a record is there."""
        if not self.card:
            return self._not_listed(ids)
        commands = [Command(self.card, {self.number: each.removeprefix(self.prefix)}) for each in ids]
        results = self.account.portal.batch(commands, tolerate=(AccessError, RefusedError)).result
        pairs = zip(ids, results, strict=True)
        return {each for each, result in pairs if isinstance(result, MissingRecordError)}

    def _not_listed(self, ids: Sequence[str]) -> set[str]:
        """Look once more where no method reads a single record; SourceError if it cannot be looked."""
        listing = replace(self.listing, select=(self.listing.key,))
        bare = [each.removeprefix(self.prefix) for each in ids]
        lists = [ShortList(listing, {f"@{listing.key}": some}) for some in chunks(bare, PAGE - 1)]
        read_to_end(self.account.portal, lists)
        found = {f"{self.prefix}{listing.row_id(row)}" for short in lists for row in short.rows}
        return set(ids) - found
