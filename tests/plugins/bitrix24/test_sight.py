"""What each stream reports of how much it could see."""

from __future__ import annotations

import re
from zlib import crc32

import pytest

from connector.plugins.base import Cursor, Visibility
from connector.plugins.bitrix24.links import COMPANY
from connector.plugins.bitrix24.portal import Portal
from connector.plugins.bitrix24.sight import SAMPLE, Sight

TIME = {"date_start": "2026-10-01T09:00:00+03:00"}


def seen(connection) -> dict[str, Visibility]:
    """Read all streams, then ask each what it could see, as the engine does."""
    streams = connection.source.streams()
    for stream in streams:
        assert list(stream.read(Cursor()))
    return {stream.name: stream.visibility() for stream in streams}


def test_an_administrator_sees_everything(stand_in, connect):
    found = seen(connect(stand_in().url))
    assert len(found) == 8
    assert {each.state for each in found.values()} == {"full"}


def test_companies_that_are_named_but_denied_make_the_view_partial(stand_in, connect):
    """Every tenth company is in no list, and its card is denied; contacts and deals still name it."""
    found = seen(connect(stand_in(faults=["hidden_rows=10"]).url))
    assert str(found["companies"]) == ("partial(6 of 60 companies that other records name may not be read)")
    assert found["activities"].state == "partial"
    assert found["employees"].state == "full"


def test_companies_that_are_gone_do_not(stand_in, connect):
    """A deal may name a company that was deleted: nothing is hidden then."""
    sandbox = stand_in()
    connection = connect(sandbox.url)
    streams = {each.name: each for each in connection.source.streams()}
    connection.read("contacts")
    connection.read("deals")
    sandbox.act("delete", entity="company", id="7")
    assert streams["companies"].visibility() == Visibility("full")


def test_a_right_to_own_records_only_is_found_out(stand_in, connect):
    found = seen(connect(stand_in(faults=["own_rows_only=6"]).url))
    assert found["companies"].state == "partial"
    assert "companies that other records name may not be read" in found["companies"].reason


def test_it_costs_a_few_requests_however_often_it_is_asked(stand_in, connect):
    sandbox = stand_in(faults=["hidden_rows=10"])
    connection = connect(sandbox.url)
    seen(connection)
    before = sandbox.state("requests")["requests"]
    for stream in connection.source.streams():
        stream.visibility()
    assert sandbox.state("requests")["requests"] == before


@pytest.fixture
def sight(portal, connect):
    """A portal of somebody who is no administrator; it shows the companies with an even id."""

    def answer(method, given):
        if method == "profile":
            return {"result": {"ID": "5", "ADMIN": False}, "time": TIME}
        results = {}
        for key, command in given["cmd"].items():
            ids = [part.partition("=")[2] for part in command.split("&") if "%40ID" in part]
            results[key] = [{"ID": each} for each in ids if int(each) % 2 == 0]
        return {"result": {"result": results, "result_error": []}, "time": TIME}

    served = portal(answer)
    return served, Sight(Portal(connect(served.url).http))


def test_of_anybody_elses_view_nothing_is_known(sight):
    _, view = sight
    assert str(view.of(COMPANY)) == "unknown(the webhook belongs to no administrator)"


def test_no_more_names_are_looked_up_than_one_request_holds(sight):
    served, view = sight
    for start in range(1, 40_000, 1000):
        view.note(COMPANY, [str(each) for each in range(2 * start, 2 * start + 2000, 2)])
    view.note(COMPANY, [None, "", "0", 0, "x", {}])
    view.note("99", ["1"])

    assert view.of(COMPANY).state == "unknown"
    assert [method for method, _ in served.asked] == ["batch", "profile"]
    commands = served.asked[0][1]["cmd"].values()
    assert len(commands) == SAMPLE // 50
    asked = {each for command in commands for each in re.findall(r"%40ID%5D%5B\d+%5D=(\d+)", command)}
    named = {str(2 * each) for start in range(1, 40_000, 1000) for each in range(start, start + 1000)}
    assert asked == set(sorted(named, key=lambda each: (crc32(each.encode()), each))[:SAMPLE])
