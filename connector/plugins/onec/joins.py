"""Puts records of other sets under the rows to which they belong: counterparties under their partner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connector.plugins.onec.api import Api, Rows
from connector.plugins.onec.entities import JOINED
from connector.plugins.onec.profile import Join, Table
from connector.plugins.onec.query import Query, leads
from connector.plugins.onec.values import text

Grouped = dict[str, Rows]
"""The other set's rows by the key of the row to which they belong."""
Meant = Callable[[Join], str | None]
"""The filter of the records that are meant, "" for all; None where there can be none."""


class Joins:
    """The joins of one table."""

    def __init__(self, api: Api, table: Table, meant: Meant) -> None:
        self._api = api
        self._meant = meant
        self._table = table
        self._seen: Mapping[str, Grouped] = {}

    def remember(self, seen: Mapping[str, Grouped]) -> None:
        """Take what a look at versions has brought by the way, so that nothing of it is asked for again."""
        self._seen = seen

    def put(self, rows: Rows) -> None:
        """Put the records that belong to the rows under them, in the order of the profile."""
        for join in self._table.joins:
            found = self._found(join, [str(row["Ref_Key"]) for row in rows])
            for row in rows:
                row[JOINED + join.set] = _ordered(join, found.get(str(row["Ref_Key"]), ()))

    def _found(self, join: Join, keys: Sequence[str]) -> Grouped:
        if join.set in self._seen:
            return self._seen[join.set]
        meant = self._meant(join)
        if meant is None:
            return {}
        query = Query(join.select, meant)
        terms = [leads(join.by, key, self._table.set) for key in keys]
        pages = self._api.matching(join.set, query, terms) if terms else ()
        found: Grouped = {}
        for row in (row for page in pages for row in page):
            add(join, row, found)
        return found


def order(join: Join) -> tuple[str, ...]:
    """Return the columns to order by: the kind of a composite reference is none of 1C's own."""
    kind = f"{join.by.name}_Type" if join.by.form == "composite" else ""
    return tuple(name for name in join.key if name != kind)


def version(join: Join, row: Mapping[str, Any]) -> str:
    """Return what tells that a record changed: key and version, of a register's record all that it says."""
    names = (*join.key, "DataVersion") if join.versioned else join.select
    return ":".join(str(row.get(name)) for name in names)


def add(join: Join, row: dict[str, Any], to: Grouped) -> None:
    """Put a record to those of its owner, unless it is marked as deleted or not meant."""
    meant = all(text(row.get(each.column.published)) == text(each.value) for each in join.where)
    if meant and row.get("DeletionMark") is not True:
        to.setdefault(str(row.get(join.by.published)), []).append(row)


def _ordered(join: Join, rows: Iterable[dict[str, Any]]) -> Rows:
    names = (*(join.order.select[:1] if join.order else ()), *join.key)
    return sorted(rows, key=lambda row: [str(row.get(name)) for name in names])
