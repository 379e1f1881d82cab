"""Companies, contacts and leads as clients write them: what is taken, what is refused, what it changes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.amocrm.conftest import NOW, Api, Start
from sandbox.firms import many_clients

CHOICE, TYPE, EXTRA = "NotSupportedChoice", "InvalidType", "ExtraField"


def field(api: Api, entity: str, name: str) -> dict[str, Any]:
    """Return the definition of a custom field."""
    return next(row for row in api.rows(f"{entity}/custom_fields") if row["name"] == name)


def value(api: Api, path: str, name: str) -> Any:
    """Return the first value of a custom field, None if it is empty."""
    for one in api(path)["custom_fields_values"] or []:
        if one["field_name"] == name:
            return one["values"][0]["value"]
    return None


def put(api: Api, path: str, name: str, values: Any) -> None:
    """Write a custom field of a card."""
    number = field(api, path.split("/", maxsplit=1)[0], name)["id"]
    body = {"custom_fields_values": [{"field_id": number, "values": values}]}
    assert api.send("PATCH", path, body).status_code == 200


def test_a_patch_leaves_alone_what_it_does_not_name(api: Api) -> None:
    before = api("companies/1")
    api.write("PATCH", "companies", [{"id": 1, "responsible_user_id": 2}])
    after = api("companies/1")
    differing = {key for key in before if before[key] != after[key]}
    assert differing == {"responsible_user_id", "updated_by", "updated_at"}
    assert api.truth("clients")["1"]["owner"] == "2"


def test_the_same_again_changes_nothing_but_the_stamp(api: Api) -> None:
    for _ in range(2):
        api.write("PATCH", "companies", [{"id": 1, "responsible_user_id": 2}])
    assert api.happened("entity_responsible_changed")[-1] == (
        "entity_responsible_changed", "company", 1, 1,
    )  # fmt: skip
    changes = [row for row in api.happened("entity_responsible_changed") if row[1:3] == ("company", 1)]
    assert len(changes) == 2


def test_a_batch_changes_many_and_tells_values_of_none(start: Start) -> None:
    api = start(many_clients(250))
    answer = api.write("PATCH", "companies", [{"id": n, "responsible_user_id": 2} for n in range(1, 251)])
    assert [row["id"] for row in answer] == list(range(1, 251))
    assert set(answer[0]) == {"id", "name", "updated_at", "_links"}
    assert len(api.rows("companies?limit=250&filter[responsible_user_id][]=2")) == 250
    assert api.refused("PATCH", "companies", [{"id": 1}] * 251) == (422, "Limit 250 per page")


def test_a_company_is_a_client(api: Api) -> None:
    answer = api.write("POST", "companies", [{"name": "Новая", "request_id": "мой"}, {"name": "Вторая"}])
    assert [(row["id"], row["request_id"]) for row in answer] == [(4, "мой"), (5, "1")]
    row = api.truth("clients")["4"]
    assert (row["name"], row["owner"], row["status"]) == ("Новая", "1", "active")


def test_a_company_needs_a_name_and_people_have_several(api: Api) -> None:
    assert api.mistakes("POST", "companies", [{"responsible_user_id": 3}]) == {
        "0": [("FieldMissing", "name")]
    }
    people = [{"first_name": "Анна", "last_name": "Белая"}, {}]
    first, second = (row["id"] for row in api.write("POST", "contacts", people))
    assert (api(f"contacts/{first}")["name"], api(f"contacts/{second}")["name"]) == ("Анна Белая", "Контакт")
    old = api.write("POST", "companies", [{"name": "Старая", "created_at": NOW - 86400}])[0]["id"]
    assert api(f"companies/{old}")["created_at"] == NOW - 86400


def test_a_repeated_post_makes_another(api: Api) -> None:
    for number in (4, 5):
        made = api.write("POST", "companies", [{"name": "Та же", "request_id": "same"}])
        assert made[0]["id"] == number


def test_a_lead_with_its_company_contact_and_tag(api: Api) -> None:
    embedded = {"companies": [{"id": 1}], "contacts": [{"id": 2, "is_main": True}], "tags": [{"name": "тег"}]}
    lead = {"name": "Сделка", "price": 5000, "status_id": 143, "loss_reason_id": 1, "pipeline_id": 2}
    number = api.write("POST", "leads", [lead | {"_embedded": embedded}])[0]["id"]
    shown = api(f"leads/{number}?with=contacts,loss_reason")
    assert (shown["price"], shown["status_id"], shown["loss_reason_id"]) == (5000, 143, 1)
    inner = shown["_embedded"]
    assert [inner[name][0]["id"] for name in ("companies", "contacts")] == [1, 2]
    assert [tag["name"] for tag in inner["tags"]] == ["тег"]
    row = api.truth("deals")["3"]
    assert (row["client"], row["stage_kind"], row["loss_reason"], row["amount"]) == (
        "1", "lost", "Дорого", "5000",
    )  # fmt: skip
    assert row["closed_at"]


def test_a_complex_lead_brings_its_people(api: Api) -> None:
    inner = {"contacts": [{"name": "Новый человек"}], "companies": [{"name": "Новая фирма"}]}
    number = api.write("POST", "leads/complex", [{"name": "Всё сразу", "_embedded": inner}])[0]["id"]
    embedded = api(f"leads/{number}?with=contacts")["_embedded"]
    assert [one["id"] for one in embedded["companies"] + embedded["contacts"]] == [4, 4]
    bad = {"name": "x", "_embedded": {"contacts": [{"name": 1}]}}
    assert api.mistakes("POST", "leads/complex", [bad]) == {"0": [(TYPE, "_embedded.contacts.0.name")]}
    assert api.refused("POST", "leads/complex", [{"name": "x"}] * 51)[0] == 422


def test_a_lead_moves_is_won_and_is_opened_again(api: Api) -> None:
    statuses = {row["name"]: row["id"] for row in api.rows("leads/pipelines/1/statuses")}
    api.write("PATCH", "leads", [{"id": 1, "status_id": 142}])
    assert (api("leads/1")["status_id"], api("leads/1")["closed_at"] - NOW < 60) == (142, True)
    assert api.truth("deals")["1"]["stage_kind"] == "won"
    api.write("PATCH", "leads", [{"id": 1, "status_id": statuses["Новая"]}])
    assert api("leads/1")["closed_at"] is None
    history = api.sandbox.state("company")["company"]["stage_history"]
    assert [row["stage"] for row in history if row["deal"] == "1"] == [
        "Новая", "Переговоры", "Успешно реализовано", "Новая",
    ]  # fmt: skip
    told = [row for row in api.rows("events?filter[type]=lead_status_changed") if row["entity_id"] == 1]
    assert told[0]["value_after"][0]["lead_status"] == {"id": statuses["Новая"], "pipeline_id": 1}
    assert told[0]["value_before"][0]["lead_status"] == {"id": 142, "pipeline_id": 1}


def test_a_closed_lead_may_be_dated_back(api: Api) -> None:
    api.write("PATCH", "leads", [{"id": 2, "closed_at": NOW - 86400}])
    assert api.truth("deals")["2"]["closed_at"] == "2026-09-30T09:00:00+03:00"
    api.write("PATCH", "leads", [{"id": 1, "closed_at": NOW}])
    assert api.truth("deals")["1"]["closed_at"] == ""


def test_a_number_field_takes_numbers_only(api: Api) -> None:
    number = field(api, "leads", "Вероятность, %")["id"]
    for wrong in ("много", True, None):
        written = [{"field_id": number, "values": [{"value": wrong}]}]
        found = api.mistakes("PATCH", "leads", [{"id": 1, "custom_fields_values": written}])
        assert found == {"0": [(TYPE, "custom_fields_values.0.values.0.value")]}


def test_reopening_takes_the_reason_away(api: Api) -> None:
    first = api.rows("leads/pipelines/2/statuses")[1]["id"]
    api.write("PATCH", "leads", [{"id": 2, "status_id": first}])
    assert (api("leads/2")["loss_reason_id"], api.truth("deals")["2"]["loss_reason"]) == (None, "")


@pytest.mark.parametrize(
    ("change", "mistakes"),
    [
        ({"loss_reason_id": 1}, [(CHOICE, "loss_reason_id")]),
        ({"status_id": 142, "loss_reason_id": 1}, [(CHOICE, "loss_reason_id")]),
        ({"status_id": 143, "loss_reason_id": 77}, [(CHOICE, "loss_reason_id")]),
        ({"status_id": 77}, [(CHOICE, "status_id")]),
        ({"pipeline_id": 77}, [(CHOICE, "pipeline_id")]),
        ({"status_id": "142"}, [(TYPE, "status_id")]),
        ({"price": "1"}, [(TYPE, "price")]),
        ({"price": True}, [(TYPE, "price")]),
        ({"price": None}, [("NotNullable", "price")]),
        ({"responsible_user_id": 4}, [(CHOICE, "responsible_user_id")]),
        ({"created_by": 4}, [(CHOICE, "created_by")]),
        ({"updated_by": 99}, [(CHOICE, "updated_by")]),
        ({"group_id": 0}, [(EXTRA, "group_id")]),
        ({"id": 99}, [(CHOICE, "id")]),
        ({"id": None}, [(TYPE, "id")]),
        ({"_embedded": {"companies": [{"id": 99}]}}, [(CHOICE, "_embedded.companies.0.id")]),
        ({"custom_fields_values": {}}, [(TYPE, "custom_fields_values")]),
    ],
)
def test_mistakes_in_leads(api: Api, change: dict[str, Any], mistakes: list[tuple[str, str]]) -> None:
    found = api.mistakes("PATCH", "leads", [{"id": 1, **change}])
    expected = [("NotNullable", "id")] if change == {"id": None} else mistakes
    assert found == {"0": expected}


def test_one_mistake_refuses_the_batch_and_names_its_item(api: Api) -> None:
    batch = [{"id": 1, "name": "Иная", "request_id": "a"}, {"id": 3, "name": 5, "request_id": "b"}]
    assert api.mistakes("PATCH", "companies", batch) == {"b": [(TYPE, "name")]}
    assert api("companies/1")["name"] == "ООО «Ромашка»"


def test_echoing_a_card_is_refused(api: Api) -> None:
    """A whole card is sent back: a dismissed user, a computed field and tags with both keys offend."""
    found = api.mistakes("PATCH", "companies/3", api("companies/3"))["0"]
    assert {(CHOICE, "responsible_user_id"), (CHOICE, "created_by"), (EXTRA, "group_id")} <= set(found)
    tags = {"_embedded": {"tags": api("companies/1")["_embedded"]["tags"]}}
    assert (EXTRA, "_embedded.tags.0.name") in api.mistakes("PATCH", "companies/1", tags)["0"]


def test_a_card_that_is_not_there(api: Api) -> None:
    assert api.refused("PATCH", "companies/99", {"name": "x"}) == (404, "Entity not found")
    assert api.refused("PATCH", "companies/1", {}) == (400, "Request data can not be empty")
    assert api.refused("PATCH", "companies/1", [1])[0] == 400
    assert api.refused("PATCH", "companies", {"id": 1})[0] == 400


def test_a_body_that_is_not_declared_as_json_is_empty(api: Api) -> None:
    url = f"{api.sandbox.url}api/v4/companies"
    for body, headers in (('[{"name":"x"}]', {}), ("[{", {"Content-Type": "application/json"})):
        answer = api.session.post(url, data=body.encode(), headers=headers, timeout=10)
        assert answer.status_code == 400
    assert len(api.rows("companies")) == 3


def test_custom_fields_of_every_sort(api: Api) -> None:
    put(api, "companies/3", "Регион", [{"value": "Сибирь"}])
    put(api, "companies/3", "Ключевой клиент", [{"value": True}])
    put(api, "companies/3", "Закрыт", [{"value": "2026-09-30T12:00:00+03:00"}])
    put(api, "companies/3", "Телефон", [{"value": "+74950001122", "enum_code": "WORK"}])
    put(api, "companies/3", "Реквизиты", [{"value": {"name": "АО «Вега»", "vat_id": "1", "kpp": "2"}}])
    put(api, "companies/3", "Отрасль", [{"value": "торговля"}])
    put(api, "companies/3", "Класс ABC (расчёт)", [{"value": "A"}])
    put(api, "leads/1", "Вероятность, %", [{"value": 75}])
    put(api, "leads/1", "Ожидаемая дата закрытия", [{"value": 1793000000}])
    row = api.truth("clients")["3"]
    assert (row["region"], row["key_account"], row["phones"]) == ("Сибирь", "1", "+74950001122")
    assert (row["closed_at"], row["inn"], row["kpp"]) == ("2026-09-30T12:00:00+03:00", "1", "2")
    assert (row["industry"], value(api, "companies/3", "Класс ABC (расчёт)")) == ("торговля", "A")
    deal = api.truth("deals")["1"]
    assert (deal["probability"], deal["expected_close"]) == ("75", "2026-10-26")
    assert value(api, "leads/1", "Вероятность, %") == "75"


def test_a_choice_is_named_by_number_or_word(api: Api) -> None:
    closed = next(e for e in field(api, "companies", "Статус клиента")["enums"] if e["value"] == "Закрыт")
    put(api, "companies/1", "Статус клиента", [{"enum_id": closed["id"]}])
    assert api.truth("clients")["1"]["status"] == "closed"
    put(api, "companies/1", "Статус клиента", [{"value": "Действующий"}])
    assert api.truth("clients")["1"]["status"] == "active"


@pytest.mark.parametrize("column", ["Телефон", "Регион", "Реквизиты", "Статус клиента", "Ключевой клиент"])
def test_null_values_clear_a_field(api: Api, column: str) -> None:
    assert value(api, "companies/1", column) is not None
    put(api, "companies/1", column, None)
    assert value(api, "companies/1", column) is None


@pytest.mark.parametrize(
    ("name", "values", "mistake"),
    [
        ("Регион", [{"value": 5}], (TYPE, "value")),
        ("Регион", "Урал", (TYPE, "")),
        ("Ключевой клиент", [{"value": "да"}], (TYPE, "value")),
        ("Закрыт", [{"value": "вчера"}], (TYPE, "value")),
        ("Статус клиента", [{"value": "Иной"}], (CHOICE, "value")),
        ("Статус клиента", [{"enum_id": 999}], (CHOICE, "enum_id")),
        ("Телефон", [{"value": "1", "enum_code": "MOBILE"}], (CHOICE, "enum_code")),
        ("Телефон", [{"value": 7495}], (TYPE, "value")),
        ("Реквизиты", [{"value": {"vat_id": "1"}}], (TYPE, "value")),
        ("Реквизиты", [1], (TYPE, None)),
    ],
)
def test_mistakes_in_fields(api: Api, name: str, values: Any, mistake: tuple[str, str | None]) -> None:
    written = [{"field_id": field(api, "companies", name)["id"], "values": values}]
    path = "custom_fields_values.0.values"
    code, last = mistake
    expected = path if last == "" else f"{path}.0" + (f".{last}" if last else "")
    found = api.mistakes("PATCH", "companies", [{"id": 1, "custom_fields_values": written}])
    assert found == {"0": [(code, expected)]}


def test_a_field_is_named_by_number_or_code(api: Api) -> None:
    email = {"field_code": "EMAIL", "values": [{"value": "a@b.example", "enum_code": "WORK"}]}
    api.write("PATCH", "companies", [{"id": 2, "custom_fields_values": [email]}])
    assert api.truth("clients")["2"]["emails"] == "a@b.example"
    wrong = [{"field_code": "NOPE", "values": []}, {"field_id": 1}, {"field_id": "3", "values": []}, 5]
    wrong.append({"field_code": "EMAIL"})
    found = api.mistakes("PATCH", "companies", [{"id": 2, "custom_fields_values": wrong}])["0"]
    assert found == [
        (CHOICE, "custom_fields_values.0.field_code"),
        (CHOICE, "custom_fields_values.1.field_id"),
        (CHOICE, "custom_fields_values.2.field_id"),
        (TYPE, "custom_fields_values.3"),
        ("FieldMissing", "custom_fields_values.4.values"),
    ]


def test_a_changed_field_is_told(api: Api) -> None:
    number = field(api, "companies", "Регион")["id"]
    put(api, "companies/1", "Регион", [{"value": "Урал"}])
    event = api.rows(f"events?filter[type]=custom_field_{number}_value_changed")[0]
    assert event["value_after"][0]["custom_field_value"]["text"] == "Урал"
    assert event["value_before"][0]["custom_field_value"]["text"] == "Москва"


def test_tags_are_added_and_taken_by_themselves(api: Api) -> None:
    change = {"id": 1, "tags_to_add": [{"name": "VIP"}, {"id": 1}], "tags_to_delete": [{"name": "экспорт"}]}
    api.write("PATCH", "companies", [change])
    assert api.truth("clients")["1"]["tags"] == "опт|VIP"
    added, gone = (
        api.rows(f"events?filter[type]={name}")[0] for name in ("entity_tag_added", "entity_tag_deleted")
    )
    assert added["value_after"] == [{"tag": {"name": "VIP"}}]
    assert gone["value_before"] == [{"tag": {"name": "экспорт"}}]


def test_null_clears_all_tags(api: Api) -> None:
    api.write("PATCH", "companies", [{"id": 1, "_embedded": {"tags": None}}])
    assert api.truth("clients")["1"]["tags"] == ""
    assert api("companies/1")["_embedded"]["tags"] == []


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"tags_to_add": [{"id": 99}]}, (CHOICE, "tags_to_add.0.id")),
        ({"tags_to_add": [{"id": 1, "name": "опт"}]}, (EXTRA, "tags_to_add.0.name")),
        ({"tags_to_add": [{"name": ""}]}, ("FieldMissing", "tags_to_add.0.name")),
        ({"tags_to_add": ["VIP"]}, (TYPE, "tags_to_add.0")),
        ({"tags_to_delete": {"name": "x"}}, (TYPE, "tags_to_delete")),
        ({"tags": [{"name": "x"}]}, (EXTRA, "tags")),
    ],
)
def test_mistakes_in_tags(api: Api, change: dict[str, Any], mistake: tuple[str, str]) -> None:
    assert api.mistakes("PATCH", "companies", [{"id": 1, **change}]) == {"0": [mistake]}


def test_names_prices_and_people_are_told(api: Api) -> None:
    api.write("PATCH", "leads", [{"id": 1, "name": "Иная", "price": 7}])
    api.write("PATCH", "contacts", [{"id": 1, "responsible_user_id": 2, "first_name": "Мария"}])
    assert (api.truth("deals")["1"]["title"], api.truth("deals")["1"]["amount"]) == ("Иная", "7")
    assert api("contacts/1")["first_name"] == "Мария"
    assert api.happened("name_field_changed", "sale_field_changed") == [
        ("name_field_changed", "lead", 1, 1),
        ("sale_field_changed", "lead", 1, 1),
    ]
    assert api.happened("entity_responsible_changed")[-1][1:3] == ("contact", 1)


def test_a_stamp_that_is_sent_is_kept(api: Api) -> None:
    """Which moves a card out of the window of whoever asks for what changed."""
    api.write("PATCH", "companies", [{"id": 1, "name": "Иная", "updated_at": NOW - 86400}])
    assert api("companies/1")["updated_at"] == NOW - 86400
    assert api.numbers(f"companies?filter[updated_at][from]={NOW - 60}") == []


def test_new_fields_can_be_added_and_filled(api: Api) -> None:
    new = {"name": "Состояние", "type": "text", "code": "CN_STATE", "is_api_only": True}
    answer = api.send("POST", "companies/custom_fields", [new])
    assert answer.status_code == 201
    made = answer.json()["_embedded"]["custom_fields"][0]
    assert (made["code"], made["is_api_only"], made["entity_type"]) == ("CN_STATE", True, "companies")
    put(api, "companies/1", "Состояние", [{"value": "k1"}])
    assert value(api, "companies/1", "Состояние") == "k1"
    assert api(f"companies/custom_fields/{made['id']}")["name"] == "Состояние"
    assert api(f"leads/custom_fields/{made['id']}") == {}


@pytest.mark.parametrize(
    ("new", "mistake"),
    [
        ({"type": "text"}, ("FieldMissing", "name")),
        ({"name": "x", "type": "colour"}, (CHOICE, "type")),
        ({"name": "x", "type": "select"}, ("FieldMissing", "enums")),
    ],
)
def test_mistakes_in_new_fields(api: Api, new: dict[str, Any], mistake: tuple[str, str]) -> None:
    assert api.mistakes("POST", "leads/custom_fields", [new]) == {"0": [mistake]}
