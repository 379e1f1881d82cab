"""A list asked for by POST: `http.read` is what makes it a read, whatever the verb, and so repeatable."""

from __future__ import annotations

from connector import Cursor, Page
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm


class Plugin(Shape):
    def ask(self, cursor: Cursor) -> Page:
        after = (cursor.position or {"after": 0})["after"]
        body = self.http.read("clients/search", json={"since": cursor.since, "after": after}).body
        return Page(body["items"], {"after": body["items"][-1]["id"]} if body["more"] else None)


class Crm(ShapeCrm):
    def answer(self, request: Request) -> Reply:
        if request.verb != "POST":
            return Reply(405)
        rows, more = self.page(request.json["since"], request.json["after"])
        return Reply(200, {"items": rows, "more": more})
