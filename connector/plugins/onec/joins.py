"""Puts records of other sets under the rows to which they belong: counterparties under their partner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connector.plugins.onec.api import Api, Rows
from connector.plugins.onec.entities import JOINED
from connector.plugins.onec.paging import PageSize, walk
from connector.plugins.onec.profile import Join, Table
from connector.plugins.onec.query import Query, refers, wanted
from connector.plugins.onec.values import text

Grouped = dict[str, Rows]
"""The other set's rows by the key of the row to which they belong."""


class Joins:
    """The joins of one table; `target` is the size of an answer to aim at, in bytes."""

    def __init__(self, api: Api, table: Table, target: int) -> None:
        self._api = api
        self._table = table
        self._target = target
        self._expected: Mapping[str, set[str]] = {}
        self._whole: dict[str, Grouped] = {}

    def expect(self, expected: Mapping[str, set[str]]) -> None:
        """Begin a pass: a set of which keys are expected is read whole, any other by what refers to us."""
        self._whole.clear()
        self._expected = expected

    def put(self, rows: Rows) -> None:
        """Put the records that belong to the rows under them, in the order of the profile."""
        for join in self._table.joins:
            found = self._found(join, [str(row["Ref_Key"]) for row in rows])
            for row in rows:
                row[JOINED + join.set] = _ordered(join, found.get(str(row["Ref_Key"]), ()))

    def _found(self, join: Join, keys: Sequence[str]) -> Grouped:
        if join.set in self._expected:
            if join.set not in self._whole:
                self._whole[join.set] = self._read_whole(join)
            return self._whole[join.set]
        query = _query(join)
        terms = [refers(join.by.published, key) for key in keys]
        pages = self._api.matching(join.set, query, terms) if terms else ()
        return _grouped(join, (row for page in pages for row in page))

    def _read_whole(self, join: Join) -> Grouped:
        """Read the other set page by page; rows that moved meanwhile are asked for by their keys."""
        query = _query(join, order=("Ref_Key",))
        rows = {
            str(row.get("Ref_Key")): row
            for _, page in walk(self._api, join.set, query, PageSize(self._target))
            for row in page
        }
        terms = [refers("Ref_Key", key) for key in sorted(self._expected[join.set] - rows.keys())]
        for page in self._api.matching(join.set, _query(join), terms) if terms else ():
            rows.update({str(row.get("Ref_Key")): row for row in page})
        return _grouped(join, rows.values())


def _query(join: Join, order: tuple[str, ...] = ()) -> Query:
    columns = tuple(dict.fromkeys((*join.select, "DeletionMark")))
    return Query(columns, wanted(join.where), order)


def _grouped(join: Join, rows: Iterable[dict[str, Any]]) -> Grouped:
    found: Grouped = {}
    for row in rows:
        meant = all(text(row.get(each.column.published)) == text(each.value) for each in join.where)
        if meant and row.get("DeletionMark") is not True:
            found.setdefault(str(row.get(join.by.published)), []).append(row)
    return found


def _ordered(join: Join, rows: Iterable[dict[str, Any]]) -> Rows:
    order = join.order.published if join.order else "Ref_Key"
    return sorted(rows, key=lambda row: (str(row.get(order)), str(row.get("Ref_Key"))))
