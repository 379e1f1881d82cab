"""What a list is called, how a page of it is asked for, and what the page says of its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from connector.errors import SourceError
from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.values import as_list, as_map

MOST = 250
MOST_EVENTS = 100
FALL = 50
"""Rows of a page; with a limit above the most the vendor silently takes 50 (issue 210, Krukov 95)."""
IDS = 100
"""Ids a question names: more would make an address longer than 8 KB, which web servers refuse."""
MOST_NAMED = 10
"""Records that a question about events may name (vendor page "Events")."""
Rows = list[dict[str, Any]]


class Fetched(NamedTuple):
    """The rows of one page; `more` if another may follow."""

    rows: Rows
    more: bool


@dataclass(frozen=True)
class Listing:
    """A list below `/api/v4/` whose rows stand in `_embedded` under `key`.

    `parameters` go with every question, nested as `query.flat` has them. `changed` is the time field that
    windows filter by, `ordered` whether the list can be sorted and its rows may leave it. `shifted_by` names
    the events by which they do, so that those behind them move up while pages are read; `leaving` is the one
    of them that names the row itself.
    """

    path: str
    key: str
    most: int = MOST
    changed: str = "updated_at"
    ordered: bool = True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    shifted_by: tuple[str, ...] = ()
    leaving: str = ""
    row_key: str = "id"

    def filtered(self, **filters: Any) -> Listing:
        """Return the list under a filter beside its own."""
        own = as_map(self.parameters.get("filter"))
        return replace(self, parameters={**self.parameters, "filter": {**own, **filters}})

    def within(self, first: int, last: int) -> Listing:
        """Return the list of what changed in a time, both ends inclusive, in unix seconds."""
        return self.filtered(**{self.changed: {"from": first, "to": last}})

    def sorted_by(self, name: str, direction: str) -> Listing:
        """Return the list in another order."""
        return replace(self, parameters={**self.parameters, "order": {name: direction}})

    def page(self, api: Api, number: int, limit: int | None = None) -> Fetched:
        """Ask for a page; SourceError where the answer holds no list, or more rows than asked for."""
        asked = limit or self.most
        order = {"order": {"id": "asc"}} if self.ordered else {}
        body = api.get(self.path, {**order, **self.parameters, "limit": asked, "page": number})
        if body is None:
            return Fetched([], more=False)
        rows = as_list(as_map(as_map(body).get("_embedded")).get(self.key))
        if not isinstance(body, dict) or any(not isinstance(row, dict) for row in rows) or len(rows) > asked:
            raise SourceError("the answer holds no such list", where=f"{api.name}: {self.path}")
        links = as_map(body.get("_links"))
        full = len(rows) >= _limit(links, asked) or len(rows) == FALL
        return Fetched(rows, more=bool(rows) and (full or bool(links.get("next"))))

    def number(self, row: Mapping[str, Any]) -> int:
        """Return the row's id; 0 where it is none."""
        try:
            return int(row[self.row_key])
        except (KeyError, TypeError, ValueError):
            return 0


def _limit(links: Mapping[str, Any], asked: int) -> int:
    """Return how many rows the page says that it may hold."""
    address = str(as_map(links.get("self")).get("href", ""))
    told = parse_qs(urlsplit(address).query).get("limit", [])
    return min(asked, int(told[0])) if told and told[0].isdigit() and int(told[0]) > 0 else asked
