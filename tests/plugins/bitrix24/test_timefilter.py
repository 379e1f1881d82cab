"""Increments: what changed since the last pass, in the spelling that the portal understands."""

from __future__ import annotations

import logging
from datetime import datetime
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

import pytest

from connector.plugins.base import Cursor

TIME = {"date_start": "2026-10-01T09:00:00+03:00"}
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture(params=[[], ["naive_filter_only"]], ids=["iso", "naive"])
def changed(request, stand_in, connect):
    """A portal that was read once and where people then did something; both spellings of its filter."""
    sandbox = stand_in(faults=request.param)
    connection = connect(sandbox.url)
    return sandbox, connection


def other_owner(sandbox, *, now: bool = False) -> str:
    """Return the owner of company 7, or an employee who is not."""
    rows = {row["ID"]: row for row in sandbox.state("vendor")["vendor"]["company"]}
    owner = str(rows["7"]["ASSIGNED_BY_ID"])
    return owner if now else {"6": "5"}.get(owner, "6")


def watermark(connection, stream: str) -> str:
    return [page.watermark for page in connection.pages(stream)][-1]


def test_only_what_changed_is_read_again(changed):
    sandbox, connection = changed
    since = watermark(connection, "companies")
    before = sandbox.state("requests")["requests"]
    sandbox.act("change_owner", client="7", owner=other_owner(sandbox))

    found = connection.read("companies", Cursor(since=since))

    assert [(client.ref.external_id, client.owner) for client in found] == [
        ("7", other_owner(sandbox, now=True))
    ]
    assert sandbox.state("requests")["requests"] - before <= 6


def test_a_second_increment_does_not_ask_how_times_are_spelt(changed):
    sandbox, connection = changed
    since = Cursor(since=watermark(connection, "contacts"))
    connection.read("contacts", since)
    before = sandbox.state("requests")["requests"]
    connection.read("contacts", since)
    # The contacts, the companies changed alone, and the contacts of these.
    assert sandbox.state("requests")["requests"] - before <= 3


def test_the_overlap_meets_what_was_entered_while_we_read(changed):
    sandbox, connection = changed
    since = watermark(connection, "companies")
    later = datetime.fromisoformat(since).timestamp() + 90
    sandbox.act("change_owner", client="7", owner=other_owner(sandbox))
    found = connection.read("companies", Cursor(since=datetime.fromtimestamp(later, MOSCOW).isoformat()))
    assert [client.ref.external_id for client in found] == ["7"]


def test_many_changes_are_read_by_windows_too(changed):
    _, connection = changed
    every = sorted(connection.ids("activities", Cursor(since="2024-01-01T00:00:00+03:00")))
    assert every == sorted(connection.ids("activities"))


def test_a_filter_that_nothing_helps_means_reading_everything(portal, connect, table, caplog):
    class Deaf(table):
        """A portal that ignores every filter by time; each row was changed long ago."""

    served = portal(Deaf(range(1, 301)))
    connection = connect(served.url, read_results=False)
    source = connection.source
    listing = {each.method: each for each in source._account.times._listings}["crm.contact.list"]
    with caplog.at_level(logging.WARNING):
        assert source._account.times.since(listing, "2026-10-01T09:00:00+03:00") == {}
    assert "crm.contact.list: no filter by time is understood" in caplog.text


def test_a_right_that_is_missing_does_not_spoil_the_other_streams(stand_in, connect):
    sandbox = stand_in(faults=["no_right=tasks.*"])
    connection = connect(sandbox.url)
    assert connection.read("contacts", Cursor(since="2026-10-01T08:59:00+03:00")) == []


def test_a_company_whose_requisites_changed_is_read_again(portal, connect):
    """The portal does not touch a company when its requisites change."""
    entry = {"ID": "9", "ENTITY_TYPE_ID": "4", "ENTITY_ID": "3", "ACTIVE": "Y", "RQ_INN": "7707083893"}
    person = {"ID": "10", "ENTITY_TYPE_ID": "3", "ENTITY_ID": "4", "ACTIVE": "Y", "RQ_INN": "7707083893"}
    company = {"ID": "3", "TITLE": "Firm", "IS_MY_COMPANY": "N"}

    def rows(command: str) -> list:
        told = unquote_plus(command)
        if "filter[>=" in told and "filter[>=DATE_MODIFY]=2026-10-01T08:58:00+03:00" not in told:
            return []  # nobody changed anything in a far future
        if told.startswith("crm.company.list") and "filter[@ID][0]=3" in told:
            return [company]
        if told.startswith("crm.requisite.list"):
            return [entry] if "[@ENTITY_ID]" in told else [entry, person]
        return []

    def answer(method, given):
        if method == "batch":
            return {
                "result": {"result": {key: rows(each) for key, each in given["cmd"].items()}},
                "time": TIME,
            }
        return {"result": [], "time": TIME}

    found = connect(portal(answer).url).read("companies", Cursor(since="2026-10-01T09:00:00+03:00"))

    assert [(client.ref.external_id, client.inn) for client in found] == [("3", "7707083893")]
