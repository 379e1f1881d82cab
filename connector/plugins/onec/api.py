"""Calls one publication: sets, single records, writes; knows its time and how long a query may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connector import clock
from connector.errors import SourceError
from connector.http.client import Http
from connector.plugins.onec.answers import PageMissingError, judge
from connector.plugins.onec.query import LEAST_BYTES, MOST_BYTES, Query, packed, path

Rows = list[dict[str, Any]]
XML = "application/xml"
"""What `$metadata` comes as, and nothing else (documentation 17.4)."""
JSON = "application/json;odata=nometadata"
"""Without metadata a body is a third shorter (documentation 17.4, formats; JSON since platform 8.3.6)."""


class Fetched(list[dict[str, Any]]):
    """The rows of one answer; `size` is that of its body in bytes."""

    def __init__(self, rows: Sequence[dict[str, Any]], size: int) -> None:
        super().__init__(rows)
        self.size = size


class Api:
    """One publication. Requests go one after another: each holds a session, and a licence with it."""

    def __init__(self, http: Http, zone: ZoneInfo) -> None:
        self._http = http
        self.zone = zone
        self._most_bytes = MOST_BYTES
        http.judge = judge

    @property
    def name(self) -> str:
        """The name of the source, for errors."""
        return self._http.name

    def now(self) -> datetime:
        """Return the server's local time, naive as all times of the base are, by its last answer."""
        ahead = timedelta(seconds=self._http.clock_ahead or 0.0)
        return (clock.now() + ahead).astimezone(self.zone).replace(tzinfo=None, microsecond=0)

    def rows(self, entity_set: str, query: Query, action: str = "") -> Fetched:
        """Return the rows of one request; SourceError where the answer holds no list."""
        answer = self._http.read(path(entity_set, action=action), params=query.text, verb="GET")
        rows = answer.body.get("value") if isinstance(answer.body, dict) else None
        if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
            raise SourceError("the answer holds no rows", where=f"{self.name}: {entity_set}")
        return Fetched(rows, answer.size)

    def sets(self) -> list[str]:
        """Return the names of all sets of the composition, none where it is empty."""
        answer = self._http.read("", params="", verb="GET")
        rows = answer.body.get("value") if isinstance(answer.body, dict) else None
        if not isinstance(rows, list):
            raise SourceError("the answer is no list of sets", where=self.name)
        return [str(row.get("name")) for row in rows if isinstance(row, dict)]

    def matching(self, entity_set: str, query: Query, terms: Sequence[str]) -> Iterator[Rows]:
        """Yield the rows for which one of the terms holds, as many terms a request as its length allows.

        A web server that answers a query with its page for what is missing cannot bear that length: the next
        are half as long, for good.
        """
        left = list(terms)
        while left:
            asked, count = next(packed(query, left, self._most_bytes))
            try:
                found = self.rows(entity_set, asked)
            except PageMissingError:
                if count == 1 or self._most_bytes <= LEAST_BYTES:
                    raise
                self._most_bytes = max(LEAST_BYTES, self._most_bytes // 2)
                continue
            yield found
            left = left[count:]

    def one(self, entity_set: str, key: str, select: Sequence[str] = ()) -> dict[str, Any]:
        """Return one record; MissingRecordError where there is none, ForbiddenError where it is hidden."""
        query = Query(tuple(select), allowed_only=False)
        body = self._http.read(path(entity_set, key), params=query.text, verb="GET").body
        return dict(body) if isinstance(body, dict) else {}

    def create(self, entity_set: str, record: Mapping[str, Any], needs: Collection[str]) -> dict[str, Any]:
        """Make a record and return it as it stands now; UnknownFateError when the answer is lost."""
        return self._written(self._http.write(path(entity_set), json=dict(record), needs=needs).body)

    def change(
        self, entity_set: str, key: str, record: Mapping[str, Any], needs: Collection[str], version: str = ""
    ) -> dict[str, Any]:
        """Change a record and return it as it stands now; StaleError where the base minds its version."""
        headers = {"If-Match": version} if version else None
        place = path(entity_set, key)
        answer = self._http.write(place, json=dict(record), verb="PATCH", needs=needs, headers=headers)
        return self._written(answer.body)

    def remove(self, entity_set: str, key: str, needs: Collection[str]) -> None:
        """Delete a record for good: one of a register has no mark of deletion; it answers with nothing."""
        self._http.write(path(entity_set, key), verb="DELETE", needs=needs)

    def act(self, entity_set: str, key: str, action: str, needs: Collection[str]) -> None:
        """Call an action of a record, as `ExecuteTask`; it answers with nothing."""
        self._http.write(path(entity_set, key, action), needs=needs)

    def _written(self, body: Any) -> dict[str, Any]:
        return dict(body) if isinstance(body, dict) else {}
