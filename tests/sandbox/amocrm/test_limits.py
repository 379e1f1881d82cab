"""The doors: 7 requests a second, 50 for the account, 429 in two forms, and the block that stays."""

from __future__ import annotations

import time

import pytest
import requests

from connector.sandbox.amocrm.limits import Bucket
from sandbox.amocrm.conftest import Api, Start
from sandbox.amocrm.naive import hammer


def test_a_bucket_holds_a_second() -> None:
    bucket = Bucket(7.0, count_refused=False)
    assert [bucket.admits(100.0) for _ in range(8)] == [True] * 7 + [False]
    assert [bucket.admits(100.5) for _ in range(4)] == [True] * 3 + [False]
    assert [bucket.admits(200.0) for _ in range(8)] == [True] * 7 + [False]


def test_refused_requests_may_count_too() -> None:
    bucket = Bucket(7.0, count_refused=True)
    assert [bucket.admits(100.0) for _ in range(14)] == [True] * 7 + [False] * 7
    assert bucket.admits(101.0) is False


def test_even_spacing_is_never_refused() -> None:
    bucket = Bucket(7.0, count_refused=False)
    assert all(bucket.admits(100.0 + number / 7) for number in range(100))


def test_a_burst_is_refused_and_counted(start: Start) -> None:
    api = start(limits="standard")
    statuses = hammer(api, 12)
    assert statuses[:7] == [200] * 7
    assert statuses.count(429) >= 4
    assert api.sandbox.state("refused")["refused"] == statuses.count(429)


def test_without_limits_nothing_is_refused(start: Start) -> None:
    assert set(hammer(start(), 20)) == {200}


def test_the_body_tells_when_to_come_back_and_the_door_stays_shut(start: Start) -> None:
    api = start(None, "retry_after=60", "too_many=account.get")
    refused = api.send("GET", "account")
    assert (refused.status_code, refused.json()["retry_after"]) == (429, 60)
    assert "Retry-After" not in refused.headers
    assert hammer(api, 2) == [429, 429]
    api.sandbox.act("advance", seconds=61)
    assert hammer(api, 1) == [200]


def test_unasked_it_is_a_second(start: Start) -> None:
    assert start(None, "too_many").send("GET", "account").json()["retry_after"] == 1


def test_a_429_may_be_a_page(start: Start) -> None:
    answer = start(None, "too_many", "html_429").send("GET", "account")
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "text/html")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_other_integrations_leave_less_of_the_account(start: Start) -> None:
    busy = hammer(start(None, "busy_account=48", limits="standard"), 6)
    assert busy[:2] == [200, 200]
    assert busy.count(429) >= 3
    assert hammer(start(limits="standard"), 6) == [200] * 6


def blocked(api: Api) -> list[int]:
    """Return the statuses of the API, of the token endpoint and of the address of a moved account."""
    urls = [f"{api.sandbox.url}{path}" for path in ("api/v4/leads", "oauth2/account/current/subdomain")]
    gets = [api.session.get(url, timeout=10).status_code for url in urls]
    return [*gets, api.session.post(f"{api.sandbox.url}oauth2/access_token", timeout=10).status_code]


def test_too_many_429_end_in_a_block_that_only_support_lifts(start: Start) -> None:
    api = start(None, "block_after=3", "too_many=account.get:3")
    assert hammer(api, 4) == [429, 429, 429, 403]
    page = api.send("GET", "account")
    assert (page.headers["Content-Type"], "nginx" in page.text) == ("text/html", True)
    assert blocked(api) == [403, 403, 403]
    api.sandbox.act("advance", seconds=30 * 86_400)
    assert blocked(api) == [403, 403, 403]
    api.sandbox.act("unblock")
    assert hammer(api, 1) == [200]
    assert api.sandbox.state("refused")["refused"] >= 9


def test_a_block_can_be_there_from_the_start(start: Start) -> None:
    api = start(None, "blocked")
    assert blocked(api) == [403, 403, 403]
    api.sandbox.act("clear_faults")
    assert hammer(api, 1) == [200]


def test_refusals_are_told_apart_from_rights_by_their_form(start: Start) -> None:
    page, problem = start(None, "blocked"), start(None, "no_users")
    assert page.send("GET", "users").headers["Content-Type"] == "text/html"
    assert problem.refused("GET", "users") == (403, "You do not have permission to perform this action")


def test_latency_is_waited_outside_the_lock(start: Start) -> None:
    api = start(latency_ms=200)
    begun = time.monotonic()
    api.send("GET", "account")
    assert 0.2 <= time.monotonic() - begun < 5
