"""What the shapes share: a list of clients, and a CRM that holds five of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from connector import Client, Cursor, Page, Row, Source, SourceConfig, Stream, paged
from connector.testing import Reply, Request, StandIn

PAGE = 2


class Shape(Source[SourceConfig]):
    """A connector with one list; a shape says how a page of it is asked for."""

    name, title = "shape", "A shape"

    def setup(self) -> None:
        self.http.base_url = "https://shape.example/api"

    def streams(self) -> Sequence[Stream]:
        return (Stream("clients", Client, paged(self.http, self.ask), self.client),)

    def ask(self, cursor: Cursor) -> Page:
        raise NotImplementedError

    def client(self, row: Row) -> list[Client]:
        same = {name: row[name] for name in ("name", "owner", "updated_at")}
        return [Client(ref=self.ref(row["id"]), raw=dict(row), **same)]


class ShapeCrm(StandIn):
    """Five clients, two a page."""

    tables: ClassVar[Any] = {
        "clients": [
            {"id": n, "name": f"Company {n}", "owner": "1", "updated_at": f"2026-09-1{n}T08:00:00Z"}
            for n in range(1, 6)
        ]
    }

    def page(self, since: str | None, after: int) -> tuple[list[dict[str, Any]], bool]:
        """Return the next rows behind an id, and whether more follow."""
        rows = [row for row in self.changed_since("clients", since) if row["id"] > after]
        return rows[:PAGE], len(rows) > PAGE

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError
