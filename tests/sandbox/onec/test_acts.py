"""People at their windows: what they do shows in the sets and in the truth."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError
from sandbox.onec.conftest import CALLS, PARTNERS, TASKS, Api


def row(api: Api, table: str, key: str) -> dict[str, str]:
    return next(one for one in api.truth(table) if one["id"] == key)


def test_the_truth_has_1cs_keys(api: Api) -> None:
    clients = api.truth("clients")
    assert {one["id"] for one in clients} == {one["Ref_Key"] for one in api.rows(PARTNERS)}
    users = {one["Ref_Key"] for one in api.rows("Catalog_Пользователи")}
    assert {one["owner"] for one in clients if one["owner"]} <= users
    assert clients[0]["co_owners"] == api.key("employees", 2)


def test_somebody_hands_a_client_over(api: Api) -> None:
    key, new = api.key("clients", 1), api.key("employees", 2)
    api.sandbox.act("change_owner", client=key, owner=new)
    card = api.one(PARTNERS, key)
    assert (card["ОсновнойМенеджер_Key"], card["DataVersion"]) == (new, "AAAAAAAAAAE=")
    assert row(api, "clients", key)["owner"] == new


def test_a_task_and_a_planned_call_are_done(api: Api) -> None:
    task, call = api.key("events", 6), api.key("events", 7)
    api.sandbox.act("complete_task", id=task, result="Выслано", at="2026-10-01T12:00:00")
    assert (api.one(TASKS, task)["Executed"], api.one(TASKS, task)["РезультатВыполнения"]) == (
        True,
        "Выслано",
    )
    api.sandbox.act("complete_activity", id=call, by=api.key("employees", 2), successful=True, duration_s=60)
    shown = api.one(CALLS, call)
    assert (shown["Рассмотрено"], shown["Ответственный_Key"]) == (True, api.key("employees", 2))
    assert row(api, "events", call)["status"] == "completed"
    assert row(api, "events", task)["completed_at"] == "2026-10-01T12:00:00+03:00"


def test_rows_come_change_and_go(api: Api) -> None:
    key = api.sandbox.act("insert", table="clients", row={"name": "Новый", "owner": api.key("employees", 3)})[
        "id"
    ]
    assert api.one(PARTNERS, key)["Description"] == "Новый"
    counterparties = api.rows("Catalog_Контрагенты", filter=f"Партнер_Key eq guid'{key}'")
    assert len(counterparties) == 1
    api.sandbox.act("update", table="clients", id=key, fields={"phones": "+74957778899"})
    assert api.one(PARTNERS, key)["КонтактнаяИнформация"][0]["НомерТелефона"] == "74957778899"
    api.sandbox.act("delete", entity=PARTNERS, id=key)
    assert api.refused("GET", f"{PARTNERS}(guid'{key}')")[:2] == (404, "9")
    assert key not in {one["id"] for one in api.truth("clients")}


def test_two_clients_become_one(api: Api) -> None:
    into, gone = api.key("clients", 1), api.key("clients", 3)
    api.sandbox.act("merge", into=into, gone=gone)
    assert api.one(PARTNERS, gone)["DeletionMark"] is True
    assert api.one("Catalog_КонтактныеЛицаПартнеров", api.key("contacts", 3))["Owner_Key"] == into
    assert gone not in {one["id"] for one in api.truth("clients")}
    assert row(api, "contacts", api.key("contacts", 3))["client"] == into


def test_somebody_leaves(api: Api) -> None:
    api.sandbox.act("dismiss", employee=api.key("employees", 3))
    assert api.one("Catalog_Пользователи", api.key("employees", 3))["Недействителен"] is True
    assert row(api, "clients", api.key("clients", 1))["owner"] == api.key("employees", 3)


@pytest.mark.parametrize(
    "order",
    [
        {"do": "fly"},
        {"do": "change_owner", "client": "99", "owner": "1"},
        {"do": "insert", "table": "clients", "row": {"colour": "red"}},
        {"do": "insert", "table": "answers", "row": {}},
        {"do": "delete", "entity": "Catalog_Нет", "id": "x"},
        {"do": "edit", "entity": PARTNERS, "id": "x", "fields": {}},
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(api: Api, order: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as told:
        api.sandbox.act(**order)
    assert "\n" not in str(told.value)
