"""What a list method is called, how it wants its filter, and where its rows stand in the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from connector.errors import SourceError
from connector.plugins.bitrix24.portal import Command
from connector.plugins.bitrix24.values import as_list

PAGE = 50
"""Rows of a page, fixed by the vendor; fewer mean that there are no more."""

Rows = list[dict[str, Any]]
Shape = Callable[["Listing", Mapping[str, Any], str], dict[str, Any]]


def crm_shape(listing: Listing, filters: Mapping[str, Any], direction: str) -> dict[str, Any]:
    """Shape parameters as crm.* and tasks.* take them."""
    order = {listing.key: direction}
    return {"select": list(listing.select), "filter": dict(filters), "order": order, "start": -1}


def user_shape(listing: Listing, filters: Mapping[str, Any], direction: str) -> dict[str, Any]:
    """Shape parameters as user.get takes them."""
    return {"FILTER": dict(filters), "sort": listing.key, "order": direction, "start": -1}


def call_shape(listing: Listing, filters: Mapping[str, Any], direction: str) -> dict[str, Any]:
    """Shape parameters as voximplant.statistic.get takes them."""
    return {"FILTER": dict(filters), "SORT": listing.key, "ORDER": direction, "start": -1}


@dataclass(frozen=True)
class Listing:
    """A list method read by id, always without the count that `start` >= 0 would cost (0.1 s against 50 s on
    2.4M rows, vendor page on lists).

    `among` is the operator that takes several ids; tasks know none and take an array as it is.
    `key` is the id's name in filters, `row_key` in rows; `changed` the time field that increments filter by
    ("" for none); `inside` the key under which rows are wrapped; `fixed` what every call carries.
    """  # noqa: D205 - one sentence

    method: str
    select: Sequence[str] = ()
    changed: str = ""
    key: str = "ID"
    row_key: str = "ID"
    inside: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    shape: Shape = crm_shape
    among: str = "@"

    def command(self, filters: Mapping[str, Any], direction: str = "ASC") -> Command:
        """Return the command for the first page under a filter."""
        return Command(self.method, {**self.fixed, **self.shape(self, filters, direction)})

    def after(self, last: int, filters: Mapping[str, Any]) -> Command:
        """Return the command for the first page of ids above `last`."""
        return self.command({**filters, f">{self.key}": last})

    def window(self, above: int, to: int, filters: Mapping[str, Any]) -> Command:
        """Return the command for the first page of ids above one and up to another."""
        return self.command({**filters, f">{self.key}": above, f"<={self.key}": to})

    def named(self, ids: Sequence[str]) -> dict[str, Any]:
        """Return the filter for records by their ids."""
        return {f"{self.among}{self.key}": list(ids)}

    def highest(self, filters: Mapping[str, Any]) -> Command:
        """Return the command whose first row has the highest id; it asks for ids only."""
        return replace(self, select=(self.key,)).command(filters, "DESC")

    def rows(self, result: Any) -> Rows:
        """Return the rows of a result; SourceError where there is no list."""
        found = result.get(self.inside) if self.inside and isinstance(result, dict) else result
        if not isinstance(found, list | dict) or any(not isinstance(row, dict) for row in as_list(found)):
            raise SourceError("the answer holds no rows", where=self.method)
        return as_list(found)

    def row_id(self, row: Mapping[str, Any]) -> int:
        """Return the row's id as a number; SourceError where there is none, as nothing can be proved then."""
        try:
            return int(row[self.row_key])
        except (KeyError, TypeError, ValueError):
            raise SourceError("a row without an id", where=self.method) from None

    def page(self, result: Any, above: int, to: int | None = None) -> Rows:
        """Return the rows in order of id, having checked that the portal kept to the window.

        SourceError if a row lies outside or comes twice, or if a full page is out of order: then the filter
        or the order was not obeyed, and the end could not be proved.
        """
        rows = self.rows(result)
        ids = [self.row_id(row) for row in rows]
        beyond = any(each <= above or (to is not None and each > to) for each in ids)
        if beyond or len(set(ids)) != len(ids) or len(ids) > PAGE:
            raise SourceError("the portal did not keep to the filter by id", where=self.method)
        if all(earlier < later for earlier, later in pairwise(ids)):
            return rows
        if len(rows) == PAGE:
            raise SourceError("the portal did not keep to the order by id", where=self.method)
        return sorted(rows, key=self.row_id)
