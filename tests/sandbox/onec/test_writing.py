"""Writes: what is taken, what is passed over in silence, what is refused, and what the truth says."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.firms import firm
from sandbox.onec.conftest import CALLS, NOBODY, PARTNERS, TASKS, Api, Start

CHOSEN = "11111111-2222-4333-8444-555555555555"


def card(api: Api, number: int = 1) -> str:
    """Return the path of a client's card."""
    return f"{PARTNERS}(guid'{api.key('clients', number)}')"


def task(api: Api, **more: Any) -> dict[str, Any]:
    """Return a task as an ERP script posts it."""
    return {
        "Ref_Key": CHOSEN, "Date": "2026-10-01T10:00:00", "Description": "Связаться", "Executed": True,
        "Исполнитель": api.key("employees", 3), "Исполнитель_Type": "StandardODATA.Catalog_Пользователи",
        "Предмет": api.key("clients", 1), "Предмет_Type": "StandardODATA.Catalog_Партнеры",
        "BusinessProcess": "", "BusinessProcess_Type": "StandardODATA.Undefined",
        "СрокИсполнения": "2026-10-02T18:00:00", **more,
    }  # fmt: skip


def test_a_new_object_gets_the_key_the_client_chose(api: Api) -> None:
    answer = api.send("POST", TASKS, task(api))
    body = answer.json()
    assert (answer.status_code, body["Ref_Key"], body["DataVersion"]) == (201, CHOSEN, "AAAAAAAAAAA=")
    assert body["Executed"] is False
    assert body["Number"] == "000000002"
    raw = answer.raw.headers["Location"].encode("latin-1").decode("utf-8")
    assert raw.endswith(f"/{TASKS}(guid'{CHOSEN}')")
    assert api.refused("POST", TASKS, task(api)) == (400, "15", "Сущность с таким ключом уже существует")


def test_a_new_task_stands_in_the_truth_and_in_the_journal(api: Api) -> None:
    api.write("POST", TASKS, task(api))
    row = next(row for row in api.truth("events") if row["id"] == CHOSEN)
    assert (row["kind"], row["status"], row["subject"]) == ("task", "planned", "Связаться")
    assert (row["client"], row["employee"]) == (api.key("clients", 1), api.key("employees", 3))
    assert row["planned_at"] == "2026-10-02T18:00:00+03:00"
    written = api.sandbox.state("writes")["writes"]
    assert [(one["method"], one["entity"], one["id"], one["marker"]) for one in written] == [
        ("POST", TASKS, CHOSEN, CHOSEN)
    ]
    api.write("POST", f"{TASKS}(guid'{CHOSEN}')/ExecuteTask")
    done = next(row for row in api.truth("events") if row["id"] == CHOSEN)
    assert (done["status"], done["completed_at"][:10]) == ("completed", "2026-10-01")
    assert api.refused("POST", f"{TASKS}(guid'{CHOSEN}')/ExecuteTask")[:2] == (500, "-1")


def test_a_server_may_choose_the_key_itself(start: Start) -> None:
    api = start(None, "own_keys")
    assert api.write("POST", TASKS, task(api))["Ref_Key"] != CHOSEN


def test_a_new_owner_stands_in_the_truth(api: Api) -> None:
    new = api.key("employees", 2)
    body = api.write("PATCH", card(api), {"ОсновнойМенеджер_Key": new})
    assert (body["ОсновнойМенеджер_Key"], body["DataVersion"]) == (new, "AAAAAAAAAAE=")
    assert body["Description"] == "ООО «Ромашка»"
    assert next(row for row in api.truth("clients") if row["id"] == api.key("clients", 1))["owner"] == new
    history = [row for row in api.truth("ownership") if row["client"] == api.key("clients", 1)]
    assert [row["employee"] for row in history if not row["valid_to"]] == [new]
    bound = {"ОсновнойМенеджер@odata.bind": f"Catalog_Пользователи(guid'{api.key('employees', 3)}')"}
    assert api.write("PATCH", card(api), bound)["ОсновнойМенеджер_Key"] == api.key("employees", 3)


def test_every_write_counts_a_version_even_of_nothing(api: Api) -> None:
    for version in ("AAAAAAAAAAE=", "AAAAAAAAAAI="):
        assert api.write("PATCH", card(api), {})["DataVersion"] == version


def test_versions_may_count_the_whole_base(start: Start) -> None:
    api = start(None, "rowversion")
    first = api.write("PATCH", card(api, 1), {})["DataVersion"]
    second = api.write("PATCH", card(api, 2), {})["DataVersion"]
    assert first != second
    assert sorted([first, second]) == [first, second]


def test_silent_traps(api: Api) -> None:
    given = {"НетТакогоПоля": 1, "Description": "Ы" * 151, "БизнесРегион_Key": CHOSEN, "Ref_Key": CHOSEN}
    body = api.write("PATCH", card(api), given)
    assert "НетТакогоПоля" not in body
    assert body["Description"] == "Ы" * 150
    assert body["БизнесРегион_Key"] == CHOSEN
    assert body["Ref_Key"] == api.key("clients", 1)
    shown = api.rows(
        PARTNERS, filter=f"БизнесРегион_Key eq guid'{CHOSEN}'", select="БизнесРегион____Presentation"
    )
    assert shown[0]["БизнесРегион____Presentation"].startswith("<Объект не найден>")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"ОсновнойМенеджер_Key": "абв"}, 400, "1"),
        ({"Клиент": "может быть"}, 400, "1"),
        ({"ДатаРегистрации": "вчера"}, 400, "1"),
        ({"Description": ["a"]}, 500, "-1"),
        ({"КонтактнаяИнформация": {}}, 400, "2"),
        ({"КонтактнаяИнформация": [{"Тип": "Телефон"}]}, 500, "-1"),
        ({"КонтактнаяИнформация": [{"LineNumber": "2", "Тип": "Телефон"}]}, 400, "4"),
    ],
)
def test_refused_values(api: Api, given: dict[str, Any], status: int, code: str) -> None:
    before = api.one(PARTNERS, api.key("clients", 1))
    assert api.refused("PATCH", card(api), given)[:2] == (status, code)
    assert api.one(PARTNERS, api.key("clients", 1)) == before


def test_broken_json_is_an_unhandled_error(api: Api) -> None:
    headers = {
        "Authorization": api.send("GET", "").request.headers["Authorization"],
        "Accept": "application/json",
    }
    answer = api.session.patch(api.root + card(api), data=b"{", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["odata.error"]["code"]) == (500, "-1")


def test_a_section_is_replaced_whole(api: Api) -> None:
    mail = {"LineNumber": "1", "Тип": "АдресЭлектроннойПочты", "Представление": "new@romashka.example"}
    body = api.write("PATCH", card(api), {"КонтактнаяИнформация": [mail]})
    assert [line["Представление"] for line in body["КонтактнаяИнформация"]] == ["new@romashka.example"]
    row = next(row for row in api.truth("clients") if row["id"] == api.key("clients", 1))
    assert (row["phones"], row["emails"], row["site"]) == ("", "new@romashka.example", "")
    assert row["name"] == "ООО «Ромашка»"
    assert row["key_account"] == "1"


def test_an_additional_attribute_reaches_the_truth(api: Api) -> None:
    lines = api.one(PARTNERS, api.key("clients", 1))["ДополнительныеРеквизиты"]
    titles = {row["Ref_Key"]: row["Description"]
              for row in api.rows("ChartOfCharacteristicTypes_ДополнительныеРеквизитыИСведения")}  # fmt: skip
    shown = {titles[line["Свойство_Key"]]: (line["Значение"], line["Значение_Type"]) for line in lines}
    assert shown["Ключевой клиент"] == ("true", "Edm.Boolean")
    assert shown["Метки"] == ("опт|экспорт", "Edm.String")
    assert shown["Отрасль"][1] == "StandardODATA.Catalog_ЗначенияСвойствОбъектов"
    kept = [line for line in lines if titles[line["Свойство_Key"]] != "Ключевой клиент"]
    numbered = [line | {"LineNumber": place} for place, line in enumerate(kept, 1)]
    api.write("PATCH", card(api), {"ДополнительныеРеквизиты": numbered})
    row = next(row for row in api.truth("clients") if row["id"] == api.key("clients", 1))
    assert (row["key_account"], row["tags"], row["industry"]) == ("0", "опт|экспорт", "металлургия")


def test_a_code_stands_once_in_a_catalogue(api: Api) -> None:
    new = {"Description": "Новый", "Code": "00-00000001"}
    status, code, text = api.refused("POST", PARTNERS, new)
    assert (status, code, "не уникально" in text) == (500, "-1", True)
    assert api.write("POST", PARTNERS, new | {"Code": "00-00000099"})["Code"] == "00-00000099"
    assert api.refused("PATCH", card(api), {"Code": "00-00000099"})[:2] == (500, "-1")


def test_put_empties_what_it_does_not_give(api: Api) -> None:
    body = api.write("PUT", card(api), {"Description": "Новое имя"})
    assert (body["Description"], body["ОсновнойМенеджер_Key"], body["КонтактнаяИнформация"]) == (
        "Новое имя",
        NOBODY,
        [],
    )
    assert api.refused("PUT", f"{PARTNERS}(guid'{CHOSEN}')", {})[:2] == (404, "9")


def test_delete_is_for_good_and_a_mark_is_not(api: Api) -> None:
    assert api.write("PATCH", card(api, 2), {"DeletionMark": True})["DeletionMark"] is True
    assert len(api.rows(PARTNERS)) == 3
    assert api.send("DELETE", card(api, 2)).status_code == 204
    assert api.refused("GET", card(api, 2))[:2] == (404, "9")
    assert len(api.truth("clients")) == 2


def test_if_match_is_ignored_unless_the_base_honours_it(start: Start) -> None:
    stale = {"head_If_Match": "AAAAAAAAAAk="}
    live, strict = start(), start(None, "if_match")
    assert live.write("PATCH", card(live), {"Комментарий": "x"}, **stale)["Комментарий"] == "x"
    answer = strict.send("PATCH", card(strict), {"Комментарий": "x"}, **stale)
    assert answer.status_code == 412
    assert strict.one(PARTNERS, strict.key("clients", 1))["Комментарий"] == ""
    strict.write("PATCH", card(strict), {"Комментарий": "y"}, head_If_Match="AAAAAAAAAAA=")


def test_an_independent_register_is_keyed_by_its_dimensions(api: Api) -> None:
    register = "InformationRegister_ДополнительныеСведения"
    flag = next(
        row["Ref_Key"] for row in api.rows("ChartOfCharacteristicTypes_ДополнительныеРеквизитыИСведения")
    )
    place = {
        "Объект": api.key("clients", 1),
        "Объект_Type": f"StandardODATA.{PARTNERS}",
        "Свойство_Key": flag,
    }
    answer = api.send("POST", register, {**place, "Значение": "true", "Значение_Type": "Edm.Boolean"})
    assert (answer.status_code, "DataVersion" in answer.json()) == (200, False)
    assert api.refused("POST", register, place)[:2] == (400, "15")
    key = f"Объект='{place['Объект']}',Объект_Type='{place['Объект_Type']}',Свойство_Key=guid'{flag}'"
    assert api.write("PATCH", f"{register}({key})", {"Значение": "false"})["Значение"] == "false"
    assert api.refused("GET", f"{register}(Свойство_Key=guid'{flag}')")[:2] == (400, "7")
    assert api.send("DELETE", f"{register}({key})").status_code == 204
    assert api.rows(register) == []


def test_lines_and_recorded_rows_are_not_written_alone(api: Api) -> None:
    assert api.refused("POST", f"{PARTNERS}_КонтактнаяИнформация", {})[:2] == (400, "13")
    assert api.refused("POST", "AccumulationRegister_ВыручкаИСебестоимостьПродаж", {})[:2] == (405, "19")


def test_posting_and_its_refusals(api: Api) -> None:
    key = api.write("POST", CALLS, {"Тема": "Звонок", "Posted": True})["Ref_Key"]
    assert api.one(CALLS, key)["Posted"] is False
    assert api.send("POST", f"{CALLS}(guid'{key}')/Post", PostingModeOperational="false").content == b""
    assert api.one(CALLS, key)["Posted"] is True
    api.write("POST", f"{CALLS}(guid'{key}')/Unpost")
    api.write("PATCH", f"{CALLS}(guid'{key}')", {"DeletionMark": True})
    assert api.refused("POST", f"{CALLS}(guid'{key}')/Post")[:2] == (500, "-1")
    assert api.refused("POST", f"{CALLS}(guid'{key}')/ExecuteTask")[:2] == (400, "6")


def test_unposting_a_sale_takes_its_revenue_back(start: Start) -> None:

    api = start(firm(sales=[{"id": "1", "client": "1", "date": "2026-09-05", "amount": "1200"}]))
    path = f"Document_РеализацияТоваровУслуг(guid'{api.key('sales', 1)}')"
    revenue = "AccumulationRegister_ВыручкаИСебестоимостьПродаж/Turnovers()"
    assert [row["СуммаВыручкиTurnover"] for row in api.rows(revenue)] == [1200]
    api.write("POST", f"{path}/Unpost")
    assert api.rows(revenue) == []
    api.write("POST", f"{path}/Post")
    assert [row["СуммаВыручкиTurnover"] for row in api.rows(revenue)] == [1200]
