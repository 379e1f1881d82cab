"""References that lead to companies and persons, whose numbers overlap: the kind becomes part of the id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from connector import Client, Cursor, Event, Page, Row, Stream, paged
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm


class Plugin(Shape):
    def streams(self) -> Sequence[Stream]:
        def named(row: Row) -> str:
            return f"{row['type']}-{row['id']}"

        return (
            Stream(
                "clients",
                Client,
                paged(self.http, lambda at: self.ask_for("parties", at)),
                self.client,
                named,
            ),
            Stream("calls", Event, paged(self.http, lambda at: self.ask_for("calls", at)), self.call),
        )

    def ask_for(self, path: str, cursor: Cursor) -> Page:
        return Page(self.http.read(path, verb="GET", params={"since": cursor.since}).body["items"])

    def client(self, row: Row) -> list[Client]:
        kind = "person" if row["type"] == "person" else "company"
        ref = self.ref(f"{row['type']}-{int(row['id'])}")
        return [Client(ref=ref, kind=kind, name=row["name"], updated_at=row["updated_at"], raw=dict(row))]

    def call(self, row: Row) -> list[Event]:
        about = f"{row['about']['type']}-{row['about']['id']}"
        done = {"kind": "call", "status": "completed", "completed_at": row["updated_at"]}
        return [
            Event(ref=self.ref(row["id"]), client=about, updated_at=row["updated_at"], raw=dict(row), **done)
        ]


_AT = {"updated_at": "2026-09-10T08:00:00Z"}


class Crm(ShapeCrm):
    tables: ClassVar[Any] = {
        "clients": [
            {"id": 1, "type": "company", "name": "Company 1", **_AT},
            {"id": 1, "type": "person", "name": "Person 1", **_AT},
            {"id": 2, "type": "person", "name": "Person 2", **_AT},
        ],
        "calls": [
            {"id": 1, "about": {"type": "company", "id": 1}, **_AT},
            {"id": 2, "about": {"type": "person", "id": 1}, **_AT},
        ],
    }

    def ids(self, stream: str) -> set[str]:
        return {self.named(row) for row in self.rows[stream]}

    def named(self, row: dict[str, Any]) -> str:
        return f"{row['type']}-{row['id']}" if "type" in row else str(row["id"])

    def find(self, table: str, record: object) -> dict[str, Any] | None:
        return next((row for row in self.rows[table] if self.named(row) == record), None)

    def remove_last(self, stream: str) -> list[str]:
        return [self.named(self.rows[stream].pop())] if self.rows[stream] else []

    def answer(self, request: Request) -> Reply:
        table = "calls" if request.path.endswith("/calls") else "clients"
        return Reply(200, {"items": list(self.changed_since(table, request.params.get("since")))})
