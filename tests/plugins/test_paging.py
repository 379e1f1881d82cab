"""The loop that reads a list page by page: its end, its guard, and where the next pass begins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector import Cursor, Page, clock, paged
from connector.errors import SourceError
from connector.http.client import Http
from connector.http.limits import Unlimited

PAGES = {None: Page([{"id": 1}], {"after": 1}), 1: Page([{"id": 2}], {"after": 2}), 2: Page([{"id": 3}])}


def client(ahead: float | None = None) -> Http:
    http = Http("crm", bucket=Unlimited(), may_write=False)
    http.clock_ahead = ahead
    return http


def ask(cursor: Cursor) -> Page:
    return PAGES[cursor.position["after"] if cursor.position else None]


def test_it_asks_from_place_to_place_until_no_place_is_named() -> None:
    pages = list(paged(client(), ask)(Cursor()))
    assert [page.rows for page in pages] == [[{"id": 1}], [{"id": 2}], [{"id": 3}]]
    assert [page.position for page in pages] == [{"after": 1}, {"after": 2}, None]


def test_it_goes_on_from_the_position_it_is_given() -> None:
    pages = list(paged(client(), ask)(Cursor(None, {"after": 1})))
    assert [page.rows for page in pages] == [[{"id": 2}], [{"id": 3}]]


def test_since_goes_with_every_question() -> None:
    asked: list[Cursor] = []
    list(paged(client(), lambda cursor: asked.append(cursor) or ask(cursor))(Cursor("2026-10-01")))
    assert [cursor.since for cursor in asked] == ["2026-10-01"] * 3


def test_the_vendors_clock_at_the_first_answer_less_the_lag_is_the_next_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 1, 9, 0, 30, tzinfo=UTC))
    http = client(ahead=3600.0)
    pages = list(paged(http, ask, lag=60)(Cursor()))
    assert {page.watermark for page in pages} == {"2026-10-01T09:59:30Z"}


def test_a_watermark_that_the_vendor_names_goes_before() -> None:
    pages = list(paged(client(), lambda cursor: Page([], None, "42"))(Cursor()))
    assert [page.watermark for page in pages] == ["42"]


@pytest.mark.parametrize(
    "again",
    [
        lambda cursor: Page([{"id": 1}], {"after": 1}),
        lambda cursor: Page([{"id": id(cursor)}], {"after": 1}),
        lambda cursor: Page([{"id": 1}], {"after": id(cursor)}),
    ],
    ids=["the same page", "the same place", "the same rows"],
)
def test_a_list_without_end_is_left(again: object) -> None:
    with pytest.raises(SourceError, match="crm: the same page came twice: the list would never end"):
        for _, _ in zip(range(50), paged(client(), again)(Cursor()), strict=False):
            pass


def test_two_empty_pages_on_the_way_are_no_circle() -> None:
    answers = iter([Page([], {"n": 1}), Page([], {"n": 2}), Page([{"id": 1}])])
    assert [len(page.rows) for page in paged(client(), lambda cursor: next(answers))(Cursor())] == [0, 0, 1]
