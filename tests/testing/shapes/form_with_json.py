"""A form in the body, one field of which is JSON: `form=` with the JSON made by the plugin."""

from __future__ import annotations

import json

from connector import Cursor, Page
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm


class Plugin(Shape):
    def ask(self, cursor: Cursor) -> Page:
        wanted = {"since": cursor.since, **(cursor.position or {"after": 0})}
        body = self.http.read("list", form={"entity": "clients", "query": json.dumps(wanted)}).body
        return Page(body["items"], {"after": body["items"][-1]["id"]} if body["more"] else None)


class Crm(ShapeCrm):
    def answer(self, request: Request) -> Reply:
        if request.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            return Reply(415)
        query = json.loads(request.form["query"])
        rows, more = self.page(query["since"], query["after"])
        return Reply(200, {"items": rows, "more": more})
