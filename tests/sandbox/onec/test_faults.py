"""Every fault breaks a client written in a hurry; without the fault the same client is fine."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests

from connector.sandbox.vendors import list_faults
from sandbox.firms import firm, many_clients
from sandbox.onec.conftest import CALLS, NOBODY, PARTNERS, REVENUE, TASKS, Api, Start
from sandbox.onec.naive import (
    all_pages,
    count,
    names,
    post_again_until_answered,
    retry_every_500,
    save_trusting_the_version,
)

ELSEWHERE = {
    "pool_down", "basic_off", "not_published", "base_locked", "base_updating", "error_500", "password",
    "no_right",
    "no_write", "no_odata", "long_queries", "patch_forbidden", "delete_forbidden", "no_licence", "slow_first",
    "wrong_charset",
    "strict_composite", "own_keys", "rowversion", "if_match", "small_memory", "configuration", "clock_ahead",
    "clock_behind", "composite", "big_metadata", "empty_composition", "unpublished",
}  # fmt: skip
"""Tested in test_frontdoor, test_filters, test_writing, test_registers, test_metadata
and test_configurations."""
HERE = {
    "licences", "disk_full", "hidden_rows", "own_rows_only", "wrong_field_is_empty", "deletion_filter_lies",
    "count_pulls_all", "no_count", "refused_write", "change_ban", "changed_back", "many_counterparties",
    "fat_order",
    "no_phone_digits", "garbage_rows", "delete_mid_pull", "insert_mid_pull", "change_mid_pull",
    "deep_skip", "no_period",
}  # fmt: skip
WIRE = {"html_502", "truncated_json", "lost_reply", "cut_before", "hold_reply", "gateway_504", "slow"}


def card(api: Api, number: int = 1) -> str:
    return f"{PARTNERS}(guid'{api.key('clients', number)}')"


def test_every_fault_is_described_and_tested() -> None:
    described = list_faults("onec")
    assert set(described) == ELSEWHERE | HERE | WIRE
    assert all("\n" not in line and len(line) < 180 for line in described.values())


def test_one_closed_row_fails_the_whole_query(start: Start) -> None:
    api = start(many_clients(20), "hidden_rows=10")
    assert api.refused("GET", PARTNERS)[:2] == (401, "20")
    assert len(names(api, allowedOnly="true")) == 18
    assert len(api.rows(PARTNERS, filter="Description eq 'Клиент 1'")) == 1
    assert api.refused("GET", card(api, 10))[:2] == (401, "20")


def test_rows_of_others_are_left_out_without_a_word(start: Start) -> None:
    open_to_all, narrow = start(), start(None, "own_rows_only=3")
    assert len(names(open_to_all, allowedOnly="true")) == 3
    assert names(narrow, allowedOnly="true") == ["ООО «Ромашка»"]


def test_lines_are_closed_with_their_object(start: Start) -> None:
    section = f"{PARTNERS}_КонтактнаяИнформация"
    api = start(None, "hidden_rows=3")
    assert {row["Ref_Key"] for row in api.rows(section)} == {api.key("clients", 1), api.key("clients", 2)}
    api.sandbox.act("fault", spec="own_rows_only=3")
    assert api.refused("GET", section)[:2] == (401, "20")
    assert {row["Ref_Key"] for row in api.rows(section, allowedOnly="true")} == {api.key("clients", 1)}
    assert api.refused("GET", f"{section}(Ref_Key=guid'{api.key('clients', 2)}',LineNumber=1)")[:2] == (
        401,
        "20",
    )


def test_pages_that_trust_the_offset_lose_what_others_delete(start: Start) -> None:
    whole, shrinking = start(many_clients(40)), start(many_clients(40), "delete_mid_pull=3")
    order = {"orderby": "Code", "select": "Ref_Key"}
    assert len(all_pages(whole, PARTNERS, 10, **order)) == 40
    got = {row["Ref_Key"] for row in all_pages(shrinking, PARTNERS, 10, **order)}
    assert len({row["id"] for row in shrinking.truth("clients")} - got) == 3


def test_pages_that_trust_the_offset_double_what_others_insert(start: Start) -> None:
    api = start(many_clients(40), "insert_mid_pull=3")
    got = [row["Ref_Key"] for row in all_pages(api, PARTNERS, 10, orderby="Description", select="Ref_Key")]
    assert len(got) - len(set(got)) == 3


def test_what_changes_meanwhile_needs_another_look(start: Start) -> None:
    api = start(many_clients(40), "change_mid_pull=5")
    rows = all_pages(api, PARTNERS, 10, orderby="Code", select="Ref_Key,DataVersion")
    now = {row["Ref_Key"]: row["DataVersion"] for row in api.rows(PARTNERS, select="Ref_Key,DataVersion")}
    assert sum(now[row["Ref_Key"]] != row["DataVersion"] for row in rows) == 5


def test_a_misspelt_filter_finds_nothing_without_a_word(start: Start) -> None:
    silent = start(None, "wrong_field_is_empty")
    assert start().refused("GET", PARTNERS, filter="Наименование eq 'x'")[:2] == (400, "6")
    assert names(silent, filter="Наименование eq 'x'") == []


def test_a_filter_by_the_mark_may_filter_nothing(start: Start) -> None:
    for fault, left in ((), 2), ((f"deletion_filter_lies={PARTNERS}",), 3):
        api = start(None, *fault)
        api.sandbox.act("mark", entity=PARTNERS, id=api.key("clients", 2))
        assert len(names(api, filter="DeletionMark eq false")) == left


def test_counting_by_an_empty_page_may_bring_everything(start: Start) -> None:
    plain, greedy = start(many_clients(50)), start(many_clients(50), "count_pulls_all")
    assert count(plain, PARTNERS) < 100
    assert count(greedy, PARTNERS) > 10_000


def test_deep_pages_and_turnovers_of_all_time_take_longer_than_people_wait(start: Start) -> None:
    api = start(many_clients(40), "deep_skip=10000", "no_period=400")

    def seconds(path: str, **options: str) -> float:
        return api.send("GET", path, **options).elapsed.total_seconds()

    order = {"orderby": "Ref_Key", "top": "1"}
    assert seconds(PARTNERS, skip="40", **order) >= 0.4
    assert seconds(PARTNERS, skip="1", **order) < 0.4
    assert seconds(f"{REVENUE}/Turnovers()") >= 0.4
    assert seconds(f"{REVENUE}/Turnovers(StartPeriod=datetime'2026-09-01T00:00:00')") < 0.4


def test_a_base_may_not_count(start: Start) -> None:
    assert start().send("GET", f"{PARTNERS}/$count").status_code == 200
    assert start(None, "no_count").refused("GET", f"{PARTNERS}/$count")[:2] == (400, "6")


def test_trusting_if_match_writes_over_what_others_wrote(start: Start) -> None:
    for faults, kept in ((), "моё"), (("if_match",), "чужое"):
        api = start(None, *faults)
        key = api.key("clients", 1)
        seen = api.one(PARTNERS, key)["DataVersion"]
        api.sandbox.act("edit", entity=PARTNERS, id=key, fields={"Комментарий": "чужое"})
        saved = save_trusting_the_version(api, key, seen, {"Комментарий": "моё"})
        assert (api.one(PARTNERS, key)["Комментарий"], saved) == (kept, kept == "моё")


def test_writing_one_line_wipes_the_lines_of_others(api: Api) -> None:
    key = api.key("clients", 1)
    assert len(api.one(PARTNERS, key)["КонтактнаяИнформация"]) == 5
    mine = {"LineNumber": "1", "Тип": "Телефон", "Представление": "+79990000000"}
    api.write("PATCH", card(api), {"КонтактнаяИнформация": [mine]})
    assert len(api.one(PARTNERS, key)["КонтактнаяИнформация"]) == 1


def test_a_business_refusal_is_a_500_that_no_retry_helps(start: Start) -> None:
    plain, firm_one = start(), start(None, f"refused_write={PARTNERS}")
    assert retry_every_500(plain, card(plain), {"Комментарий": "x"}) == 1
    assert retry_every_500(firm_one, card(firm_one), {"Комментарий": "x"}) == 6
    assert firm_one.one(PARTNERS, firm_one.key("clients", 1))["Комментарий"] == ""
    status, code, text = firm_one.refused("PATCH", card(firm_one), {})
    assert (status, code, "ПередЗаписью" in text) == (500, "-1", True)


def test_closed_periods_refuse_old_documents(start: Start) -> None:
    api = start(None, "change_ban=2026-09-12")
    old, young = (f"{CALLS}(guid'{api.key('events', number)}')" for number in (1, 3))
    assert api.refused("PATCH", old, {"Комментарий": "x"})[:2] == (500, "-1")
    assert api.write("PATCH", young, {"Комментарий": "x"})["Комментарий"] == "x"
    assert api.refused("POST", CALLS, {"Date": "2026-09-01T10:00:00"})[:2] == (500, "-1")


def test_a_handler_may_set_a_field_back(start: Start) -> None:
    new = {"ОсновнойМенеджер_Key": NOBODY}
    assert start().write("PATCH", card(start()), new)["ОсновнойМенеджер_Key"] == NOBODY
    api = start(None, "changed_back=ОсновнойМенеджер")
    assert api.write("PATCH", card(api), new)["ОсновнойМенеджер_Key"] == api.key("employees", 3)


def test_a_blind_retry_doubles_a_task_whose_answer_was_lost(start: Start) -> None:
    fields = {"Description": "Связаться"}
    healthy, lossy = start(), start(None, f"lost_reply={TASKS}:2")
    assert post_again_until_answered(healthy, TASKS, fields) == 1
    assert post_again_until_answered(lossy, TASKS, fields) == 3
    only = "Description eq 'Связаться'"
    assert (len(healthy.rows(TASKS, filter=only)), len(lossy.rows(TASKS, filter=only))) == (1, 3)


def test_a_chosen_key_makes_the_same_retry_safe(start: Start) -> None:
    api = start(None, f"lost_reply={TASKS}:2")
    fields = {"Description": "Связаться", "Ref_Key": "11111111-2222-4333-8444-555555555555"}
    post_again_until_answered(api, TASKS, fields)
    assert len(api.rows(TASKS, filter="Description eq 'Связаться'")) == 1


def test_more_calls_at_a_time_than_licences_fail(start: Start) -> None:
    def statuses(api: Api) -> list[int]:
        found: list[int] = []
        root, headers = api.root, dict(api.send("GET", "").request.headers)

        def call() -> None:
            found.append(requests.get(root + PARTNERS, headers=headers, timeout=10).status_code)

        threads = [threading.Thread(target=call) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    assert statuses(start(None, operating_ms=300)) == [200, 200, 200]
    assert statuses(start(None, "licences=1", operating_ms=300)) == [200, 500, 500]


def test_a_fat_order_fills_the_disk_of_who_asks_for_everything(start: Start) -> None:
    won = [{"id": "1", "client": "1", "stage": "Успех", "stage_kind": "won", "amount": "10", "title": "Т",
            "closed_at": "2026-09-01T10:00:00+03:00", "created_at": "2026-08-01T10:00:00+03:00"}]  # fmt: skip
    api = start(firm(deals=won), "fat_order=12000", "disk_full=1000000")
    answer = api.send("GET", "Document_ЗаказКлиента")
    assert (answer.status_code, "No space left on device" in answer.text) == (500, True)
    assert api.rows("Document_ЗаказКлиента", select="Ref_Key,СуммаДокумента")[0]["СуммаДокумента"] == 10
    api.sandbox.act("clear_faults")
    assert 2_500_000 < len(api.send("GET", "Document_ЗаказКлиента").content) < 8_000_000
    assert len(api.rows("Document_ЗаказКлиента_Товары", top="5", orderby="Ref_Key,LineNumber")) == 5


def test_one_partner_may_have_three_counterparties(start: Start) -> None:
    for faults, wanted in ((), 1), (("many_counterparties=1",), 3):
        api = start(None, *faults)
        owner = f"Партнер_Key eq guid'{api.key('clients', 1)}'"
        inns = [row["ИНН"] for row in api.rows("Catalog_Контрагенты", filter=owner, select="ИНН")]
        assert (len(set(inns)), inns[0]) == (wanted, "7727406574")


def test_phones_may_have_no_digits_apart(start: Start) -> None:
    only = {"filter": "Тип eq 'Телефон'", "select": "НомерТелефона,Представление"}
    section = f"{PARTNERS}_КонтактнаяИнформация"
    assert all(row["НомерТелефона"] for row in start().rows(section, **only))
    rows = start(None, "no_phone_digits").rows(section, **only)
    assert {row["НомерТелефона"] for row in rows} == {""}
    assert all(row["Представление"] for row in rows)


def test_garbage_breaks_who_expects_names_and_owners(start: Start) -> None:
    api = start(None, "garbage_rows=2")
    rows = api.rows(PARTNERS, select="Ref_Key,Description,ОсновнойМенеджер_Key,ДатаРегистрации")
    spoilt = {row["Ref_Key"]: row for row in rows}[api.key("clients", 2)]
    assert (spoilt["Description"], spoilt["ДатаРегистрации"]) == ("", "0001-01-01T00:00:00")
    known = {row["Ref_Key"] for row in api.rows("Catalog_Пользователи")}
    assert spoilt["ОсновнойМенеджер_Key"] not in known
    assert {row["Ref_Key"]: row for row in rows}[api.key("clients", 1)]["Description"] == "ООО «Ромашка»"


@pytest.mark.parametrize("fault", ["html_502", "truncated_json", "cut_before"])
def test_the_wire_breaks_as_with_every_vendor(start: Start, fault: str) -> None:
    api = start(None, fault)
    broken: Any = (requests.JSONDecodeError, requests.ConnectionError, AssertionError)
    with pytest.raises(broken):
        api.write("PATCH", card(api), {"Комментарий": "x"})
    assert api.write("PATCH", card(api), {"Комментарий": "y"})["Комментарий"] == "y"
