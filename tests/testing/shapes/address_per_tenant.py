"""An address of its own for each tenant: a setting makes it, and no other form of it is taken."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from connector import Cursor, Page, Source, SourceConfig
from connector.testing import Reply, Request
from testing.shape import Shape, ShapeCrm


class Settings(SourceConfig):
    tenant: str = Field(pattern=r"^[a-z0-9-]+$", description="the first part of the account's address")


class Plugin(Shape, Source[Settings]):
    config_model: ClassVar[type[SourceConfig]] = Settings

    def setup(self) -> None:
        self.http.base_url = f"https://{self.config.tenant}.shape.example/api"

    def ask(self, cursor: Cursor) -> Page:
        params = {"since": cursor.since, **(cursor.position or {"after": 0})}
        body = self.http.read("clients", verb="GET", params=params).body
        return Page(body["items"], {"after": body["items"][-1]["id"]} if body["more"] else None)


class Crm(ShapeCrm):
    def answer(self, request: Request) -> Reply:
        if request.host != "firm-7.shape.example":
            return Reply(404)
        rows, more = self.page(request.params.get("since"), int(request.params["after"]))
        return Reply(200, {"items": rows, "more": more})


CONFIG = {"tenant": "firm-7"}
