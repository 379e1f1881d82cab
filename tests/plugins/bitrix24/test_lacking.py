"""What a pass was not allowed to ask stands in its watermark, and is asked for once it may be."""

from __future__ import annotations

import pytest

from connector.plugins.base import Cursor

CLOSED = {
    "no_stream=requisite": ("companies", "crm.requisite.list"),
    "no_right=voximplant.*": ("activities", "voximplant.statistic.get"),
    "no_stream=contact": ("deals", "crm.contact.list"),
    "no_stream=deal": ("tasks", "crm.deal.list"),
}


def watermark(connection, stream: str, cursor: Cursor | None = None) -> str:
    return next(iter(connection.pages(stream, cursor))).watermark


@pytest.mark.parametrize(("fault", "stream", "method"), [(fault, *each) for fault, each in CLOSED.items()])
def test_what_was_closed_is_read_anew_once_it_is_open(stand_in, connect, fault, stream, method):
    sandbox = stand_in(faults=[fault])
    connection = connect(sandbox.url)
    since = watermark(connection, stream)
    assert since.endswith(f" without {method}")
    assert connection.read(stream, Cursor(since=since)) == []

    sandbox.act("clear_faults")
    anew = connect(sandbox.url)
    everything = len(anew.read(stream))
    assert len(anew.read(stream, Cursor(since=since))) == everything > 20
    assert " without" not in watermark(anew, stream, Cursor(since=since))


def test_a_pass_that_reads_anew_goes_on_where_it_stopped(stand_in, connect):
    sandbox = stand_in()
    connection = connect(sandbox.url)
    pages = list(connection.pages("companies"))
    half = Cursor("2026-10-01T09:00:00+03:00 without crm.requisite.list", pages[0].position)
    rest = [row["ID"] for page in connection.pages("companies", half) for row in page.rows]
    assert rest == [row["ID"] for page in pages[1:] for row in page.rows]


def test_what_is_open_costs_one_question_a_run(stand_in, connect):
    sandbox = stand_in()
    connection = connect(sandbox.url)
    streams = {each.name: each for each in connection.source.streams()}
    connection.read("companies")
    before = sandbox.state("requests")["requests"]
    assert str(streams["companies"].visibility()) == "full"
    assert connection.source.streams()[1].name == "companies"
    assert sandbox.state("requests")["requests"] - before <= 3


def test_the_view_says_what_is_closed(stand_in, connect):
    connection = connect(stand_in(faults=["no_stream=requisite"]).url)
    (companies,) = [each for each in connection.source.streams() if each.name == "companies"]
    list(companies.read(Cursor()))
    seen = companies.visibility()
    assert (seen.state, seen.reason) == (
        "partial",
        "crm.requisite.list may not be called, INN and KPP are unknown",
    )


def test_companies_without_requisites_are_read_in_increments_too(stand_in, connect):
    """Control of a bug: the question for changed requisites failed the whole stream."""
    connection = connect(stand_in(faults=["no_stream=requisite"]).url)
    assert len(connection.read("companies", Cursor(since="2020-01-01T00:00:00+03:00"))) == 60


def test_contacts_without_companies_are_read_in_increments_too(stand_in, connect):
    connection = connect(stand_in(faults=["no_stream=company"]).url)
    assert connection.read("contacts", Cursor(since="2020-01-01T00:00:00+03:00"))
