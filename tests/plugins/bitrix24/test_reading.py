"""Reading by id windows: nothing lost, nothing twice, nothing out of order, whatever happens meanwhile."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connector.changes import AddNote
from connector.errors import AccessError, SourceError, TransientError
from connector.http.bucket import Bucket
from connector.plugins.base import Cursor
from connector.plugins.bitrix24 import answers
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.portal import Portal
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.timefilter import TimeFilters
from connector.sandbox.company.generate import generate

AS_OF = datetime(2026, 10, 1, 9, tzinfo=ZoneInfo("Europe/Moscow"))
LISTING = Listing("crm.company.list", ("ID",))


@pytest.fixture
def reader(portal, connect):
    """Read a table over HTTP: `reader(table)`."""

    def make(table, enrich=lambda rows: None) -> Reader:
        http = connect(portal(table).url, may_write=False).http
        there = Portal(http)
        return Reader(there, LISTING, TimeFilters(there, []), enrich)

    return make


def ids(pages) -> list[int]:
    return [int(row["ID"]) for page in pages for row in page.rows]


def gappy(seed: int) -> list[int]:
    """Return ids as portals have them: dense stretches, thinned ones, and jumps."""
    rng = random.Random(seed)
    found: list[int] = []
    at = rng.randrange(1, 1000)
    for _ in range(rng.randrange(1, 8)):
        share = rng.choice([1.0, 0.9, 0.3, 0.02])
        length = rng.randrange(1, 4000)
        found += [at + step for step in range(length) if rng.random() < share]
        at += length + rng.choice([0, 10, 10_000, 2_000_000])
    return found


@pytest.mark.parametrize("seed", range(12))
def test_every_row_comes_once_in_order(table, reader, seed):
    wanted = gappy(seed)
    assert ids(reader(table(wanted)).read(Cursor())) == wanted


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 99, 100, 2500, 2501])
def test_the_edges_of_pages_and_blocks(table, reader, count):
    wanted = list(range(1, count + 1))
    pages = list(reader(table(wanted)).read(Cursor()))

    assert ids(pages) == wanted
    assert pages[-1].watermark == "2026-10-01T09:00:00+03:00"


def test_a_dense_table_takes_2500_rows_a_request(table, reader):
    dense = table(range(1, 20_001))
    assert ids(reader(dense).read(Cursor())) == list(range(1, 20_001))

    # The opening and 8 batches of windows of 50 ids, the last of which asks for the page behind, too.
    assert dense.requests == 9


def test_a_thin_table_takes_wider_windows(table, reader):
    """One id in twenty: with windows of 50 ids this would be 160 requests."""
    thin = table(range(20, 400_001, 20))
    assert ids(reader(thin).read(Cursor())) == list(range(20, 400_001, 20))
    assert thin.requests < 20


def test_a_crowd_behind_a_desert_is_read_in_bounded_blocks(table, reader):
    crowd = [*range(1, 3_000_000, 50_000), *range(3_000_000, 3_006_000)]
    pages = list(reader(table(crowd)).read(Cursor()))

    assert ids(pages) == crowd
    assert max(len(page.rows) for page in pages) < 15_000


def test_rows_deleted_on_the_way_lose_no_other_row(table, reader):
    falling = table(range(1, 6001))
    turn = iter(range(10_000))

    def delete(each) -> None:
        each.ids -= set(range(1 + 60 * next(turn), 20 + 60 * next(turn)))

    falling.before = delete
    found = ids(reader(falling).read(Cursor()))
    assert sorted(set(found)) == found
    assert falling.ids <= set(found)


def test_rows_added_on_the_way_are_met(table, reader):
    growing = table(range(1, 3001))

    def add(each) -> None:
        each.ids.add(max(each.ids) + 1)

    growing.before = add
    found = ids(reader(growing).read(Cursor()))
    assert found[:3000] == list(range(1, 3001))
    # All but those added with the last answers, which come in any order; the next increment meets them.
    assert set(found) >= set(range(1, max(growing.ids) + 1 - growing.requests + 2))


def test_a_pass_goes_on_from_any_page(table, reader):
    wanted = [*range(1, 3000), *range(9000, 30_000, 25)]
    pages = list(reader(table(wanted)).read(Cursor()))
    assert len(pages) > 3
    for number, page in enumerate(pages):
        rest = list(reader(table(wanted)).read(Cursor(position=page.position)))
        assert ids(pages[: number + 1]) + ids(rest) == wanted


def test_a_resumed_pass_keeps_the_watermark_of_its_beginning(table, reader):
    pages = reader(table(range(1, 200))).read(
        Cursor(position={"after": 50, "began": "2026-09-30T09:00:00+03:00"})
    )
    assert {page.watermark for page in pages} == {"2026-09-30T09:00:00+03:00"}


def test_rows_are_enriched_in_every_way_they_are_read(table, reader):
    def mark(rows) -> None:
        for row in rows:
            row["@mark"] = row["ID"]

    growing = table(range(1, 3001))
    growing.before = lambda each: each.ids.add(max(each.ids) + 1)
    rows = [row for page in reader(growing, mark).read(Cursor()) for row in page.rows]
    assert len(rows) > 3000
    assert all(row["@mark"] == row["ID"] for row in rows)


def test_an_engine_that_stops_early_leaves_nothing_behind(table, reader):
    pages = reader(table(range(1, 100_001))).read(Cursor())
    next(pages)
    next(pages)
    pages.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows, given: [*rows[:-1], {"ID": "999999"}],
        lambda rows, given: [{"ID": given["filter"][">ID"]}, *rows[1:]],
        lambda rows, given: [rows[0], *rows[:-1]],
        lambda rows, given: None,
        lambda rows, given: [{"TITLE": "x"}],
        lambda rows, given: ["x"],
    ],
    ids=["above", "below", "twice", "no list", "no id", "no map"],
)
def test_a_portal_that_does_not_keep_to_the_filter_is_found_out(table, reader, spoil):
    class Spoilt(table):
        def _rows(self, given):
            rows = super()._rows(given)
            return spoil(rows, given) if "<=ID" in given["filter"] else rows

    with pytest.raises(SourceError):
        list(reader(Spoilt(range(1, 500))).read(Cursor()))


def test_a_full_page_in_disorder_is_found_out(table, reader):
    class Disordered(table):
        def _rows(self, given):
            return super()._rows(given)[::-1]

    with pytest.raises(SourceError, match="order"):
        list(reader(Disordered(range(1, 500))).read(Cursor()))


@pytest.mark.parametrize("fault", ["inner_error", "inner_failure"])
def test_a_command_that_fails_in_a_batch_is_asked_again(stand_in, connect, leap, fault):
    sandbox = stand_in(faults=[f"{fault}=crm.activity.list:3"])
    connection = connect(sandbox.url, sleep=leap)

    found = connection.ids("activities")

    assert sorted(found) == sorted(int(row["ID"]) for row in sandbox.state("vendor")["vendor"]["activity"])


def test_an_inner_error_that_stays_is_raised_not_swallowed(table, reader):
    """A peer's client returned 950 of 5,000 rows here without a word."""
    said = {
        "error": "OPERATION_TIME_LIMIT",
        "error_description": "Method is blocked due to operation time limit.",
    }

    class Blocked(table):
        def __call__(self, method, given):
            answer = super().__call__(method, given)
            if method == "batch" and self.requests > 1:
                return {
                    "result": {"result": [], "result_error": dict.fromkeys(given["cmd"], said)},
                    "time": {},
                }
            return answer if self.requests == 1 else (429, said, {})

    with pytest.raises(TransientError, match="operation time limit"):
        list(reader(Blocked(range(1, 5001))).read(Cursor()))


def test_a_command_that_a_batch_passes_over_is_asked_again(table, reader):
    class Forgetful(table):
        def __call__(self, method, given):
            answer = super().__call__(method, given)
            if method == "batch" and self.requests > 1:
                answer["result"]["result"].pop("c7", None)
            return answer

    assert ids(reader(Forgetful(range(1, 5001))).read(Cursor())) == list(range(1, 5001))


def test_companies_deleted_after_the_first_page_cost_no_other_company(stand_in, connect):
    """Two peers lose ids 51-60 here."""
    sandbox = stand_in(
        company=generate(clients=300, seed=7, as_of=AS_OF, events_per_client=0),
        faults=["delete_mid_pull=10"],
    )
    found = set(connect(sandbox.url).ids("companies"))

    rows = sandbox.state("vendor")["vendor"]["company"]
    alive = {int(row["ID"]) for row in rows if row["IS_MY_COMPANY"] == "N"}
    assert len(alive) == 290
    assert alive <= found


@pytest.mark.parametrize(
    "fault", ["html_502=batch:2", "truncated_json=batch:2", "error_with_200=batch:2", "slow=5"]
)
def test_what_passes_by_itself_changes_nothing(stand_in, connect, fault):
    sandbox = stand_in(faults=[fault])
    connection = connect(sandbox.url)
    assert sorted(connection.ids("contacts")) == list(range(1, 85))


def test_the_limit_is_never_exceeded_by_reads_and_writes_together(stand_in, connect, change):
    """Slots are taken before sending: not one refusal, though we want more than the portal gives."""
    sandbox = stand_in(limits="standard", count_refused=True)
    connection = connect(sandbox.url, bucket=Bucket(None, "x", 2.0, 49.0))
    connection.read("activities")
    connection.read("companies")
    note = [change(AddNote, key=f"{number:020d}", text="x") for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(connection.source.add_note, each) for each in note]
        done += [pool.submit(connection.source._account.portal.call, "server.time") for _ in range(60)]
    assert all(each.result() for each in done)

    assert connection.http.numbers.requests > 90
    assert connection.http.numbers.waited > 0
    assert sandbox.state("refused")["refused"] == 0


def test_a_limit_that_others_filled_is_waited_out(stand_in, connect, monkeypatch):
    """The control: without a limit of our own the portal refuses, and the answers come all the same."""
    monkeypatch.setattr(answers, "BUCKET_SECONDS", 0.6)
    sandbox = stand_in(limits="standard")
    greedy = connect(sandbox.url, bucket=Bucket(None, "x", 1e6, 1e6))
    for _ in range(53):
        greedy.source._account.portal.call("server.time")

    assert sandbox.state("refused")["refused"] > 0
    assert greedy.http.numbers.refused == sandbox.state("refused")["refused"]


def test_without_a_right_the_stream_fails_and_says_so(stand_in, connect):
    connection = connect(stand_in(faults=["no_right=crm.contact.*"]).url)
    with pytest.raises(AccessError):
        connection.read("contacts")
