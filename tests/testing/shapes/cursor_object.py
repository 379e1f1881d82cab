"""A cursor that is an object and means nothing to us: a position is any JSON, given back as it came."""

from __future__ import annotations

from connector import Cursor, Page
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm


class Plugin(Shape):
    def ask(self, cursor: Cursor) -> Page:
        place = (cursor.position or {}).get("cursor")
        body = self.http.read("clients", json={"since": cursor.since, "cursor": place}).body
        return Page(body["items"], {"cursor": body["cursor"]} if body["cursor"] else None)


class Crm(ShapeCrm):
    def answer(self, request: Request) -> Reply:
        cursor = request.json["cursor"]
        if cursor is not None and set(cursor) != {"shard", "last"}:
            return Reply(400)
        rows, more = self.page(request.json["since"], cursor["last"] if cursor else 0)
        return Reply(200, {"items": rows, "cursor": {"shard": 3, "last": rows[-1]["id"]} if more else None})
