"""Which records still exist: all ids of a list, what events tell of deletions and merges, single records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.happenings import happened
from connector.plugins.amocrm.listing import MOST_NAMED, Rows
from connector.plugins.amocrm.reading import OVERLAP, Reader
from connector.plugins.amocrm.rights import Rights
from connector.plugins.base import Row, Vanished

_MERGED = "entity_merged"


@dataclass(frozen=True)
class Living:
    """The ids of one list of records, `singular` in events; `prefix` stands before them in our references.

    `entities` are the cards on whose visibility it depends whether a missing record is gone or hidden.
    """

    account: Account
    rights: Rights
    reader: Reader
    singular: str
    entities: tuple[str, ...]
    prefix: str = ""

    def ids(self) -> Iterator[Sequence[str]]:
        """Yield all ids that the list shows, 250 a request: it knows no shorter rows."""
        for some in self.reader.ids():
            yield [f"{self.prefix}{each}" for each in some]

    def again(self, ids: Sequence[str]) -> Iterator[Rows]:
        """Yield the rows of single records as the stream would, without those that the list does not show."""
        yield from self.reader.again([each.removeprefix(self.prefix) for each in ids])

    def gone(self, ids: Sequence[str]) -> set[str]:
        """Return those that the list does not show; of a list seen in part only what events confirm."""
        shown = {named(row, self.prefix) for rows in self.again(ids) for row in rows}
        missing = set(ids) - shown
        if not missing or self.rights.sight(*self.entities).state == "full":
            return missing
        return missing & self._told(sorted(missing))

    def vanished(self, since: str) -> Vanished:
        """Return what was deleted since the watermark; of merged records nobody tells which are gone."""
        api = self.account.api
        found: set[str] = set()
        merged = False
        for rows in happened(api, (self._deleted, _MERGED), int(since) - OVERLAP, api.now()):
            found |= {f"{self.prefix}{row.get('entity_id')}" for row in rows if row["type"] == self._deleted}
            merged |= any(row["type"] == _MERGED and row.get("entity_type") == self.singular for row in rows)
        return Vanished(found, merged)

    @property
    def _deleted(self) -> str:
        return f"{self.singular}_deleted"

    def _told(self, ids: Sequence[str]) -> set[str]:
        """Return those of which an event says that they were deleted."""
        if self.prefix:
            return set()
        api, found = self.account.api, set()
        for start in range(0, len(ids), MOST_NAMED):
            some = list(ids[start : start + MOST_NAMED])
            pages = happened(api, [self._deleted], 0, api.now(), entity=[self.singular], entity_id=some)
            found |= {str(row.get("entity_id")) for rows in pages for row in rows}
        return found


def named(row: Row, prefix: str = "") -> str:
    """Return the id of a row as our references have it, "" where it has none."""
    number = row.get("id")
    return f"{prefix}{number}" if number else ""
