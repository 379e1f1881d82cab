"""A query string that is JSON and no fields: `params=` takes the whole text."""

from __future__ import annotations

import json

from connector import Cursor, Page
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm


class Plugin(Shape):
    def ask(self, cursor: Cursor) -> Page:
        wanted = {"since": cursor.since, **(cursor.position or {"after": 0})}
        body = self.http.read("clients", verb="GET", params=json.dumps(wanted)).body
        return Page(body["items"], {"after": body["items"][-1]["id"]} if body["more"] else None)


class Crm(ShapeCrm):
    def answer(self, request: Request) -> Reply:
        query = json.loads(request.whole_query)
        rows, more = self.page(query["since"], query["after"])
        return Reply(200, {"items": rows, "more": more})
