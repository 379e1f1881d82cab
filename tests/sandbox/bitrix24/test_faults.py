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
from sandbox.naive import (
    add_task_with_retries,
    changed_since,
    counted_pages,
    in_order,
    moves_of,
    offset_pages,
    rows_if_any,
    vanished,
)

TASK = {"TITLE": "Связаться", "RESPONSIBLE_ID": 3, "UF_CRM_TASK": ["CO_1"], "TAGS": ["norm-k"], "XML_ID": "k"}
TESTED = {
    "expired_token", "overload", "error_with_200", "inner_error", "rename_302", "no_right",
    "naive_filter_only",
    "operating_on_batch", "no_counters", "garbage_rows", "hidden_rows", "delete_mid_pull", "index_lag",
    "slow_update",
    "html_502", "truncated_json", "lost_reply", "cut_before", "slow", "token_life", "error_500", "empty_code",
    "inner_failure", "no_scope", "no_stream", "own_rows_only", "operating_reset_iso", "slow_command", "leads",
    "no_totals", "history_as_text", "garbage_page", "insert_mid_pull", "change_mid_pull", "hold_reply",
    "gateway_504", "changed_back", "no_rest", "refused_as", "scopes", "no_method", "plain_owner",
    "hidden_user", "clock_ahead", "clock_behind",
}  # fmt: skip
"""operating_on_batch, operating_reset_iso and no_counters are tested in test_limits, token_life in
test_oauth, leads in methods/test_leads, and from no_rest on in test_rights."""


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
    for fault in ("inner_error", "inner_failure"):
        broken = start(many_clients(150), f"{fault}=crm.company.list:all")
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


def test_an_inner_error_that_passes_costs_one_page_of_a_client_that_does_not_ask_again(start: Start) -> None:
    passing = start(many_clients(150), "inner_error=crm.company.list:1")
    assert len(counted_pages(passing.sandbox.url, "crm.company.list")) == 101
    assert len(counted_pages(passing.sandbox.url, "crm.company.list")) == 151


def alive(api: Api) -> set[int]:
    return {int(row["ID"]) for row in api.sandbox.state("vendor")["vendor"]["company"]}


def test_a_counted_pull_misses_rows_that_come_after_the_count(start: Start) -> None:
    healthy, growing = start(many_clients(149)), start(many_clients(149), "insert_mid_pull=10")
    for api, missed in ((healthy, set()), (growing, set(range(151, 161)))):
        got = numbers(counted_pages(api.sandbox.url, "crm.company.list"))
        assert alive(api) - set(got) == missed


def test_a_pull_from_the_newest_meets_rows_twice_when_some_come(start: Start) -> None:
    healthy, growing = start(many_clients(150)), start(many_clients(150), "insert_mid_pull=10")
    newest = {"ID": "DESC"}
    assert len(in_order(healthy.sandbox.url, newest)) == len(alive(healthy)) == 151
    got = in_order(growing.sandbox.url, newest)
    assert len(got) - len(set(got)) == 10


def test_a_pull_by_change_loses_rows_when_others_change(start: Start) -> None:
    healthy, moving = start(many_clients(150)), start(many_clients(150), "change_mid_pull=10")
    by_change = {"DATE_MODIFY": "ASC"}
    assert set(in_order(healthy.sandbox.url, by_change)) == alive(healthy)
    assert alive(moving) - set(in_order(moving.sandbox.url, by_change)) == set(range(51, 61))


def test_rows_that_go_mid_pull_go_once(start: Start) -> None:
    api = start(many_clients(150), "delete_mid_pull=10", "insert_mid_pull=3", "change_mid_pull=2")
    for _ in range(3):
        api("crm.company.list")
    assert len(alive(api)) == 144
    assert [row["ID"] for row in api("crm.company.list", filter={"!COMMENTS": ""})] == ["11", "12"]


@pytest.mark.parametrize(
    ("fault", "status", "code"), [("error_500", 500, "INTERNAL_SERVER_ERROR"), ("empty_code", 400, "")]
)
def test_a_passing_refusal_ends_a_pull_that_reads_only_results(
    start: Start, fault: str, status: int, code: str
) -> None:
    api = start(many_clients(150), f"{fault}=crm.company.list@2")
    with pytest.raises(KeyError):
        offset_pages(api.sandbox.url, "crm.company.list")
    assert len(offset_pages(api.sandbox.url, "crm.company.list")) == 151
    assert start(None, fault).refused("crm.company.list")[:2] == (status, code)


def test_a_list_without_a_total_cannot_be_counted(start: Start) -> None:
    silent = start(many_clients(150), "no_totals")
    with pytest.raises(KeyError, match="total"):
        counted_pages(silent.sandbox.url, "crm.company.list")
    assert len(offset_pages(silent.sandbox.url, "crm.company.list")) == 151


@pytest.mark.parametrize("fault", ["no_stream=contact", "no_right=crm.contact.*", "no_scope=crm.contact.*"])
def test_a_stream_that_may_not_be_read_looks_empty(start: Start, fault: str) -> None:
    assert len(rows_if_any(start().sandbox.url, "crm.contact.list")) == 3
    closed = start(None, fault)
    assert rows_if_any(closed.sandbox.url, "crm.contact.list") == []
    assert closed.sandbox.state("company")["company"]["contacts"] != []
    assert len(closed("crm.company.list")) == 4


def test_a_missing_scope_is_told(start: Start) -> None:
    api = start(None, "no_scope")
    response = api.send("voximplant.statistic.get")
    assert (response.status_code, response.json()) == (403, sample("error.insufficient_scope.403"))


@pytest.mark.parametrize(
    ("entity", "methods"),
    [
        ("contact", {"crm.contact.list": {}, "crm.item.list": {"entityTypeId": 3}}),
        ("deal", {"crm.deal.get": {"id": 1}, "crm.stagehistory.list": {"entityTypeId": 2}}),
        ("activity", {"crm.activity.list": {}}),
        ("call", {"voximplant.statistic.get": {}}),
        ("task", {"tasks.task.list": {}}),
        ("requisite", {"crm.requisite.list": {}}),
    ],
)
def test_a_closed_entity_is_closed_in_every_method(
    start: Start, entity: str, methods: dict[str, dict[str, Any]]
) -> None:
    api, closed = start(), start(None, f"no_stream={entity}")
    for method, params in methods.items():
        assert api.send(method, params).status_code == 200
        assert closed.refused(method, **params)[2].startswith("Access denied")
    assert closed.send("crm.company.list").status_code == 200


def test_rows_of_others_look_deleted_to_a_user_who_sees_only_his_own(start: Start) -> None:
    assert vanished(start().sandbox.url, {1, 2, 3, 4}) == set()
    narrow = start(None, "own_rows_only=3")
    assert vanished(narrow.sandbox.url, {1, 2, 3, 4}) == {2, 3, 4}
    assert narrow.refused("crm.company.get", id=3)[2] == "Access denied."
    assert narrow.refused("crm.company.get", id=9)[2] == "Not found"
    assert {row["OWNER_ID"] for row in narrow("crm.activity.list", filter={"OWNER_TYPE_ID": 4})} >= {"2"}
    assert narrow.body("crm.deal.list")["total"] == 1


def test_hidden_rows_leave_full_pages_without_a_count(start: Start) -> None:
    api = start(many_clients(200), "hidden_rows=2")
    page = numbers(api("crm.company.list", start=-1, filter={">ID": 20}, order={"ID": "ASC"}))
    assert page == list(range(21, 121, 2))


def test_garbage_of_one_page_stops_a_trusting_reader_once(start: Start) -> None:
    api = start(many_clients(120), "garbage_page=crm.company.list@2")
    rows = offset_pages(api.sandbox.url, "crm.company.list")
    assert [int(row["ID"]) for row in rows if row["TITLE"] is None] == list(range(51, 101))
    with pytest.raises(ValueError, match="year 0"):
        [datetime.fromisoformat(row["DATE_CREATE"]) for row in rows]
    again = offset_pages(api.sandbox.url, "crm.company.list")
    assert len([datetime.fromisoformat(row["DATE_CREATE"]) for row in again]) == 121


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("crm.activity.list", {}, "CREATED"),
        ("voximplant.statistic.get", {}, "CALL_START_DATE"),
        ("crm.contact.list", {}, "DATE_CREATE"),
        ("crm.deal.list", {}, "DATE_CREATE"),
    ],
)
def test_a_page_of_any_list_can_be_garbage(
    start: Start, method: str, params: dict[str, Any], field: str
) -> None:
    api = start(None, f"garbage_page={method}:1")
    assert {row[field][:4] for row in api(method, **params)} == {"0000"}
    assert all(row[field][:3] == "202" for row in api(method, **params) if row[field])


def test_a_history_in_text_has_no_entries_for_a_client_that_expects_numbers(start: Start) -> None:
    assert moves_of(start().sandbox.url, 1) == ["NEW", "PREPARATION"]
    assert moves_of(start(None, "history_as_text").sandbox.url, 1) == []


def test_a_held_reply_doubles_a_task_of_a_client_that_does_not_wait(start: Start) -> None:
    healthy, held = start(), start(None, "hold_reply=tasks.task.add:600")
    assert add_task_with_retries(healthy.sandbox.url, TASK, timeout=5) == 1
    assert add_task_with_retries(held.sandbox.url, TASK, timeout=0.1) == 0
    assert len(tasks_named(healthy, "norm-k")) == 1
    assert len(tasks_named(held, "norm-k")) == 5


def test_a_held_reply_is_held_after_the_commit(start: Start) -> None:
    api = start(None, "hold_reply=tasks.task.add:400")
    begun = time.monotonic()
    with pytest.raises(requests.ReadTimeout):
        api.session.post(api.sandbox.url + "tasks.task.add", json={"fields": TASK}, timeout=0.1)
    assert [write["method"] for write in api.sandbox.state("writes")["writes"]] == ["tasks.task.add"]
    assert time.monotonic() - begun < 0.4


def test_a_batch_of_slow_commands_outlasts_the_gateway(start: Start) -> None:
    commands = {f"c{number}": "crm.company.list?start=-1" for number in range(10)}
    api = start(None, "slow_command=crm.*:20", "gateway_504=100")
    broken = api.send("batch", {"cmd": commands})
    assert (broken.status_code, broken.headers["Content-Type"]) == (504, "text/html; charset=utf-8")
    with pytest.raises(requests.JSONDecodeError):
        broken.json()
    small = api.body("batch", cmd=dict(list(commands.items())[:4]))
    assert len(small["result"]["result"]) == 4
    assert small["time"]["duration"] >= 0.08
    assert small["result"]["result_time"]["c0"]["duration"] >= 0.02


def test_a_rule_changes_a_field_back_and_who_trusts_the_answer_is_wrong(start: Start) -> None:
    api = start(many_clients(3), "changed_back=UF_CRM_ABC_CLASS")
    fields = {"UF_CRM_ABC_CLASS": "A", "UF_CRM_REGION": "Тверь"}
    assert api("crm.company.update", id=1, fields=fields) is True
    card = api("crm.company.get", id=1)
    assert (card["UF_CRM_ABC_CLASS"], card["UF_CRM_REGION"]) == (None, "Тверь")
