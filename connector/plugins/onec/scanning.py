"""Looks at the versions of a table's records: which there are, which changed, whether all are seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from connector.errors import ForbiddenError
from connector.plugins.onec.api import Api, Fetched
from connector.plugins.onec.joins import Grouped, Meant, add, order, version
from connector.plugins.onec.paging import PageSize, walk
from connector.plugins.onec.profile import Column, Join, Table
from connector.plugins.onec.query import Query, both, literal, wanted
from connector.plugins.onec.values import text
from connector.plugins.onec.versions import joined

CHUNK = 10_000
"""Rows of keys and versions asked for at once: about a megabyte."""
Row = dict[str, Any]


class Mark(NamedTuple):
    """The version of a record as it was seen, and its date as it is written, "" where it has none."""

    version: str
    date: str = ""


@dataclass
class Scan:
    """What a look at versions found: marks by key, the keys of what is marked as deleted or not meant.

    `others` are the records of other sets that belong to ours, by set: as they are looked at in any case,
    their few columns come with them.

    `hidden`: rows exist that row-level security keeps from us: without `allowedOnly` the query is refused
    (documentation 17.4, code 20).
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    hidden: bool = False
    others: dict[str, Grouped] = field(default_factory=dict)


class Scanner:
    """Looks at one table; `target` is the size of an answer to aim at, in bytes."""

    def __init__(self, api: Api, table: Table, target: int, meant: Meant) -> None:
        self._api = api
        self._meant = meant
        self._table = table
        self._size = PageSize(max(target, CHUNK * 150), rows=CHUNK, most=CHUNK)

    def scan(self, since: datetime | None = None, changed_since: datetime | None = None) -> Scan:
        """Look at all records, or at documents since a day of the base, and those changed since a time."""
        window = self._window(since, changed_since)
        try:
            return self._scan(window, allowed_only=False)
        except ForbiddenError:
            found = self._scan(window, allowed_only=True)
            found.hidden = True
            return found

    def _window(self, since: datetime | None, changed_since: datetime | None) -> str:
        table = self._table
        if since is None or table.date is None:
            return ""
        terms = [f"{table.date.published} ge {literal(since)}"]
        if table.changed is not None and changed_since is not None:
            terms.append(f"{table.changed.published} ge {literal(changed_since)}")
        return " or ".join(terms)

    def _scan(self, window: str, *, allowed_only: bool) -> Scan:
        found = Scan()
        table = self._table
        for rows in self._pages(window, allowed_only=allowed_only):
            for row in rows:
                key = key_of(table, row)
                if not key:
                    continue
                if fits(table, row):
                    date = str(row.get(table.date.published) or "") if table.date else ""
                    found.marks[key] = Mark(str(row.get("DataVersion") or ""), date)
                else:
                    found.dead.add(key)
        for join in table.joins:
            self._join(join, found, allowed_only=allowed_only)
        return found

    def _pages(self, window: str, *, allowed_only: bool) -> Iterator[Fetched]:
        table = self._table
        query = Query(scanned(table), both(window, wanted(table.where)), allowed_only=allowed_only)
        if table.date is None:
            yield from (rows for _, rows in walk(self._api, table.set, _by_key(query, table), self._size))
        else:
            yield from by_date(self._api, table, table.date, query, self._size)

    def _join(self, join: Join, found: Scan, *, allowed_only: bool) -> None:
        """Let the versions of records that belong to ours count as theirs."""
        others: dict[str, list[str]] = {}
        grouped = found.others.setdefault(join.set, {})
        meant = self._meant(join)
        if meant is None:
            return
        query = Query(join.select, meant, order(join), allowed_only=allowed_only)
        for _, rows in walk(self._api, join.set, query, replace(self._size)):
            for row in rows:
                add(join, row, grouped)
                owner = str(row.get(join.by.published) or "")
                others.setdefault(owner, []).append(version(join, row))
        for key, mark in found.marks.items():
            if key in others:
                found.marks[key] = mark._replace(version=joined(mark.version, others[key]))


def by_date(api: Api, table: Table, date: Column, query: Query, size: PageSize) -> Iterator[Fetched]:
    """Yield all rows in order of date, each page from the last date of the one before on.

    No page passes over rows that the one before held, so that its cost does not grow with its depth (onecdc).
    Rows of the last date come twice; where a whole page is of one date, that date is walked by itself.
    """
    name, since = date.published, ""
    while True:
        term = f"{name} ge datetime'{since}'" if since else ""
        asked = replace(query.filtered(term), order=(name, *table.key))

        def ask(rows: int, asked: Query = asked) -> tuple[int, Fetched]:
            return rows, api.rows(table.set, asked.page(rows))

        top, rows = size.bearable(ask)
        yield rows
        if len(rows) < top:
            return
        last = str(rows[-1].get(name) or "")
        if last == since or last == str(rows[0].get(name) or ""):
            same = replace(query.filtered(f"{name} eq datetime'{last}'"), order=table.key)
            yield from (some for _, some in walk(api, table.set, same, size))
            since = _after(last)
        else:
            since = last
        size.learn(rows)


def scanned(table: Table) -> tuple[str, ...]:
    """Return what a look at versions asks for."""
    version = ("DataVersion", "DeletionMark") if table.versioned else ()
    dates = table.date.select if table.date else ()
    filters = (name for each in table.where for name in each.column.select)
    return tuple(dict.fromkeys((*table.key, *version, *dates, *filters)))


def narrow(table: Table) -> tuple[str, ...]:
    """Return what to ask for of a page: of tabular sections only the columns that cells read.

    A line of contact information has a dozen columns, two of them long, of which three are read.
    """
    names: dict[str, None] = {}
    lines = {name for name in table.select if name in _sections(table)}
    for name in table.select:
        if name in lines:
            names.update(dict.fromkeys(f"{name}/{column}" for column in _sections(table)[name]))
        else:
            names[name] = None
    return tuple(names)


def _sections(table: Table) -> dict[str, dict[str, None]]:
    """Return the columns that are read in each tabular section."""
    found: dict[str, dict[str, None]] = {}
    for cell in (cell for cells in table.fields.values() for cell in cells if cell.section):
        columns = found.setdefault(cell.section, {"LineNumber": None})
        read = [*cell.path[0].select, *cell.where]
        read += cell.otherwise.select if cell.otherwise else ()
        read += [cell.naming] if cell.attribute else []
        columns.update(dict.fromkeys(read))
    return found


def fits(table: Table, row: Row) -> bool:
    """Tell whether a record is meant: 1C's own filter is not trusted, and what is marked is deleted.

    Where the profile reads the mark itself, as that of a cancelled event, it says nothing more.
    """
    if row.get("DeletionMark") is True and not reads_mark(table):
        return False
    return all(
        each.column.published not in row or text(row[each.column.published]) == text(each.value)
        for each in table.where
    )


def reads_mark(table: Table) -> bool:
    """Tell whether a field of the table is filled from the mark of deletion."""
    return any(
        cell.path and cell.path[0].name == "DeletionMark" for cells in table.fields.values() for cell in cells
    )


def key_of(table: Table, row: Row) -> str:
    """Return the external id of a row: its key, or those of a register record as one text."""
    parts = [str(row.get(name) or "") for name in table.key]
    return "" if not all(parts) else "/".join(parts)


def _by_key(query: Query, table: Table) -> Query:
    return replace(query, order=table.key)


def _after(date: str) -> str:
    """Return the next second: times of 1C have no parts of one."""
    moment = datetime.fromisoformat(date)
    return datetime.fromtimestamp(moment.timestamp() + 1).isoformat()  # noqa: DTZ006 - there and back, naive
