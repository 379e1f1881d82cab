"""A page behind the last is answered with 404: it is the end, or an empty account."""

from __future__ import annotations

from connector import Cursor, MissingRecordError, Page
from connector.testing import Reply, Request
from testing.shape import PAGE, Shape, ShapeCrm


class Plugin(Shape):
    def ask(self, cursor: Cursor) -> Page:
        page = (cursor.position or {"page": 1})["page"]
        try:
            body = self.http.read("clients", verb="GET", params={"page": page, "since": cursor.since}).body
        except MissingRecordError:
            return Page([])
        return Page(body["items"], {"page": page + 1})


class Crm(ShapeCrm):
    def answer(self, request: Request) -> Reply:
        start = (int(request.params["page"]) - 1) * PAGE
        rows = list(self.changed_since("clients", request.params.get("since")))[start : start + PAGE]
        return Reply(200, {"items": rows}) if rows else Reply(404, {"error": "no such page"})
