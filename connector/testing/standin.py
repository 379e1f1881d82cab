"""A CRM in memory that a plugin's author describes: tables, and how a request is answered."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

from connector.testing.messages import Reply, Request

BEGINNING = datetime(2026, 10, 1, 9, tzinfo=UTC)
"""What a stand-in's clock shows at first; it stands still until somebody moves it."""

Record = dict[str, Any]


class StandIn:
    """A CRM in memory. Subclasses set `tables` and `answer`; each object has tables of its own.

    `tables` holds the vendor's rows under the names of the streams that read them, and under any name what
    is written. `unstamped` names, by stream, fields with new values that the vendor changes without moving
    the record's time, `undated` the streams that the vendor gives only whole. `refusal_with_200` is the
    answer of a vendor that refuses and says 200 all the same.
    `id_field` and `stamp_field` are the names of a row's id and of its time of change. `writes` lists the
    requests that changed anything: the suite counts them, so that no author needs to.
    """

    tables: ClassVar[Mapping[str, Sequence[Record]]] = {}
    id_field: ClassVar[str] = "id"
    stamp_field: ClassVar[str] = "updated_at"
    unstamped: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    undated: ClassVar[Collection[str]] = ()
    refusal_with_200: ClassVar[Reply | None] = None

    def __init__(self, now: datetime = BEGINNING) -> None:
        self.now = now
        self.rows: dict[str, list[Record]] = copy.deepcopy(
            {name: [*rows] for name, rows in self.tables.items()}
        )
        self.requests: list[Request] = []
        self.writes: list[Request] = []

    def answer(self, request: Request) -> Reply:
        """Answer as the vendor would; nothing of it may depend on anything but the request and `rows`."""
        raise NotImplementedError

    def handle(self, request: Request) -> Reply:
        """Answer a request, note it, and whether it changed anything; adds the Date that servers send."""
        self.requests.append(request)
        before = copy.deepcopy(self.rows)
        reply = self.answer(request)
        if self.rows != before:
            self.writes.append(request)
        return Reply(
            reply.status, reply.body, {"Date": format_datetime(self.now, usegmt=True), **reply.headers}
        )

    def stamp(self) -> str:
        """Return the time by the stand-in's clock as the vendor writes it; the default is ISO 8601 in UTC."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def ids(self, stream: str) -> set[str]:
        """Return the ids of the records in a stream, as the plugin names them."""
        return {str(row[self.id_field]) for row in self.rows.get(stream, ())}

    def find(self, table: str, record: object) -> Record | None:
        """Return the row with that id, which may be changed in place; None if there is none."""
        return next((row for row in self.rows[table] if str(row[self.id_field]) == str(record)), None)

    def later(self, **passed: float) -> None:
        """Let time pass, as in `later(hours=1)`."""
        self.now += timedelta(**passed)

    def slip(self, stream: str, record: object, **fields: object) -> None:
        """Change fields of a record and leave its time as it is."""
        row = self.find(stream, record)
        if row is None:
            raise KeyError(f"{stream} has no record {record}")
        row.update(fields)

    def touch(self, stream: str, record: object, **fields: object) -> None:
        """Change a record as a person would: the fields, and the time of its change."""
        self.slip(stream, record, **fields, **{self.stamp_field: self.stamp()})

    def add(self, table: str, **fields: object) -> Record:
        """Add a record under the next free number and return it."""
        numbers = [int(row[self.id_field]) for row in self.rows.setdefault(table, [])]
        row = {self.id_field: max(numbers, default=0) + 1, **fields}
        self.rows[table].append(row)
        return row

    def remove_last(self, stream: str) -> list[str]:
        """Delete the last record of a stream and return its id; nothing where it has none."""
        rows = self.rows.get(stream, [])
        return [str(rows.pop()[self.id_field])] if rows else []

    def empty(self) -> None:
        """Take every record away, as in an account that was opened today."""
        for rows in self.rows.values():
            rows.clear()

    def changed_since(self, table: str, since: str | None) -> Iterator[Record]:
        """Yield the rows by number, those only that changed at `since` or later where that is given."""
        rows = sorted(self.rows[table], key=lambda row: int(row[self.id_field]))
        yield from (row for row in rows if not since or str(row[self.stamp_field]) >= since)
