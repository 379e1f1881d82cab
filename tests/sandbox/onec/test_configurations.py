"""The four configurations show the same firm, each in its own sets; writes come back to the truth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import ConfigError
from sandbox.firms import AS_OF, firm
from sandbox.onec.conftest import PARTNERS, TASKS, Api, Start

SALES = [{"id": "1", "client": "1", "date": "2026-09-05", "amount": "1200.50", "margin": "200.50"}]
CLIENTS = {"ut11": PARTNERS, "unf3": "Catalog_Контрагенты", "crm3": PARTNERS, "bp3": "Catalog_Контрагенты"}


@pytest.mark.parametrize("name", CLIENTS)
def test_every_set_of_every_configuration_is_served_in_both_forms(start: Start, name: str) -> None:
    api = start(firm(sales=SALES), f"configuration={name}")
    sets = [row["name"] for row in api.rows("")]
    assert CLIENTS[name] in sets
    for entity in sets:
        described = api.rows(entity, orderby="Ref_Key,LineNumber" if "_Key" in entity else "")
        assert isinstance(described, list)
        assert api.send("GET", entity, format="atom").content.startswith(b"<?xml")


@pytest.mark.parametrize("name", CLIENTS)
def test_clients_and_sales_are_the_firms(start: Start, name: str) -> None:
    api = start(firm(sales=SALES), f"configuration={name}")
    shown = {row["Ref_Key"]: row["Description"] for row in api.rows(CLIENTS[name])}
    assert shown == {row["id"]: row["name"] for row in api.truth("clients")}
    entity = "Document_РасходнаяНакладная" if name == "unf3" else "Document_РеализацияТоваровУслуг"
    assert [(row["Ref_Key"], row["СуммаДокумента"]) for row in api.rows(entity)] == [
        (api.key("sales", 1), 1200.5)
    ]


def test_unf_keeps_clients_owners_events_and_orders(start: Start) -> None:
    api = start(firm(sales=SALES), "configuration=unf3")
    card = api.one("Catalog_Контрагенты", api.key("clients", 1))
    assert (card["ИНН"], card["Ответственный_Key"]) == ("7727406574", api.key("employees", 3))
    assert card["НомерТелефонаДляПоиска"] == "74951112233;79161112233"
    call = api.one("Document_Событие", api.key("events", 1))
    assert (call["ТипСобытия"], call["НачалоСобытия"]) == ("ТелефонныйЗвонок", "2026-09-10T12:05:58")
    assert call["Участники"][0]["Контакт"] == api.key("clients", 1)
    deal = api.truth("deals")[0]
    order = api.one("Document_ЗаказПокупателя", deal["id"])
    assert (order["Комментарий"], order["Контрагент_Key"]) == (deal["title"], deal["client"])
    turnover = api.rows("AccumulationRegister_Продажи/Turnovers()")
    assert [row["СуммаTurnover"] for row in turnover] == [1200.5]


def test_unf_takes_an_event_as_a_plan(start: Start) -> None:
    api = start(None, "configuration=unf3")
    whom = {
        "LineNumber": 1,
        "Контакт": api.key("clients", 1),
        "Контакт_Type": "StandardODATA.Catalog_Контрагенты",
    }
    body = api.write(
        "POST",
        "Document_Событие",
        {"ТипСобытия": "ТелефонныйЗвонок", "Тема": "Связаться", "НачалоСобытия": "2026-10-02T11:00:00",
         "Ответственный_Key": api.key("employees", 3), "Участники": [whom]},
    )  # fmt: skip
    row = next(one for one in api.truth("events") if one["id"] == body["Ref_Key"])
    assert (row["kind"], row["status"], row["planned_at"]) == ("call", "planned", "2026-10-02T11:00:00+03:00")
    assert (row["client"], row["employee"]) == (api.key("clients", 1), api.key("employees", 3))


def test_unf_gives_tasks_to_users_and_not_to_employees(start: Start) -> None:
    api = start(None, "configuration=unf3")
    task = api.one(TASKS, api.key("events", 6))
    users = {row["Ref_Key"]: row["Description"] for row in api.rows("Catalog_Пользователи")}
    assert users[task["Исполнитель"]] == "Гусева Ирина Андреевна"
    assert task["Исполнитель"] != api.key("employees", 3)


def test_crm_has_interests_with_the_history_of_their_states(start: Start) -> None:
    api = start(None, "configuration=crm3")
    deal = api.truth("deals")[0]
    interest = api.one("Document_CRM_Интерес", deal["id"])
    assert (interest["Наименование"], interest["Партнер_Key"]) == (deal["title"], deal["client"])
    states = {row["Ref_Key"]: row["Description"] for row in api.rows("Catalog_CRM_СостоянияИнтересов")}
    history = api.rows(
        "InformationRegister_CRM_СостоянияИнтересов", filter=f"Интерес_Key eq guid'{deal['id']}'"
    )
    wanted = [row["stage"] for row in api.truth("stage_history") if row["deal"] == deal["id"]]
    assert wanted
    assert [states[row["Состояние_Key"]] for row in sorted(history, key=lambda row: row["Period"])] == wanted
    assert "Catalog_СделкиСКлиентами" not in {row["name"] for row in api.rows("")}


def test_bookkeeping_knows_no_owner_and_no_events(start: Start) -> None:
    api = start(None, "configuration=bp3")
    assert not [
        name
        for name in api.rows("Catalog_Контрагенты")[0]
        if "Менеджер" in name or name == "Ответственный_Key"
    ]
    assert api.refused("GET", TASKS)[:2] == (404, "8")


@pytest.mark.parametrize(
    ("name", "field"), [("ut11", "ОсновнойМенеджер"), ("unf3", "Ответственный"), ("crm3", "ОсновнойМенеджер")]
)
def test_a_new_owner_reaches_the_truth(start: Start, name: str, field: str) -> None:
    api = start(None, f"configuration={name}")
    key, new = api.key("clients", 3), api.key("employees", 2)
    api.write("PATCH", f"{CLIENTS[name]}(guid'{key}')", {f"{field}_Key": new})
    assert next(row for row in api.truth("clients") if row["id"] == key)["owner"] == new


def test_a_configuration_nobody_has_is_refused(start: Start) -> None:
    with pytest.raises(ConfigError, match="no configuration 'zup'"):
        start(None, "configuration=zup")


def test_the_clock_of_the_server_can_be_wrong(start: Start) -> None:
    def told(api: Api) -> str:
        return str(api.write("POST", TASKS, {"Description": "Связаться"})["Date"])

    assert told(start())[:16] == "2026-10-01T09:00"
    assert told(start(None, "clock_ahead=7200"))[:16] == "2026-10-01T11:00"
    assert told(start(None, "clock_behind=7200"))[:16] == "2026-10-01T07:00"
    assert AS_OF.utcoffset() == timedelta(hours=3)
