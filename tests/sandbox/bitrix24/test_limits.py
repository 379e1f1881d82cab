"""The two limits: requests per address, and working time per method."""

from __future__ import annotations

import pytest

from connector.sandbox.bitrix24.limits import TARIFFS, Bucket, Operating
from sandbox.bitrix24.conftest import Api, Start
from sandbox.bitrix24.shapes import sample
from sandbox.naive import pause


def burst(bucket: Bucket, now: float, count: int = 300) -> int:
    """Return how many of that many requests pass at one moment."""
    return sum(bucket.admits("10.0.0.1", now) for _ in range(count))


@pytest.mark.parametrize(("tariff", "size", "drain"), [("standard", 50, 2), ("enterprise", 250, 5)])
def test_a_bucket_holds_its_size_and_drains(tariff: str, size: int, drain: int) -> None:
    bucket = Bucket(TARIFFS[tariff], count_refused=False)
    assert burst(bucket, 0.0) == size
    assert burst(bucket, 10.0) == 10 * drain
    assert burst(bucket, 1000.0) == size


def test_refused_requests_fill_the_bucket_where_the_portal_counts_them() -> None:
    bucket = Bucket(TARIFFS["standard"], count_refused=True)
    assert burst(bucket, 0.0, 70) == 50
    assert burst(bucket, 5.0) == 0
    assert Bucket(TARIFFS["standard"], count_refused=False).admits("a", 0.0)


def test_every_address_has_its_own_bucket() -> None:
    bucket = Bucket(TARIFFS["standard"], count_refused=False)
    assert burst(bucket, 0.0) == 50
    assert bucket.admits("10.0.0.2", 0.0)


def test_a_naive_loop_of_single_requests_is_refused(start: Start) -> None:
    api = start(None, limits="standard")
    answers = [api.send("server.time") for _ in range(70)]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) >= 15
    assert refused[0].json() == sample("error.QUERY_LIMIT_EXCEEDED.503")
    assert api.sandbox.state("refused")["refused"] == len(refused)
    api.sandbox.act("advance", seconds=30)
    assert api.send("server.time").status_code == 200


def test_a_client_that_hammers_on_never_gets_in_where_refusals_count(start: Start) -> None:
    def passed(api: Api) -> int:
        first = [api.send("server.time").status_code for _ in range(120)]
        api.sandbox.act("advance", seconds=10)
        return len(first) and sum(api.send("server.time").status_code == 200 for _ in range(20))

    assert passed(start(None, limits="standard")) >= 19
    assert passed(start(None, limits="standard", count_refused=True)) == 0


def test_limits_can_be_off(start: Start) -> None:
    api = start(None, limits="off", operating_ms=60_000)
    assert {api.send("server.time").status_code for _ in range(60)} == {200}


def test_working_time_is_summed_in_ten_baskets() -> None:
    operating = Operating(limited=True)
    for minute in range(10):
        operating.charge("a", 48.0, minute * 60.0)
    assert operating.total("a", 599.0) == 480.0
    assert not operating.blocked("a", 599.0)
    operating.charge("a", 0.1, 599.0)
    assert operating.blocked("a", 599.0)
    assert not operating.blocked("b", 599.0)
    assert operating.reset_at("a", 599.0) == 600
    assert not operating.blocked("a", 600.0)
    assert operating.total("a", 600.0) == pytest.approx(432.1)


def test_a_method_that_worked_too_long_is_blocked_and_others_are_not(start: Start) -> None:
    api = start(None, limits="standard", operating_ms=100_000)
    seen = [api.body("crm.company.list")["time"] for _ in range(5)]
    assert [time["operating"] for time in seen] == [100.0, 200.0, 300.0, 400.0, 500.0]
    response = api.send("crm.company.list")
    assert (response.status_code, response.json()) == (429, sample("error.OPERATION_TIME_LIMIT.429"))
    assert api.send("crm.contact.list").status_code == 200
    reset = seen[-1]["operating_reset_at"]
    api.sandbox.act("advance", seconds=reset - seen[-1]["finish"] + 1)
    assert api.send("crm.company.list").status_code == 200


def test_inner_methods_pay_for_a_batch(start: Start) -> None:
    api = start(None, limits="standard", operating_ms=100_000)
    answer = api.batch(**{f"c{number}": "crm.company.list?start=-1" for number in range(7)})
    assert [time["operating"] for time in answer["result_time"].values()] == [
        100.0,
        200.0,
        300.0,
        400.0,
        500.0,
    ]
    assert {error["error"] for error in answer["result_error"].values()} == {"OPERATION_TIME_LIMIT"}
    assert list(answer["result_error"]) == ["c5", "c6"]
    assert api.batch(a="crm.contact.list")["result_error"] == []
    assert api.send("crm.company.list").status_code == 429


def test_the_batch_pays_where_the_portal_counts_so(start: Start) -> None:
    api = start(None, "operating_on_batch", limits="standard", operating_ms=100_000)
    first = api.batch(a="crm.company.list", b="crm.contact.list", c="crm.deal.list")
    assert {time["operating"] for time in first["result_time"].values()} == {300.0}
    api.batch(a="crm.company.list", b="crm.contact.list", c="crm.deal.list")
    assert api.send("batch", {"cmd": {"a": "server.time"}}).status_code == 429
    assert api.send("crm.company.list").status_code == 200


def test_the_batch_itself_tells_its_figures_too(start: Start) -> None:
    inner = start(None, limits="standard", operating_ms=100_000)
    assert inner.body("batch", cmd={"a": "crm.company.list"})["time"]["operating"] == 0
    whole = start(None, "operating_on_batch", limits="standard", operating_ms=100_000)
    body = whole.body("batch", cmd={"a": "crm.company.list", "b": "crm.deal.list"})
    assert body["time"]["operating"] == 200.0
    assert body["time"]["operating_reset_at"] > body["time"]["finish"]


def test_a_reset_in_text_is_no_number(start: Start) -> None:
    assert 0 < pause(start().body("crm.company.list")["time"]) <= 600
    textual = start(None, "operating_reset_iso").body("crm.company.list")["time"]
    assert textual["operating_reset_at"] == "2026-10-01T09:10:00+03:00"
    with pytest.raises(ValueError, match="invalid literal"):
        pause(textual)


def test_counters_may_be_missing(start: Start) -> None:
    assert "operating" not in start(None, "no_counters").body("server.time")["time"]
