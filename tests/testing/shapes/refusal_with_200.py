"""A refusal with status 200 and the error in the body: `http.judge` raises what it means."""

from __future__ import annotations

from typing import ClassVar

from connector import Cursor, Page, RefusedError
from connector.http.answer import Answer
from connector.http.judge import by_status
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm


def judge(answer: Answer) -> None:
    by_status(answer)
    if isinstance(answer.body, dict) and (said := answer.body.get("error")):
        raise RefusedError(f"refused: {said}", where=answer.where)


class Plugin(Shape):
    def setup(self) -> None:
        super().setup()
        self.http.judge = judge

    def ask(self, cursor: Cursor) -> Page:
        params = {"since": cursor.since, **(cursor.position or {"after": 0})}
        body = self.http.read("clients", verb="GET", params=params).body
        return Page(body["items"], {"after": body["items"][-1]["id"]} if body["more"] else None)


class Crm(ShapeCrm):
    refusal_with_200: ClassVar = Reply(200, {"error": "wrong filter", "items": [], "more": False})

    def answer(self, request: Request) -> Reply:
        rows, more = self.page(request.params.get("since"), int(request.params["after"]))
        return Reply(200, {"items": rows, "more": more})
