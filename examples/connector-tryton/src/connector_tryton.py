"""Tryton 8 by its REST interface: parties, opportunities, notes; a task is a note, a flag a category."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from connector import Bearer, ChangeOwner, ClearFlag, Client, CreateTask, Cursor, Deal, Employee, Event
from connector import Page, RefusedError, Row, SetFlag, Source, SourceConfig, Stream, Task, hookimpl, paged
from connector import writes
from pydantic import Field, HttpUrl, SecretStr

PAGE = 200
STAFF = "company.employee rec_name active".split()
PARTY = "party.party name active categories.name phone mobile email".split()
DEAL = "sale.opportunity rec_name party employee state amount currency.code currency.digits".split()
NOTE = "ir.note resource message create_uid.employee".split()
ALL, OPEN = ["active", "in", [True, False]], ["state", "in", ["lead", "opportunity"]]
ENDED = {"won": "won", "lost": "lost", "cancelled": "lost"}
OURS = re.compile(r"\[(cpc-\w+)\]\s*$")


class TrytonConfig(SourceConfig):
    """One database of a Tryton server, version 8.0 or later."""

    url: HttpUrl = Field(description="address of the database: https://erp.firm.example/firm")
    key: SecretStr = Field(description="key of a user application of the kind REST")
    clients: str = Field(description="category of the parties that are clients")
    flags: dict[str, str] = Field({}, description="our flag = the category that stands for it")
    notes: Literal["call", "meeting", "email", "other"] = Field("call", description="what a person's note is")


class Tryton(Source[TrytonConfig]):
    """A party belongs to the employee of its newest open opportunity; a note with our marker is a task."""

    name, title, config_model = "tryton", "Tryton", TrytonConfig

    def setup(self) -> None:
        self.http.base_url = f"{self.config.url}/rest/model"
        self.http.auth = Bearer(self.config.key.get_secret_value())

    def streams(self) -> Sequence[Stream]:
        def stream(name: str, entity: Any, parse: Any, what: Any, *where: Any, **more: Any) -> Stream:
            ask, again = partial(self.ask, what, where), partial(self.again, what, where)
            more["ids"] = lambda: iter([[str(row["id"]) for row in self.rows(what[:1], *where)]])
            return Stream(name, entity, paged(self.http, ask), parse, again=again, **more)

        clients, noted = ["categories.name", "=", self.config.clients], ["resource", "like", "party.party,%"]
        return (
            stream("employees", Employee, self.employee, STAFF, ALL),
            stream("clients", Client, self.client, PARTY, ALL, clients, anew_hours=0),
            stream("deals", Deal, self.deal, DEAL, ["party", "!=", None]),
            stream("notes", Event, self.note, NOTE, noted, also=(Task,)),
        )

    def rows(self, what: Sequence[str], *where: Any, most: int | None = None) -> list[Any]:
        d, o = (urlsafe_b64encode(json.dumps(each).encode()) for each in (where, [["id", "ASC"]]))
        params = {"d": d, "o": o, "s": most, "f": ["_timestamp", *what[1:]]}
        return list(self.http.read(what[0], verb="GET", params=params).body)

    def again(self, what: Sequence[str], where: Any, ids: Sequence[str]) -> Iterator[Sequence[Row]]:
        yield self.owned(what, self.rows(what, ["id", "in", [int(each) for each in ids]], *where))

    def ask(self, what: Sequence[str], where: Any, cursor: Cursor) -> Page:
        since, after = (cursor.since or "").removesuffix("Z"), (cursor.position or {"after": 0})["after"]
        changed = [["OR", ["write_date", ">=", since], ["create_date", ">=", since]]] if since else []
        rows = self.rows(what, ["id", ">", after], *where, *changed, most=PAGE)
        more = {"after": rows[-1]["id"]} if len(rows) == PAGE else None
        return Page(self.owned(what, rows), more)

    def owned(self, what: Sequence[str], rows: Sequence[Row]) -> Sequence[Row]:
        if what is not PARTY:
            return rows
        deals = self.rows(DEAL[:4], ["party", "in", [row["id"] for row in rows]], OPEN)
        owners = {deal["party"]: deal["employee"] for deal in deals}
        return [{**row, "owner": owners.get(row["id"])} for row in rows]

    def same(self, row: Row) -> dict[str, Any]:
        updated_at = datetime.fromtimestamp(float(row["_timestamp"]), UTC)
        return {"ref": self.ref(row["id"]), "updated_at": updated_at, "raw": dict(row)}

    def employee(self, row: Row) -> list[Employee]:
        return [Employee(**self.same(row), name=row["rec_name"], active=row["active"])]

    def client(self, row: Row) -> list[Client]:
        labels = {each["name"] for each in row["categories"]}
        flags = {flag: category in labels for flag, category in self.config.flags.items()}
        ways = {"phones": [row["phone"], row["mobile"]], "emails": [row["email"]]}
        fields = {name: [each for each in told if each] for name, told in ways.items()} | self.same(row)
        fields |= {"status": "active" if row["active"] else "closed", "custom": flags, "owner": row["owner"]}
        return [Client(**fields, name=row["name"] or "", key_account=flags.get("key_account"))]

    def deal(self, row: Row) -> list[Deal]:
        amount, currency = row["amount"], row["currency"]
        fields = {"title": row["rec_name"], "stage": row["state"], "currency": currency["code"]}
        fields |= {"amount": amount and int(Decimal(amount["decimal"]).scaleb(currency["digits"]))}
        fields |= {"client": row["party"], "owner": row["employee"], **self.same(row)}
        return [Deal(**fields, stage_kind=ENDED.get(row["state"], "open"))]

    def note(self, row: Row) -> list[Event | Task]:
        fields, text = {"client": row["resource"].split(",")[1], **self.same(row)}, row["message"] or ""
        at = fields["updated_at"]
        if ours := OURS.search(text):
            return [Task(**fields, title=text.partition("\n")[0], created_at=at, key=ours[1])]
        fields |= {"kind": self.config.notes, "status": "completed", "completed_at": at, "subject": text}
        return [Event(**fields, employee=(row["create_uid"] or {}).get("employee"))]

    def find_written(self, changes: Sequence[CreateTask]) -> Mapping[str, str]:
        found = {each.key: self.rows(NOTE, ["message", "like", f"%[{each.marker}]%"]) for each in changes}
        return {key: str(rows[0]["id"]) for key, rows in found.items() if rows}

    @writes(CreateTask)
    def create_task(self, change: CreateTask) -> str:
        (person,) = self.rows(STAFF, ALL, ["id", "=", int(change.assignee)])
        due = f"{person['rec_name']}, {change.due.astimezone(self.context.zone):%d.%m.%Y}"
        text = "\n".join(filter(None, (change.title, change.text, due, f"[{change.marker}]")))
        note = {"resource": f"party.party,{change.target}", "message": text}
        return str(self.http.write("ir.note", params={"f": "id"}, json=note, needs=["task"]).body["id"])

    @writes(SetFlag, ClearFlag)
    def set_flag(self, change: SetFlag) -> str:
        rows = self.rows(["party.category"], ["name", "=", self.config.flags.get(change.flag)])
        asked = {"categories": [["add" if change.new else "remove", [_last(rows, "such category")]]]}
        self.http.write(f"party.party/{change.target}", verb="PUT", json=asked, needs=["flag"])
        return change.target

    @writes(ChangeOwner)
    def change_owner(self, change: ChangeOwner) -> str:
        deals = [] if change.item else self.rows(DEAL[:1], ["party", "=", int(change.target)], OPEN)
        path = f"sale.opportunity/{change.item or _last(deals, 'open opportunity')}"
        self.http.write(path, verb="PUT", json={"employee": int(change.new)}, needs=["owner"])
        return change.place[1]


def _last(rows: Sequence[Row], what: str) -> int:
    if not rows:
        raise RefusedError(f"there is no {what}", hint="make one in Tryton")
    return int(rows[-1]["id"])


@hookimpl
def register_source() -> type[Tryton]:
    return Tryton
