"""Calls, batches and moves of one portal."""

from __future__ import annotations

import logging

import pytest

from connector.errors import AccessError, MissingRecordError, RefusedError, UnknownFateError
from connector.plugins.bitrix24.portal import Command, Portal
from connector.plugins.bitrix24.portal import Portal as There

TIME = {"date_start": "2026-10-01T09:00:00+03:00"}
DENIED = {"error": "", "error_description": "Access denied."}
ABSENT = {"error": "NOT_FOUND", "error_description": "Element not found"}


@pytest.fixture
def there(portal, connect):
    """A portal with answers of the test's own, and the way to it."""

    def make(answer, **options) -> tuple[There, object]:
        served = portal(answer)
        return Portal(connect(served.url, **options).http), served

    return make


def test_a_call_brings_the_result_and_the_servers_time(there):
    way, served = there(lambda method, given: {"result": [1], "next": 50, "time": TIME})

    assert way.call("crm.status.list", {"filter": {"ENTITY_ID": "INDUSTRY"}}) == ([1], TIME["date_start"], 50)
    assert served.asked == [("crm.status.list", {"filter": {"ENTITY_ID": "INDUSTRY"}})]


def test_a_batch_carries_queries_and_keeps_the_order(there):
    def answer(method, given):
        results = dict(reversed(given["cmd"].items()))
        return {"result": {"result": results, "result_error": [], "result_total": []}, "time": TIME}

    way, served = there(answer)
    commands = [Command("crm.company.get", {"id": number}) for number in range(3)]

    assert way.batch(commands).result == [f"crm.company.get?id={number}" for number in range(3)]
    assert served.asked[0][1]["halt"] == 0


def test_more_than_fifty_commands_take_more_requests(there):
    way, served = there(
        lambda method, given: {"result": {"result": dict.fromkeys(given["cmd"], 1)}, "time": TIME}
    )

    assert way.batch([Command("x", {})] * 120).result == [1] * 120
    assert [len(given["cmd"]) for _, given in served.asked] == [50, 50, 20]


def test_an_empty_batch_asks_nothing(there):
    way, served = there(lambda method, given: {"result": {}})
    assert way.batch([]).result == []
    assert served.asked == []


def test_errors_inside_a_batch_are_repeated_alone_then_raised(there):
    def answer(method, given):
        if method == "batch":
            return {"result": {"result": {"c0": 1}, "result_error": {"c1": DENIED}}, "time": TIME}
        return 400, DENIED, {}

    way, served = there(answer)
    with pytest.raises(AccessError, match=r"main: secret\.method: Access denied"):
        way.batch([Command("open.method", {}), Command("secret.method", {"a": 1})])
    assert served.asked[1] == ("secret.method", {"a": 1})


def test_errors_that_the_caller_tolerates_are_handed_back(there):
    errors = {"c0": ABSENT, "c2": ABSENT}
    way, served = there(
        lambda method, given: {"result": {"result": {"c1": 5}, "result_error": errors}, "time": TIME}
    )

    found = way.batch([Command("x", {})] * 3, tolerate=(MissingRecordError,)).result

    assert [type(each) for each in found] == [MissingRecordError, int, MissingRecordError]
    assert len(served.asked) == 1


def test_a_batch_of_writes_keeps_each_outcome_apart(there):
    errors = {"c1": {"error": "ERROR_CORE", "error_description": "Title is not specified<br>"}}
    way, served = there(
        lambda method, given: {"result": {"result": {"c0": 7}, "result_error": errors}, "time": TIME}
    )

    written = way.write_each([Command("x", {})] * 3)

    assert written[0] == 7
    assert [type(each) for each in written[1:]] == [RefusedError, UnknownFateError]
    assert len(served.asked) == 1


def test_writes_that_the_source_may_not_do_do_not_leave(there):
    way, served = there(lambda method, given: {"result": 1}, may_write=False)

    for write in (lambda: way.write("x", {}), lambda: way.write_each([Command("x", {})] * 2)):
        with pytest.raises(AccessError, match="read only"):
            write()
    assert served.asked == []


def test_a_renamed_portal_is_followed_with_the_body(stand_in, connect, caplog):
    sandbox = stand_in(faults=["rename_302=localhost"])
    connection = connect(sandbox.url)
    assert "127.0.0.1" in sandbox.url

    with caplog.at_level(logging.WARNING):
        assert len(connection.ids("contacts")) == 84

    assert "the portal moved to localhost" in caplog.text
    assert connection.http.base_url.startswith("http://localhost:")
    assert caplog.text.count("moved") == 1


def test_a_write_to_a_renamed_portal_is_done_once(stand_in, connect, change):
    sandbox = stand_in(faults=["rename_302=localhost"])
    connect(sandbox.url).source.create_task(
        change(assignee="5", title="Позвонить", due="2026-10-05T12:00:00+03:00")
    )
    assert len(sandbox.state("writes")["writes"]) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://portal.example/rest/1/c0de/profile",
        "https://portal.example/login/",
        "https:///rest/1/c0de/profile",
        "",
        "ftp://127.0.0.1/rest/1/c0de/profile",
    ],
)
def test_a_redirect_to_elsewhere_is_not_followed(there, location):
    way, served = there(lambda method, given: (302, b"", {"Location": location}))

    with pytest.raises(AccessError, match="sends us away"):
        way.call("profile")
    assert len(served.asked) == 1


def test_two_portals_that_send_to_each_other_do_not_spin(portal, connect):
    def answer(method, given):
        return 302, b"", {"Location": f"{served.url}{method}"}

    served = portal(answer)
    with pytest.raises(Exception, match="new address"):
        Portal(connect(served.url).http).call("profile")
    assert len(served.asked) == 2
