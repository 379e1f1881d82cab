"""Only listed page sizes: the plugin asks for one of them, and the answer's own total tells the end."""

from __future__ import annotations

from connector import Cursor, Page
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm

SIZES = (2, 10, 50)


class Plugin(Shape):
    def ask(self, cursor: Cursor) -> Page:
        page = (cursor.position or {"page": 1})["page"]
        params = {"size": SIZES[0], "page": page, "since": cursor.since}
        body = self.http.read("clients", verb="GET", params=params).body
        return Page(body["items"], {"page": page + 1} if page < body["pages"] else None)


class Crm(ShapeCrm):
    def answer(self, request: Request) -> Reply:
        size, page = int(request.params["size"]), int(request.params["page"])
        if size not in SIZES:
            return Reply(400, {"error": "size"})
        rows = list(self.changed_since("clients", request.params.get("since")))
        return Reply(200, {"items": rows[(page - 1) * size : page * size], "pages": -(-len(rows) // size)})
