"""Every fault breaks a client written in a hurry; without the fault the same client is fine."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest
import requests

from connector.sandbox.vendors import list_faults
from sandbox.bitrix24.conftest import Api, Start
from sandbox.bitrix24.shapes import sample
from sandbox.firms import many_clients
from sandbox.naive import add_task_with_retries, changed_since, counted_pages, offset_pages

TASK = {"TITLE": "Связаться", "RESPONSIBLE_ID": 3, "UF_CRM_TASK": ["CO_1"], "TAGS": ["norm-k"], "XML_ID": "k"}
TESTED = {
    "expired_token", "overload", "error_with_200", "inner_error", "rename_302", "no_right",
    "naive_filter_only",
    "operating_on_batch", "no_counters", "garbage_rows", "hidden_rows", "delete_mid_pull", "index_lag",
    "slow_update",
    "html_502", "truncated_json", "lost_reply", "cut_before", "slow",
}  # fmt: skip
"""operating_on_batch and no_counters are tested in test_limits."""


def tasks_named(api: Api, tag: str) -> list[str]:
    return [task["id"] for task in api("tasks.task.list", filter={"TAG": tag}, select=["ID"])["tasks"]]


def numbers(rows: list[dict[str, Any]]) -> list[int]:
    return [int(row["ID"]) for row in rows]


def test_every_fault_is_described_and_tested() -> None:
    described = list_faults("bitrix24")
    assert set(described) == TESTED
    assert all("\n" not in line and len(line) < 140 for line in described.values())


def test_offset_pages_lose_rows_that_others_delete_around(start: Start) -> None:
    healthy, shrinking = start(many_clients(150)), start(many_clients(150), "delete_mid_pull=10")
    assert numbers(offset_pages(healthy.sandbox.url, "crm.company.list")) == list(range(1, 152))
    got = numbers(offset_pages(shrinking.sandbox.url, "crm.company.list"))
    alive = {int(row["id"]) for row in shrinking.sandbox.state("company")["company"]["clients"]}
    assert alive - set(got) == set(range(51, 61))


def test_a_counted_pull_takes_fifty_rows_for_all_when_an_inner_command_fails(start: Start) -> None:
    assert len(counted_pages(start(many_clients(150)).sandbox.url, "crm.company.list")) == 151
    broken = start(many_clients(150), "inner_error=crm.company.list:all")
    assert len(counted_pages(broken.sandbox.url, "crm.company.list")) == 50


def test_trusting_totals_ends_at_once_without_a_count(start: Start) -> None:
    body = start(many_clients(150)).body("crm.company.list", start=-1)
    assert len(range(0, body["total"], 50)) == 0
    assert len(body["result"]) == 50


def test_a_blind_retry_doubles_a_task_whose_answer_was_lost(start: Start) -> None:
    healthy, lossy = start(), start(None, "lost_reply=tasks.task.add:2")
    assert add_task_with_retries(healthy.sandbox.url, TASK) == 1
    assert tasks_named(healthy, "norm-k") == ["2"]
    assert add_task_with_retries(lossy.sandbox.url, TASK) == 3
    assert tasks_named(lossy, "norm-k") == ["2", "3", "4"]


def test_a_lost_answer_of_a_batch_hides_its_writes(start: Start) -> None:
    api = start(None, "lost_reply=tasks.task.add")
    command = "tasks.task.add?fields[TITLE]=T&fields[RESPONSIBLE_ID]=3&fields[TAGS][]=norm-k"
    with pytest.raises(requests.ConnectionError):
        api.batch(a=command, b="server.time")
    assert len(tasks_named(api, "norm-k")) == 1


def test_reads_are_never_lost_by_the_fault_of_writes(start: Start) -> None:
    api = start(None, "lost_reply=:all", "cut_before=:all")
    assert len(api("crm.company.list")) == 4
    with pytest.raises(requests.ConnectionError):
        api("tasks.task.add", fields=TASK)
    assert api.sandbox.state("writes")["writes"] == []


def test_giving_up_on_a_cut_connection_loses_the_write(start: Start) -> None:
    api = start(None, "cut_before=tasks.task.add")
    with pytest.raises(requests.ConnectionError):
        api("tasks.task.add", fields=TASK)
    assert tasks_named(api, "norm-k") == []
    api("tasks.task.add", fields=TASK)
    assert tasks_named(api, "norm-k") == ["2"]


def test_looking_up_too_early_doubles_a_task(start: Start) -> None:
    healthy, lagging = start(), start(None, "index_lag=5")
    for api in (healthy, lagging):
        api("tasks.task.add", fields=TASK)
        if not tasks_named(api, "norm-k"):
            api("tasks.task.add", fields=TASK)
        api.sandbox.act("advance", seconds=6)
    assert len(tasks_named(healthy, "norm-k")) == 1
    assert len(tasks_named(lagging, "norm-k")) == 2


def test_a_time_filter_with_an_offset_filters_nothing_where_the_portal_is_so(start: Start) -> None:
    healthy, quirky = start(), start(None, "naive_filter_only")
    for moment, right, wrong in [
        ("2026-09-30T00:00:00+03:00", [3, 4], [1, 2, 3, 4]),
        ("2026-09-30 00:00:00", [3, 4], [3, 4]),
    ]:
        assert numbers(changed_since(healthy.sandbox.url, moment)) == right
        assert numbers(changed_since(quirky.sandbox.url, moment)) == wrong


def test_an_error_with_200_looks_like_an_answer(start: Start) -> None:
    response = start(None, "error_with_200=crm.company.update").send(
        "crm.company.update", {"id": 1, "fields": {}}
    )
    assert response.ok
    assert "result" not in response.json()
    assert response.json()["error"] == "ERROR_CORE"


def test_an_html_page_is_no_json(start: Start) -> None:
    api = start(None, "html_502=@2")
    assert api.send("server.time").status_code == 200
    broken = api.send("server.time")
    assert (broken.status_code, broken.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    with pytest.raises(requests.JSONDecodeError):
        broken.json()
    assert api.send("server.time").status_code == 200


def test_json_that_ends_half_way_cannot_be_read(start: Start) -> None:
    api = start(None, "truncated_json=tasks.task.add")
    broken = api.send("tasks.task.add", {"fields": TASK})
    assert broken.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        broken.json()
    assert tasks_named(api, "norm-k") == ["2"]


def test_following_a_rename_loses_the_body(start: Start) -> None:
    api = start(None, "rename_302=localhost")
    wanted = {"filter": {"ID": 2}}
    followed = api.session.post(api.sandbox.url + "crm.company.list", json=wanted, timeout=10)
    assert numbers(followed.json()["result"]) == [1, 2, 3, 4]
    moved = api.send("crm.company.list", wanted)
    assert moved.status_code == 302
    again = api.session.post(moved.headers["Location"], json=wanted, timeout=10)
    assert numbers(again.json()["result"]) == [2]


def test_an_expired_token_ends_every_call(start: Start) -> None:
    api = start(None, "expired_token")
    assert [api.send("server.time").status_code for _ in range(2)] == [401, 401]
    once = start(None, "expired_token=1")
    assert [once.send("server.time").status_code for _ in range(2)] == [401, 200]


def test_an_overloaded_portal_stays_closed_however_often_one_asks(start: Start) -> None:
    api = start(None, "overload")
    assert [api.send("server.time").status_code for _ in range(3)] == [503, 503, 503]
    assert api.send("server.time").json() == sample("error.OVERLOAD_LIMIT.503")


def test_a_right_that_is_missing_closes_only_its_methods(start: Start) -> None:
    api = start(None, "no_right")
    assert api.refused("voximplant.statistic.get") == (403, "ACCESS_DENIED", "Access denied!")
    assert api.send("crm.company.list").status_code == 200
    inner = api.batch(a="voximplant.statistic.get", b="server.time")
    assert inner["result_error"]["a"]["error"] == "ACCESS_DENIED"


def test_hidden_companies_look_deleted_in_lists_but_not_in_get(start: Start) -> None:
    api = start(many_clients(30), "hidden_rows=10")
    assert set(range(1, 32)) - set(numbers(api("crm.company.list"))) == {10, 20, 30}
    assert api.refused("crm.company.get", id=10)[2] == "Access denied."
    assert api.refused("crm.company.get", id=99)[2] == "Not found"


def test_garbage_stops_a_client_that_reads_dates_trustingly(start: Start) -> None:
    api = start(many_clients(30), "garbage_rows=7")
    rows = {int(row["ID"]): row for row in api("crm.company.list")}
    assert (rows[7]["TITLE"], rows[7]["DATE_CREATE"]) == (None, "0000-00-00T00:00:00+03:00")
    assert rows[8]["TITLE"] == "Клиент 8"
    with pytest.raises(ValueError, match="year 0"):
        [datetime.fromisoformat(row["DATE_CREATE"]) for row in rows.values()]


def test_a_slow_update_answers_after_the_save(start: Start) -> None:
    api = start(None, "slow_update=300")
    with pytest.raises(requests.ReadTimeout):
        api.session.post(
            api.sandbox.url + "crm.company.update", json={"id": 1, "fields": {"TITLE": "Новое"}}, timeout=0.1
        )
    assert api("crm.company.get", id=1)["TITLE"] == "Новое"


def test_a_slow_portal_outlasts_an_impatient_client(start: Start) -> None:
    api = start(None, "slow=300")
    begun = time.monotonic()
    with pytest.raises(requests.ReadTimeout):
        api.session.post(api.sandbox.url + "server.time", json={}, timeout=0.1)
    api("server.time")
    assert time.monotonic() - begun >= 0.3


def test_faults_can_be_switched_while_it_runs(api: Api) -> None:
    api.sandbox.act("fault", spec="html_502=:all")
    assert api.send("server.time").status_code == 502
    api.sandbox.act("clear_faults")
    assert api.send("server.time").status_code == 200
