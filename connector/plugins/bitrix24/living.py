"""Which records still exist: all ids of a listing, and whether single ones are gone for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from connector.errors import AccessError, MissingRecordError, RefusedError
from connector.plugins.base import Cursor, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.listing import PAGE, Listing, Rows
from connector.plugins.bitrix24.lists import ShortList, chunks, read_to_end
from connector.plugins.bitrix24.portal import Command
from connector.plugins.bitrix24.reading import Reader


@dataclass(frozen=True)
class Living:
    """The ids of a listing; `card` is the method that reads one record by `number`, "" where there is none.

    `prefix` stands before the ids in our references; `reader` is what reads the stream's whole records.
    """

    account: Account
    listing: Listing
    reader: Callable[[], Reader]
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

    def again(self, ids: Sequence[str]) -> Iterator[Rows]:
        """Yield the rows of single records as the stream would, without those that no list shows."""
        yield from self.reader().again(self._bare(ids))

    def gone(self, ids: Sequence[str]) -> set[str]:
        """Return those that the portal does not find; "access denied" means that a record is there."""
        if not self.card:
            return self._not_listed(ids)
        commands = [Command(self.card, {self.number: each.removeprefix(self.prefix)}) for each in ids]
        results = self.account.portal.batch(commands, tolerate=(AccessError, RefusedError)).result
        denied = sum(isinstance(result, AccessError) for result in results)
        self.account.sight.deny(self.listing.method, denied)
        pairs = zip(ids, results, strict=True)
        return {each for each, result in pairs if isinstance(result, MissingRecordError)}

    def _not_listed(self, ids: Sequence[str]) -> set[str]:
        """Look once more where no method reads a single record; SourceError if it cannot be looked."""
        listing = replace(self.listing, select=(self.listing.key,))
        lists = [ShortList(listing, listing.named(some)) for some in chunks(self._bare(ids), PAGE - 1)]
        read_to_end(self.account.portal, lists)
        found = {f"{self.prefix}{listing.row_id(row)}" for short in lists for row in short.rows}
        return set(ids) - found

    def _bare(self, ids: Sequence[str]) -> list[str]:
        return [each.removeprefix(self.prefix) for each in ids]
