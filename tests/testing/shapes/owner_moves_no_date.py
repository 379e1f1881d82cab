"""A new owner moves no date of change: `anew_hours=0` reads this list, and no other, anew each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from connector import Cursor, Page, Stream
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm


class Plugin(Shape):
    def streams(self) -> Sequence[Stream]:
        return tuple(replace(stream, anew_hours=0) for stream in super().streams())

    def ask(self, cursor: Cursor) -> Page:
        params = {"since": cursor.since, **(cursor.position or {"after": 0})}
        body = self.http.read("clients", verb="GET", params=params).body
        return Page(body["items"], {"after": body["items"][-1]["id"]} if body["more"] else None)


class Crm(ShapeCrm):
    unstamped: ClassVar[Any] = {"clients": {"owner": "2"}}

    def answer(self, request: Request) -> Reply:
        rows, more = self.page(request.params.get("since"), int(request.params["after"]))
        return Reply(200, {"items": rows, "more": more})
