"""A feed of changes by number: the number is the watermark, marks of deletion become `Page.deleted`."""

from __future__ import annotations

from typing import Any

from connector import Cursor, Page
from connector.testing import Reply, Request
from testing.shape import PAGE, Shape, ShapeCrm


class Plugin(Shape):
    def ask(self, cursor: Cursor) -> Page:
        after = (cursor.position or {}).get("after", cursor.since or 0)
        path = "clients" if cursor.since is None else "changes"
        body = self.http.read(path, verb="GET", params={"after": after}).body
        deleted = [str(each["id"]) for each in body["items"] if each.get("deleted")]
        rows = [each for each in body["items"] if not each.get("deleted")]
        return Page(rows, {"after": body["next"]} if body["next"] else None, str(body["newest"]), deleted)


class Crm(ShapeCrm):
    def __init__(self) -> None:
        super().__init__()
        self.feed: list[dict[str, Any]] = []

    def slip(self, stream: str, record: object, **fields: object) -> None:
        super().slip(stream, record, **fields)
        self.feed.append({"id": int(str(record)), "deleted": False})

    def remove_last(self, stream: str) -> list[str]:
        gone = super().remove_last(stream)
        self.feed += [{"id": int(each), "deleted": True} for each in gone]
        return gone

    def answer(self, request: Request) -> Reply:
        after = int(request.params["after"])
        if request.path.endswith("/clients"):
            rows, more = self.page(None, after)
            return Reply(
                200, {"items": rows, "next": rows[-1]["id"] if more else None, "newest": len(self.feed)}
            )
        told = self.feed[after : after + PAGE]
        more = len(self.feed) > after + PAGE
        items = [each if each["deleted"] else self.find("clients", each["id"]) or each for each in told]
        return Reply(200, {"items": items, "next": after + PAGE if more else None, "newest": len(self.feed)})
