"""One bad row, stream or plugin never stops the rest, and a cursor never passes what was not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from conftest import firm

from connector.errors import AccessError, BlockedError, RecordError, StoreError
from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.model import Client, Entity
from connector.plugins.base import Cursor, Page, Row, Source, SourceConfig, SourceContext, Stream
from connector.plugins.bitrix24 import Bitrix24, Bitrix24Config
from connector.sandbox.server import running
from connector.store.database import Store
from connector.sync.pull import StreamOutcome, failed, pull_source

from .conftest import ZONE

NAME = "main"


@dataclass
class Vendor:
    """A CRM whose pages a test writes: streams by name; a page may be an error to raise instead."""

    pages: dict[str, list[Sequence[Row] | Exception]]
    asked: list[tuple[str, Cursor]] = field(default_factory=list)

    def reader(self, stream: str) -> Callable[[Cursor], Iterator[Page]]:
        def read(cursor: Cursor) -> Iterator[Page]:
            self.asked.append((stream, cursor))
            start = (cursor.position or {}).get("page", 0)
            for number, page in enumerate(self.pages[stream][start:], start + 1):
                if isinstance(page, Exception):
                    raise page
                yield Page(page, {"page": number}, "2026-10-01T06:00:00+00:00")

        return read


class Firms(Source[SourceConfig]):
    """Reads the vendor's rows as clients; a row `FIRM` gives one by its own id, `skip` none."""

    name = "firms"
    vendor: Vendor

    def streams(self) -> Sequence[Stream]:
        return [Stream(name, Client, self.vendor.reader(name), self.parse) for name in self.vendor.pages]

    def parse(self, row: Row) -> Sequence[Entity]:
        if row.get("skip"):
            return ()
        if not row["NAME"]:
            raise RecordError("a client needs a name", field="NAME")
        return (Client(ref=self.ref(row.get("FIRM", row["ID"])), name=row["NAME"], raw=dict(row)),)


Pull = Callable[..., dict[str, StreamOutcome]]


@pytest.fixture
def pull(store: Store) -> Iterator[Pull]:
    """Return a function that pulls from a vendor and gives the outcome of each stream."""
    with Http(NAME, bucket=Unlimited(), may_write=False) as http:

        def run(vendor: Vendor, **options: Any) -> dict[str, StreamOutcome]:
            source = Firms(SourceConfig(name=NAME, plugin="firms"), SourceContext(NAME, http, ZONE))
            source.vendor = vendor
            return {each.stream: each for each in pull_source(source, store, zone=ZONE, **options)}

        yield run


def rows(first: int, last: int, name: str = "Ромашка") -> list[Row]:
    return [{"ID": str(number), "NAME": name} for number in range(first, last + 1)]


def bad(first: int, last: int) -> list[Row]:
    return rows(first, last, name="")


# -- rows


def test_a_bad_row_is_kept_as_it_came_and_the_stream_goes_on(pull: Pull, store: Store) -> None:
    shapeless: Row = {"ID": "3"}
    outcome = pull(Vendor({"clients": [[*rows(1, 1), *bad(2, 2), shapeless], rows(4, 5)]}))["clients"]
    assert (outcome.ok, outcome.read, outcome.new, outcome.quarantined, outcome.pages) == (True, 5, 3, 2, 2)
    kept = {row.external_id: (row.field, row.reason, row.raw) for row in store.quarantine.rows(NAME)}
    assert kept == {
        "2": ("NAME", "a client needs a name", {"ID": "2", "NAME": ""}),
        "3": ("", "KeyError: 'NAME'", {"ID": "3"}),
    }
    assert store.entities.count(Client, NAME) == 3
    assert store.cursors.get(NAME, "clients").since == "2026-10-01T06:00:00+00:00"


def test_a_field_that_the_model_refuses_is_named(pull: Pull, store: Store) -> None:
    pull(Vendor({"clients": [[{"ID": "1", "NAME": ["a", "list"]}]]}))
    (row,) = store.quarantine.rows()
    assert (row.external_id, row.field) == ("1", "name")


@pytest.mark.parametrize(
    "mended",
    [
        {"ID": "1", "NAME": "Ромашка"},
        {"ID": "1", "NAME": "Ромашка", "FIRM": "77"},
        {"ID": "1", "skip": True},
    ],
    ids=["the record has the row's id", "the record has an id of its own", "the row is not for us"],
)
def test_a_row_that_can_be_read_leaves_the_quarantine(pull: Pull, store: Store, mended: Row) -> None:
    pull(Vendor({"clients": [bad(1, 2)]}))
    assert store.quarantine.count() == 2
    pull(Vendor({"clients": [[mended]]}))
    assert [row.external_id for row in store.quarantine.rows()] == ["2"]


def test_a_row_good_and_bad_in_one_page_stays(pull: Pull, store: Store) -> None:
    pull(Vendor({"clients": [[*rows(1, 1), *bad(1, 1)]]}))
    assert [row.external_id for row in store.quarantine.rows()] == ["1"]


def test_a_row_of_another_stream_heals_nothing(pull: Pull, store: Store) -> None:
    pull(Vendor({"clients": [bad(1, 1)], "leads": [rows(1, 1)]}))
    assert [row.stream for row in store.quarantine.rows()] == ["clients"]


# -- too many


@pytest.mark.parametrize(
    ("good", "spoilt", "borne"),
    [(0, 100, True), (0, 101, False), (1_995, 105, True), (1_994, 106, False)],
    ids=["100 of few", "101 of few", "5 % of many", "more than 5 % of many"],
)
def test_more_bad_rows_than_may_be_borne_fail_the_stream(
    pull: Pull, store: Store, good: int, spoilt: int, borne: bool
) -> None:
    vendor = Vendor({"clients": [rows(1, good) + bad(good + 1, good + spoilt)], "leads": [rows(1, 1)]})
    outcomes = pull(vendor)
    assert (outcomes["clients"].ok, outcomes["leads"].ok) == (borne, True)
    assert store.quarantine.count() == spoilt
    assert (store.cursors.get(NAME, "clients").since is None) is not borne
    if not borne:
        line = f"{spoilt} of {good + spoilt} rows could not be read, more than may be borne"
        assert outcomes["clients"].error.startswith(line)


def test_a_stream_with_too_many_bad_rows_is_read_again_from_where_it_stood(pull: Pull, store: Store) -> None:
    """Else each pull would pass over a hundred bad rows more and call the stream read."""
    spoilt = Vendor({"clients": [rows(1, 60), bad(61, 120), bad(121, 180), rows(181, 200)]})
    for _ in range(3):
        outcome = pull(spoilt)["clients"]
        assert (outcome.ok, outcome.pages, outcome.quarantined) == (False, 3, 120)
        standing = store.cursors.get(NAME, "clients")
        assert (standing.since, standing.position, standing.finished_at) == (None, None, None)
    assert spoilt.asked == [("clients", Cursor(None, None))] * 3

    mended = pull(Vendor({"clients": [rows(1, 200)]}))["clients"]
    assert (mended.ok, store.entities.count(Client, NAME), store.quarantine.count()) == (True, 200, 0)


def test_a_pass_that_was_under_way_stands_where_it_stood(pull: Pull, store: Store) -> None:
    pull(Vendor({"clients": [rows(1, 10), AccessError("no right")]}))
    pull(Vendor({"clients": [rows(1, 10), bad(11, 120)]}))
    assert store.cursors.get(NAME, "clients").position == {"page": 1}


# -- streams


def test_a_bug_in_one_stream_leaves_the_others_and_its_pages(pull: Pull, store: Store) -> None:
    vendor = Vendor({"clients": [rows(1, 3), ZeroDivisionError("by nobody")], "leads": [rows(11, 12)]})
    outcomes = pull(vendor)
    assert outcomes["clients"].error == "the plugin firms failed: ZeroDivisionError: by nobody"
    assert (outcomes["clients"].read, outcomes["clients"].new) == (3, 3)
    assert outcomes["leads"].ok
    assert [each.stream for each in failed(list(outcomes.values()))] == ["clients"]
    assert store.entities.count(Client, NAME) == 5


def test_a_stream_that_broke_off_goes_on_after_its_last_page(pull: Pull, store: Store) -> None:
    pull(Vendor({"clients": [rows(1, 3), AccessError("no right", where="main: clients")]}))
    again = Vendor({"clients": [rows(1, 3), rows(4, 5)]})
    assert pull(again)["clients"].read == 2
    assert again.asked == [("clients", Cursor(None, {"page": 1}))]
    assert store.entities.count(Client, NAME) == 5


def test_without_a_right_one_stream_fails_alone(pull: Pull) -> None:
    vendor = Vendor({"clients": [AccessError("no right", hint="tick the scope")], "leads": [rows(1, 1)]})
    outcomes = pull(vendor)
    assert outcomes["clients"].error == "no right — tick the scope"
    assert outcomes["leads"].ok


def test_a_source_that_is_blocked_is_left_at_once(pull: Pull) -> None:
    vendor = Vendor({"clients": [rows(1, 1), BlockedError("blocked")], "leads": [rows(1, 1)], "deals": []})
    outcomes = pull(vendor)
    assert [each.error for each in outcomes.values()] == ["blocked"] * 3
    assert [stream for stream, _ in vendor.asked] == ["clients"]


def test_a_fault_of_the_store_ends_the_run(pull: Pull) -> None:
    with pytest.raises(StoreError, match="disk is full"):
        pull(Vendor({"clients": [StoreError("the disk is full")], "leads": [rows(1, 1)]}))


def test_all_is_read_anew_when_asked(pull: Pull) -> None:
    pull(Vendor({"clients": [rows(1, 3)]}))
    after, anew = Vendor({"clients": [rows(1, 3)]}), Vendor({"clients": [rows(1, 3)]})
    assert pull(after)["clients"].mode == "changes"
    assert pull(anew, full=True)["clients"].mode == "full"
    assert (after.asked[0][1].since, anew.asked[0][1].since) == ("2026-10-01T06:00:00+00:00", None)


def test_each_page_and_each_end_is_told(pull: Pull) -> None:
    told: list[tuple[str, int]] = []
    vendor = Vendor({"clients": [rows(1, 2), rows(3, 3)], "leads": []})
    pull(vendor, watch=lambda outcome: told.append((outcome.stream, outcome.read)))
    assert told == [
        ("clients", 0), ("clients", 2), ("clients", 3), ("clients", 3), ("leads", 0), ("leads", 0),
    ]  # fmt: skip


# -- a portal


def test_garbage_of_a_portal_is_kept_apart_and_the_rest_is_there(store: Store) -> None:
    company = firm(clients=30, events=5)
    with (
        running("bitrix24", company=company, limits="off", faults=["garbage_rows=10"]) as portal,
        Http("portal", bucket=Unlimited(), may_write=False) as http,
    ):
        given = {"name": "portal", "plugin": "bitrix24", "webhook_url": portal.url, "rate": "off"}
        source = Bitrix24(Bitrix24Config.model_validate(given), SourceContext("portal", http, ZONE))
        outcomes = pull_source(source, store, zone=ZONE)
    assert [each.stream for each in failed(outcomes)] == []
    spoilt = sum(each.quarantined for each in outcomes)
    assert spoilt == store.quarantine.count("portal") > 0
    assert store.entities.count(Client, "portal") > 20


def test_a_portal_that_blocks_us_is_asked_no_more(store: Store) -> None:
    with (
        running("bitrix24", company=firm(clients=5, events=2), limits="off", faults=["overload"]) as portal,
        Http("portal", bucket=Unlimited(), may_write=False) as http,
    ):
        given = {"name": "portal", "plugin": "bitrix24", "webhook_url": portal.url, "rate": "off"}
        source = Bitrix24(Bitrix24Config.model_validate(given), SourceContext("portal", http, ZONE))
        outcomes = pull_source(source, store, zone=ZONE)
        assert portal.state("requests")["requests"] == 1
    assert len(outcomes) == len(source.streams()) > 1
    assert {each.error for each in outcomes} == {outcomes[0].error}
    assert "write to the vendor's support" in outcomes[0].error
