"""The stand-ins of vendors, in memory behind `responses`, as the contract suite wants a CRM to be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import ClassVar, NamedTuple

from connector.sandbox import exchange
from connector.sandbox.company.generate import generate
from connector.sandbox.company.tables import Company
from connector.sandbox.options import Options
from connector.sandbox.vendors import build
from connector.testing import Reply, Request, StandIn
from connector.testing.standin import BEGINNING


class Place(NamedTuple):
    """Where the rows of a stream are: the vendor's table, what a person deletes, our table of the firm."""

    rows: str
    deleted: str = ""
    touched: str = ""


@cache
def firm() -> Company:
    return generate(clients=3, seed=3, as_of=BEGINNING, events_per_client=3.0)


class VendorCrm(StandIn):
    """One vendor's stand-in with a firm of three clients; `places` are those of its streams."""

    vendor: ClassVar[str]
    undated = ("employees",)
    places: ClassVar[Mapping[str, Place]]

    def __init__(self, now: datetime = BEGINNING) -> None:
        super().__init__(now)
        self.inner = build(self.vendor, firm(), Options(as_of=now, limits="off"))

    def handle(self, request: Request) -> Reply:
        self.requests.append(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        told = exchange.Request(request.verb, request.path, request.query, headers, request.body, "127.0.0.1")
        reply = self.inner.admit(told) or self.inner.answer(told)
        if reply.wrote:
            self.writes.append(request)
        date = format_datetime(self.inner.clock.now(), usegmt=True)
        return Reply(reply.status, reply.body, {"Date": date, **reply.headers})

    def ids(self, stream: str) -> set[str]:
        if stream not in self.places:
            return set()
        rows = self.inner.state(["vendor"])["vendor"][self.places[stream].rows]
        return {str(row[self.id_field]) for row in rows}

    def later(self, **passed: float) -> None:
        before = self.now
        super().later(**passed)
        self.inner.clock.advance((self.now - before).total_seconds())

    def touch(self, stream: str, record: object, **fields: object) -> None:
        order = {"do": "update", "table": self.places[stream].touched, "id": record, "fields": fields}
        self.inner.act(order)

    def remove_last(self, stream: str) -> list[str]:
        entity = self.places[stream].deleted if stream in self.places else ""
        if not entity:
            return []
        last = max(self.ids(stream), key=int)
        self.inner.act({"do": "delete", "entity": entity, "id": last})
        return [last]


class BitrixCrm(VendorCrm):
    """A portal."""

    vendor, id_field = "bitrix24", "ID"
    places: ClassVar = {
        "employees": Place("user", touched="employees"),
        "contacts": Place("contact", "contact", "contacts"),
        "deals": Place("deal", "deal", "deals"),
        "activities": Place("activity", "activity", "events"),
    }


class AmoCrmCrm(VendorCrm):
    """An account."""

    vendor = "amocrm"
    places: ClassVar = {
        "employees": Place("users", touched="employees"),
        "companies": Place("companies", "company", "clients"),
        "contacts": Place("contacts", "contact", "contacts"),
        "deals": Place("leads", "lead", "deals"),
    }
