"""Every fault breaks a client written in a hurry; without the fault the same client is fine."""

from __future__ import annotations

import time

import pytest
import requests

from connector.sandbox.vendors import list_faults
from sandbox.amocrm.conftest import NOW, Api, Start
from sandbox.amocrm.naive import (
    add_by_place,
    add_with_retries,
    by_next,
    changed_since,
    give_tag,
    hammer,
    until_nothing,
    until_short,
    without_the_wrong,
)
from sandbox.firms import many_clients

DUE = 1790924400
TASK = {"text": "Позвонить ⟦k⟧", "complete_till": DUE, "entity_id": 1, "entity_type": "companies"}
BY_ID = "companies?order[id]=asc"
ELSEWHERE = {
    "test_oauth": {"token_life", "grace", "revoked", "renamed", "rename_302", "expired_token"},
    "test_rights": {"token_user", "view_rights", "no_users", "unpaid"},
    "test_limits": {"too_many", "html_429", "retry_after", "block_after", "blocked", "busy_account"},
}
HERE = {
    "filter_off", "filter_lies", "always_next", "missing_next", "false_next", "empty_200", "early_204",
    "short_pages", "delete_mid_pull", "insert_mid_pull", "change_mid_pull", "applied_504", "batch_504",
    "partial_400", "reversed_answers", "changed_back", "clock_ahead", "clock_behind", "legacy_enum",
    "whole_prices", "inn_as_text", "no_reasons", "deleted_reason", "archived_pipeline", "deleted_user",
    "php_arrays", "zero_reasons", "garbage_rows", "html_502", "truncated_json", "lost_reply", "cut_before",
    "hold_reply",
    "gateway_504", "slow",
}  # fmt: skip


def marked(api: Api) -> list[int]:
    """Return the tasks that carry the marker."""
    return [row["id"] for row in api.rows("tasks?limit=250") if row["text"] == TASK["text"]]


def ids(rows: list[dict[str, int]]) -> list[int]:
    return [row["id"] for row in rows]


def test_every_fault_is_described_and_tested() -> None:
    described = list_faults("amocrm")
    assert set(described) == HERE.union(*ELSEWHERE.values())
    assert all("\n" not in line and len(line) < 140 for line in described.values())


def test_where_the_filter_is_off_an_increment_is_everything(start: Start) -> None:
    healthy, off, lying = start(), start(None, "filter_off"), start(None, "filter_lies")
    since = NOW - 2 * 86400
    assert changed_since(healthy, since) == [3]
    assert changed_since(off, since) == changed_since(lying, since) == [1, 2, 3]
    flag = "account?with=is_api_filter_enabled"
    told = [api(flag)["is_api_filter_enabled"] for api in (healthy, off, lying)]
    assert told == [True, False, True]
    assert off.numbers("tasks?filter[id][]=1") == [1]


def test_a_next_page_that_never_was_has_no_body(start: Start) -> None:
    assert len(by_next(start(many_clients(120)), "companies?limit=50")) == 120
    with pytest.raises(requests.JSONDecodeError):
        by_next(start(many_clients(120), "always_next"), "companies?limit=50")
    with pytest.raises(requests.JSONDecodeError):
        by_next(start(many_clients(100)), "companies?limit=50")


def test_a_missing_next_hides_the_rest(start: Start) -> None:
    path = f"{BY_ID}&limit=50"
    assert ids(by_next(start(many_clients(120)), path)) == list(range(1, 121))
    assert ids(by_next(start(many_clients(120), "missing_next"), path)) == list(range(1, 51))
    assert ids(by_next(start(many_clients(120), "missing_next=companies.list@2"), path)) == list(
        range(1, 101)
    )


def test_a_false_next_forgets_the_order_and_the_filter(start: Start) -> None:
    path = f"{BY_ID}&filter[id][]=1&filter[id][]=2&limit=2"
    assert "filter" in start(many_clients(9))(path)["_links"]["next"]["href"]
    rows = ids(by_next(start(many_clients(9), "false_next=companies.list@1"), path))
    assert rows[:2] == [1, 2]
    assert rows[2:] == [7, 6, 5, 4, 3, 2, 1]


def test_an_empty_list_may_be_an_answer(start: Start) -> None:
    path = "companies?filter[id][]=99"
    assert start().send("GET", path).status_code == 204
    body = start(None, "empty_200").send("GET", path)
    assert (body.status_code, body.json()["_embedded"]) == (200, {"companies": []})
    with pytest.raises(AssertionError):
        endless(start(many_clients(3), "empty_200"))


def endless(api: Api) -> None:
    """Count pages up until 204; give up after ten."""
    for page in range(1, 11):
        if api.send("GET", f"companies?page={page}").status_code == 204:
            return
    raise AssertionError


def test_a_204_too_early_ends_a_walk(start: Start) -> None:
    assert len(until_nothing(start(many_clients(120)), BY_ID, 50)) == 120
    assert len(until_nothing(start(many_clients(120), "early_204"), BY_ID, 50)) == 50


def test_short_pages_end_a_walk_that_counts_rows(start: Start) -> None:
    assert len(until_short(start(many_clients(120)), BY_ID, 50)) == 120
    api = start(many_clients(120), "short_pages=20")
    assert len(until_short(api, BY_ID, 50)) == 20
    assert "limit=50" in api(f"{BY_ID}&limit=50")["_links"]["self"]["href"]


@pytest.mark.parametrize(
    ("order", "lost"),
    [("order[id]=asc", set(range(51, 61))), ("order[id]=desc", set())],
    ids=["from the first", "from the last"],
)
def test_offset_pages_lose_rows_that_others_delete_around(start: Start, order: str, lost: set[int]) -> None:
    shrinking = start(many_clients(150), "delete_mid_pull=10")
    got = ids(until_nothing(shrinking, f"companies?{order}", 50))
    alive = {int(number) for number in shrinking.truth("clients")}
    assert alive - set(got) == lost


def test_rows_that_change_move_ahead_of_whoever_reads_the_last_changed_first(start: Start) -> None:
    changing = start(many_clients(150), "change_mid_pull=10")
    got = ids(until_nothing(changing, "companies?", 50))
    assert len(got) == 150
    assert set(range(1, 151)) - set(got) == set(range(1, 11))
    calm = start(many_clients(150), "change_mid_pull=10")
    assert set(ids(until_nothing(calm, BY_ID, 50))) == set(range(1, 151))


def test_rows_that_come_shift_pages(start: Start) -> None:
    growing = start(many_clients(150), "insert_mid_pull=10")
    got = ids(until_nothing(growing, "companies?", 50))
    assert len(got) == 160
    assert len(set(got)) == 150


def test_a_504_that_did_apply_doubles_a_task(start: Start) -> None:
    healthy, gone = start(), start(None, "applied_504=tasks.add:2")
    assert add_with_retries(healthy, "tasks", TASK) == 1
    assert add_with_retries(gone, "tasks", TASK) == 3
    assert (marked(healthy), marked(gone)) == ([4], [4, 5, 6])


def test_a_batch_that_is_too_large_is_applied_in_part(start: Start) -> None:
    api = start(None, "batch_504=3")
    answer = api.send("POST", "tasks", [TASK] * 5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (504, "text/html")
    assert marked(api) == [4, 5, 6]
    assert api.send("POST", "tasks", [TASK] * 3).status_code == 200


def test_good_items_of_a_refused_batch_may_be_there(start: Start) -> None:
    items = [TASK, {"text": "x"}, TASK]
    careful, loose = start(), start(None, "partial_400")
    for api in (careful, loose):
        without_the_wrong(api, items)
    assert (len(marked(careful)), len(marked(loose))) == (2, 4)


def test_answers_in_another_order_mix_up_whoever_counts_places(start: Start) -> None:
    names = ["Первая", "Вторая"]
    healthy, turned = start(), start(None, "reversed_answers")
    for api, right in ((healthy, True), (turned, False)):
        made = add_by_place(api, names)
        assert all((api(f"companies/{made[name]}")["name"] == name) is right for name in names)


def test_a_rule_sets_a_field_back(start: Start) -> None:
    change = {"custom_fields_values": [{"field_code": "ABC_CLASS", "values": [{"value": "A"}]}]}
    for api, kept in ((start(), True), (start(None, "changed_back=ABC_CLASS"), False)):
        assert api.send("PATCH", "companies/1", change).status_code == 200
        codes = [one["field_code"] for one in api("companies/1")["custom_fields_values"]]
        assert ("ABC_CLASS" in codes) is kept
    owned = start(None, "changed_back=responsible_user_id")
    owned.send("PATCH", "companies/1", {"responsible_user_id": 2})
    assert owned("companies/1")["responsible_user_id"] == 1


def test_a_clock_that_is_wrong_stamps_wrongly(start: Start) -> None:
    for fault, minutes in (("clock_ahead=3600", 60), ("clock_behind=3600", -60)):
        api = start(None, fault)
        stamped = api.write("POST", "tasks", [TASK])[0]["updated_at"]
        assert abs(stamped - NOW - minutes * 60) < 60


def test_old_answers_have_another_key_for_codes(start: Start) -> None:
    for api, key in ((start(), "enum_code"), (start(None, "legacy_enum"), "enum")):
        phones = api("contacts/1")["custom_fields_values"][0]["values"]
        assert set(phones[0]) == {"value", "enum_id", key}
        assert phones[0][key] == "WORK"


def test_older_accounts_have_no_kopecks(start: Start) -> None:
    modern, older = start(), start(None, "whole_prices")
    lead = modern("leads/1")
    assert (lead["price"], lead["price_with_minor_units"]) == (20000, 19999.99)
    assert "price_with_minor_units" not in older("leads/1")
    assert older.truth("deals")["1"]["amount"] == "20000"


def test_the_inn_may_stand_in_a_text(start: Start) -> None:
    def fields(api: Api) -> dict[str, object]:
        shown = api("companies/1")["custom_fields_values"]
        return {one["field_name"]: one["values"][0]["value"] for one in shown}

    usual, plain = fields(start()), fields(start(None, "inn_as_text"))
    assert usual["Реквизиты"] == {
        "name": "ООО «Ромашка»", "entity_type": 2, "vat_id": "7727406574", "kpp": "772701001",
        "tax_registration_reason_code": None, "address": "г. Москва, ул. Мира, д. 1", "external_uid": None,
    }  # fmt: skip
    assert (plain["ИНН"], plain["КПП"]) == ("7727406574", "772701001")
    assert "Реквизиты" not in plain


def test_a_lost_lead_may_have_no_reason(start: Start) -> None:
    for api, number in ((start(), 1), (start(None, "no_reasons=1"), None)):
        lead = api("leads/2?with=loss_reason")
        assert (lead["status_id"], lead["loss_reason_id"]) == (143, number)
        assert len(lead["_embedded"]["loss_reason"]) == int(number is not None)
        assert api.truth("deals")["2"]["loss_reason"] == ("Дорого" if number else "")


def test_no_reason_may_be_a_zero(start: Start) -> None:
    """Which a client looks up in vain, or takes for the first reason of its list."""
    for api, number in ((start(), None), (start(None, "zero_reasons"), 0)):
        assert api("leads/1")["loss_reason_id"] == number
        assert api("leads/1?with=loss_reason")["_embedded"]["loss_reason"] == []


def test_a_deleted_reason_is_known_to_its_leads_only(start: Start) -> None:
    api = start(None, "deleted_reason=1")
    assert api.rows("leads/loss_reasons") == []
    assert api("leads/loss_reasons/1") == {}
    lead = api("leads/2?with=loss_reason")
    assert (lead["loss_reason_id"], lead["_embedded"]["loss_reason"][0]["name"]) == (1, "Дорого")
    assert start().rows("leads/loss_reasons")[0]["name"] == "Дорого"


def test_an_archived_pipeline_is_off_the_list(start: Start) -> None:
    api = start(None, "archived_pipeline=2")
    assert api.numbers("leads/pipelines") == [1]
    assert api("leads/2")["pipeline_id"] == 2
    archived = api("leads/pipelines/2")
    assert (archived["name"], archived["is_archive"]) == ("Повторные продажи", True)


def test_a_deleted_user_is_known_to_cards_only(start: Start) -> None:
    api = start(None, "deleted_user=4")
    assert api.numbers("users") == [1, 2, 3]
    assert api.refused("GET", "users/4")[0] == 404
    assert api("companies/3")["responsible_user_id"] == 4
    assert start().numbers("users") == [1, 2, 3, 4]


def test_php_writes_nothing_as_an_array(start: Start) -> None:
    api = start(None, "php_arrays")
    assert api("companies/2")["_embedded"] == []
    assert [row["metadata"] for row in api.rows("companies/1/links")] == [[], [], []]
    assert start()("companies/2")["_embedded"] == {"tags": []}


def test_garbage_stops_a_client_that_reads_trustingly(start: Start) -> None:
    api = start(None, "garbage_rows=2")
    leads = {row["id"]: row for row in api.rows("leads")}
    assert (leads[2]["name"], leads[2]["created_at"], leads[2]["price"]) == (None, 0, "n/a")
    assert leads[1]["name"] == "Пробная партия"
    with pytest.raises(ValueError):
        [int(row["price"]) for row in leads.values()]


def test_an_html_page_is_no_json(start: Start) -> None:
    api = start(None, "html_502=@2")
    assert api.send("GET", "account").status_code == 200
    broken = api.send("GET", "account")
    assert broken.status_code == 502
    with pytest.raises(requests.JSONDecodeError):
        broken.json()


def test_json_that_ends_half_way_hides_a_write(start: Start) -> None:
    api = start(None, "truncated_json=tasks.add")
    with pytest.raises(requests.JSONDecodeError):
        api.send("POST", "tasks", [TASK]).json()
    assert marked(api) == [4]


def test_a_lost_answer_doubles_a_task(start: Start) -> None:
    healthy, lossy = start(), start(None, "lost_reply=tasks.add:2")
    assert (add_with_retries(healthy, "tasks", TASK), add_with_retries(lossy, "tasks", TASK)) == (1, 3)
    assert (marked(healthy), marked(lossy)) == ([4], [4, 5, 6])


def test_a_cut_connection_loses_a_write(start: Start) -> None:
    api = start(None, "cut_before=tasks.add")
    with pytest.raises(requests.ConnectionError):
        api.send("POST", "tasks", [TASK])
    assert marked(api) == []


@pytest.mark.parametrize("fault", ["slow=300", "hold_reply=tasks.add:300"])
def test_an_answer_that_takes_long_outlasts_an_impatient_client(start: Start, fault: str) -> None:
    api = start(None, fault)
    begun = time.monotonic()
    with pytest.raises(requests.ReadTimeout):
        api.session.post(f"{api.sandbox.url}api/v4/tasks", json=[TASK], timeout=0.1)
    assert time.monotonic() - begun < 5


def test_the_wires_own_gateway_needs_a_call_that_takes_long(start: Start) -> None:
    """No call of this account is slow by itself, so the fault alone changes nothing."""
    api = start(None, "gateway_504=1")
    assert api.send("POST", "tasks", [TASK]).status_code == 200


def test_writing_the_set_of_tags_loses_the_others(api: Api) -> None:
    give_tag(api, 1, "VIP")
    assert api.truth("clients")["1"]["tags"] == "VIP"
    api.write("PATCH", "companies", [{"id": 1, "tags_to_add": [{"name": "опт"}]}])
    assert api.truth("clients")["1"]["tags"] == "VIP|опт"


def test_hammering_on_ends_in_a_block(start: Start) -> None:
    api = start(None, "block_after=3", "too_many=account.get:all")
    assert hammer(api, 5) == [429, 429, 429, 403, 403]
