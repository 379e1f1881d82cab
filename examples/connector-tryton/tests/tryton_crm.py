"""Tryton in memory, as far as the plugin asks: searches by a domain, notes, categories, employees."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from connector.testing import Reply, Request, StandIn

RECORDED = Path(__file__).with_name("recorded.json")
STREAMS = json.loads(RECORDED.read_text(encoding="utf-8"))["streams"]
KEY = "key-of-the-application"
TABLES = {
    "company.employee": "employees",
    "party.party": "clients",
    "sale.opportunity": "deals",
    "ir.note": "notes",
    "party.category": "categories",
}
CATEGORIES = [{"id": 1, "name": "Client"}, {"id": 2, "name": "Key account"}]


class TrytonCrm(StandIn):
    """The rows of recorded.json, which `connector record` wrote of a real server."""

    tables: ClassVar = {
        **json.loads(RECORDED.read_text(encoding="utf-8"))["streams"],
        "categories": CATEGORIES,
    }
    stamp_field = "_timestamp"
    unstamped: ClassVar = {"clients": {"phone": "+74950000009"}}

    def stamp(self) -> str:
        return str(self.now.timestamp())

    def answer(self, request: Request) -> Reply:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return Reply(401, b"<title>401 Unauthorized</title>")
        model, *number = request.path.removeprefix("/firm/rest/model/").split("/")
        match request.verb, number:
            case "GET", []:
                return self.found(TABLES[model], request.params)
            case "POST", []:
                made = {"_timestamp": self.stamp(), "create_uid": None, **request.json}
                return Reply(200, {"id": self.add(TABLES[model], **made)["id"]})
            case "PUT", [record] if self.find(TABLES[model], record):
                return self.changed(TABLES[model], record, request.json)
        return Reply(404, b"<title>404 Not Found</title>")

    def found(self, table: str, params: Mapping[str, str]) -> Reply:
        domain = json.loads(urlsafe_b64decode(params["d"]))
        rows = [row for row in sorted(self.rows[table], key=lambda row: row["id"]) if holds(row, domain)]
        return Reply(200, rows[: int(params["s"])] if "s" in params else rows)

    def changed(self, table: str, record: str, asked: dict[str, Any]) -> Reply:
        for verb, ids in asked.pop("categories", []):
            row = self.find(table, record)
            assert row is not None
            others = [each for each in row["categories"] if each["id"] not in ids]
            added = [each for each in CATEGORIES if each["id"] in ids and verb == "add"]
            asked["categories"] = others + added
        self.touch(table, record, **asked)
        return Reply(200, {"id": int(record)})


def holds(row: Mapping[str, Any], domain: Any) -> bool:
    """Tell whether a row is in a domain: a list of clauses of which all hold, or one behind "OR"."""
    if domain and domain[0] == "OR":
        return any(holds(row, each) for each in domain[1:])
    if not domain or isinstance(domain[0], list):
        return all(holds(row, each) for each in domain)
    field, operator, wanted = domain
    held = values(row, field)
    match operator:
        case "=":
            return wanted in held
        case "!=":
            return wanted not in held
        case "in":
            return any(each in wanted for each in held)
        case "like":
            return any(str(wanted).strip("%") in str(each) for each in held)
        case _:
            return any(each > wanted if operator == ">" else each >= wanted for each in held)


def values(row: Mapping[str, Any], field: str) -> list[Any]:
    """Return what a field holds, several values where it leads to several records."""
    if field in ("write_date", "create_date"):
        moment = datetime.fromtimestamp(float(row["_timestamp"]), UTC)
        return [moment.replace(tzinfo=None).isoformat()]
    name, _, inner = field.partition(".")
    return [each[inner] for each in row[name]] if inner else [row[name]]
