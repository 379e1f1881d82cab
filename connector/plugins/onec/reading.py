"""Reads a table: looks at versions, fetches what differs from the last time, page by page or key by key."""

from __future__ import annotations

import secrets
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connector.errors import ForbiddenError, MissingRecordError, SourceError
from connector.http.retry import TooSlowError
from connector.plugins.base import Cursor, Page, Vanished, Visibility
from connector.plugins.onec.api import Api, Rows
from connector.plugins.onec.cellreader import CellReader
from connector.plugins.onec.joins import Joins
from connector.plugins.onec.paging import PageSize, walk
from connector.plugins.onec.profile import Table
from connector.plugins.onec.query import Query, refers, wanted
from connector.plugins.onec.scanning import Mark, Scan, Scanner, fits, key_of, narrow
from connector.plugins.onec.settings import OneCConfig
from connector.plugins.onec.versions import MARK, Book, Versions, watermark

FEW = 0.3
"""Share of changed records from which on pages of all cost less than look-ups by key."""
LONG = 900
"""Bytes of a query's columns that leave room for some fifteen keys."""
HANDFUL = 40
"""Changed records that are looked up by key in any case: two or three requests."""
RLS = "row-level security hides rows: allowedOnly"
SKEW = timedelta(minutes=10)
Row = dict[str, Any]


class Reader:
    """Reads one table of a base and knows, after a pass, what is gone and whether all could be seen."""

    def __init__(
        self, api: Api, table: Table, config: OneCConfig, versions: Versions, cells: CellReader
    ) -> None:
        self._api = api
        self.table = table
        self._config = config
        self._versions = versions
        self._cells = cells
        self._size = PageSize(config.page_bytes)
        self._joins = Joins(api, table, cells.meant)
        self._missing: set[str] = set()
        self._seen: Scan | None = None
        self._whole: Scan | None = None
        cells.want(table)

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield what changed since the cursor, or all; raises what the base raises, skips nothing."""
        found = cursor.position or {}
        began = str(found.get("began") or self._api.now().isoformat())
        token = str(found.get("token") or secrets.token_hex(8))
        position, mark = {"token": token, "began": began}, watermark(began, token)
        # Nothing is begun before the store has taken the first page: a look by `doctor` ends with that.
        yield Page((), position, mark)
        book = self._versions.begin(self.table.name, cursor, token)
        since = self._since(cursor, book, began)
        scan = self._look(since, cursor)
        changed = book.differing({key: mark.version for key, mark in scan.marks.items()})
        self._joins.remember(scan.others)
        for rows in self._fetched(changed, scan.marks):
            yield Page(rows, position, mark)
            keys = [key_of(self.table, row) for row in rows]
            book.keep({key: scan.marks[key].version for key in keys if key in scan.marks})
        self._missing = book.held(scan.dead) | (book.others(scan.marks) if since is None else set())
        self._joins.remember({})
        book.drop(self._missing)
        book.finish(began if since is None else "", RLS if scan.hidden else "")

    def _since(self, cursor: Cursor, book: Book, began: str) -> datetime | None:
        """Return the day from which on documents are looked at; None for all of them.

        SourceError where everything would have to be read outside the hours for that.
        """
        first = self._config.history_from
        now, looked = datetime.fromisoformat(began), book.whole_at()
        may = self._config.within_hours(now.time())
        windows = self._config.increments == "windows" and self.table.date is not None
        if cursor.since is None or not looked:
            if not may:
                said = "the base may be read whole only at other hours"
                advice = f"wait, or change hours = {self._config.hours!r} in this [[source]]"
                raise SourceError(said, where=f"{self._api.name}: {self.table.name}", hint=advice)
            return None
        due = now - datetime.fromisoformat(looked) >= timedelta(hours=self._config.poll_hours)
        if not windows or (due and may):
            return None
        back = now - timedelta(days=self._config.overlap_days)
        return max(back, datetime.combine(first, datetime.min.time())) if first else back

    def _look(self, since: datetime | None, cursor: Cursor) -> Scan:
        """Look at versions; of all documents at most those of the history that is wanted."""
        first = self._config.history_from
        floor = datetime.combine(first, datetime.min.time()) if first else None
        last = (cursor.since or "").partition(MARK)[0]
        changed_since = datetime.fromisoformat(last) - SKEW if last else None
        scan = self._scanner().scan(since or floor, changed_since if since else None)
        self._seen = scan
        self._whole = scan if since is None else None
        return scan

    def _scanner(self) -> Scanner:
        return Scanner(self._api, self.table, self._config.page_bytes, self._cells.meant)

    # -- fetching ------------------------------------------------------------------------------------------

    def _fetched(self, changed: Sequence[str], marks: Mapping[str, Mark]) -> Iterator[Rows]:
        """Yield the rows of changed records, ready to be parsed, by pages where those cost less."""
        left = dict.fromkeys(changed)
        if _pays(len(changed), self._among(changed, marks)):
            for rows in self._paged(changed, marks):
                ours = [row for row in rows if key_of(self.table, row) in left]
                for row in ours:
                    del left[key_of(self.table, row)]
                if ready := self._ready(ours):
                    yield ready
        for rows in self._by_keys(list(left)):
            if ready := self._ready(rows):
                yield ready

    def _among(self, changed: Sequence[str], marks: Mapping[str, Mark]) -> int:
        """Return how many records pages would bring: of documents those between the changed ones' dates."""
        if self.table.date is None or not changed:
            return len(marks)
        dates = [marks[key].date for key in changed]
        first, last = min(dates), max(dates)
        return sum(1 for mark in marks.values() if first <= mark.date <= last)

    def _paged(self, changed: Sequence[str], marks: Mapping[str, Mark]) -> Iterator[Rows]:
        query = Query(narrow(self.table), wanted(self.table.where))
        if self.table.date is not None:
            yield from self._by_windows(query, changed, marks)
            return
        ordered = Query(query.select, query.filter, self.table.key)
        for _, rows in walk(self._api, self.table.set, ordered, self._size):
            yield rows

    def _by_windows(self, query: Query, changed: Sequence[str], marks: Mapping[str, Mark]) -> Iterator[Rows]:
        """Yield windows of dates that hold as many records as fit a page: no page passes over any rows."""
        assert self.table.date is not None
        name = self.table.date.published
        dates = sorted(mark.date for mark in marks.values())
        wanted_dates = sorted({marks[key].date for key in changed})
        at = 0
        while at < len(wanted_dates):
            first = wanted_dates[at]

            def ask(rows: int, first: str = first, at: int = at) -> tuple[int, Rows]:
                """Ask for as many dates as hold about so many records, at least for one."""
                end = bisect_left(dates, first) + rows
                last = dates[min(end, len(dates)) - 1]
                stop = max(at + 1, bisect_right(wanted_dates, last))
                upto = wanted_dates[stop - 1]
                term = f"{name} ge datetime'{first}' and {name} le datetime'{upto}'"
                asked = Query(query.select, query.filter, (name, *self.table.key)).filtered(term)
                fetched = self._api.rows(self.table.set, asked)
                self._size.learn(fetched)
                return stop, fetched

            try:
                at, rows = self._size.bearable(ask)
            except TooSlowError:
                # Even the records of one second weigh too much together: one by one, by their keys.
                at = bisect_right(wanted_dates, first)
                continue
            yield rows

    def _by_keys(self, keys: Sequence[str]) -> Iterator[Rows]:
        """Yield the rows of single records, without those that are not there or may not be seen."""
        query, start = Query(self._of_single()), 0
        while start < len(keys):

            def ask(rows: int) -> tuple[int, Rows]:
                some = keys[start : start + rows]  # noqa: B023 - called at once
                terms = [refers_to(key) for key in some]
                found = [row for each in self._api.matching(self.table.set, query, terms) for row in each]
                return len(some), found

            count, rows = self._size.bearable(ask)
            start += count
            yield rows

    def _of_single(self) -> tuple[str, ...]:
        """Return what to ask for of single records: columns of sections where that leaves room for keys."""
        columns = narrow(self.table)
        return columns if len(Query(columns).text) <= LONG else self.table.select

    def _ready(self, rows: Rows) -> Rows:
        """Return the rows that are meant, with what belongs to them and what they refer to at hand."""
        live = [row for row in rows if fits(self.table, row)]
        self._joins.put(live)
        self._cells.prime(self.table, live)
        return live

    # -- what is asked after a pass ------------------------------------------------------------------------

    def again(self, ids: Sequence[str]) -> Iterator[Rows]:
        """Yield the rows of single records as the stream would."""
        for rows in self._by_keys(ids):
            yield self._ready(rows)

    def ids(self) -> Iterator[list[str]]:
        """Yield the ids of all records; those of a look at everything in this pass, else of a new one."""
        if self._whole is None:
            self._look(None, Cursor())
        yield list(self._whole.marks if self._whole else ())

    def vanished(self, since: str) -> Vanished:
        """Return what the last pass knew of and did not find any more, or found marked as deleted."""
        return Vanished(frozenset(self._missing))

    def gone(self, ids: Sequence[str]) -> set[str]:
        """Return those that do not exist, are marked as deleted, or are not meant any more.

        What row-level security hides is asked for alone: then 1C tells a missing right from a missing record.
        """
        found = {key_of(self.table, row): row for rows in self._by_keys_narrow(ids) for row in rows}
        dead = {key for key, row in found.items() if not fits(self.table, row)}
        absent = [key for key in ids if key not in found]
        return dead | {key for key in absent if self._is_absent(key)}

    def _by_keys_narrow(self, ids: Sequence[str]) -> Iterator[Rows]:
        filters = (name for each in self.table.where for name in each.column.select)
        version = ("DeletionMark",) if self.table.versioned else ()
        query = Query(tuple(dict.fromkeys((*self.table.key, *version, *filters))))
        yield from self._api.matching(self.table.set, query, [refers_to(key) for key in ids])

    def _is_absent(self, key: str) -> bool:
        if self._seen is not None and not self._seen.hidden:
            return True
        try:
            self._api.one(self.table.set, key, ("Ref_Key",))
        except MissingRecordError:
            return True
        except ForbiddenError:
            return False
        return False

    def visibility(self) -> Visibility:
        """Return how much can be seen: a look without `allowedOnly` is refused for a hidden row."""
        if self._seen is None:
            return Visibility()
        return Visibility("partial", RLS) if self._seen.hidden else Visibility("full")


def refers_to(key: str) -> str:
    """Return the term that finds a record by its key."""
    return refers("Ref_Key", key)


def _pays(changed: int, among: int) -> bool:
    """Tell whether pages of all cost less than look-ups of the changed ones."""
    return changed > max(HANDFUL, FEW * among)
