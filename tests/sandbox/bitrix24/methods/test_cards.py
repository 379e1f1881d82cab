"""Companies, contacts and deals: what a write does to the card, to the truth and to what hangs on it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.bitrix24.conftest import Api


def client(api: Api, number: int) -> dict[str, str]:
    return dict(api.sandbox.state("company")["company"]["clients"][number - 1])


def table(api: Api, name: str) -> list[dict[str, str]]:
    return list(api.sandbox.state("company")["company"][name])


def test_a_client_shows_as_a_company(api: Api) -> None:
    row = api("crm.company.get", id=1)
    shown = {
        name: row[name]
        for name in ("ID", "TITLE", "ASSIGNED_BY_ID", "ADDRESS", "ADDRESS_REGION", "DATE_MODIFY")
    }
    assert shown == {
        "ID": "1",
        "TITLE": "ООО «Ромашка»",
        "ASSIGNED_BY_ID": "3",
        "ADDRESS": "г. Москва, ул. Мира, д. 1",
        "ADDRESS_REGION": "Москва",
        "DATE_MODIFY": "2026-08-01T16:08:08+03:00",
    }
    assert [item["VALUE"] for item in row["PHONE"]] == ["+74951112233", "+79161112233"]
    assert [item["VALUE"] for item in row["WEB"]] == ["https://romashka.example"]
    assert {name: row[name] for name in row if name.startswith("UF_CRM_")} == {
        "UF_CRM_KEY_CLIENT": "1",
        "UF_CRM_REGION": "Москва",
        "UF_CRM_TAGS": ["опт", "экспорт"],
        "UF_CRM_ABC_GIVEN": "A",
        "UF_CRM_STATUS": "1",
        "UF_CRM_CLOSED_AT": None,
        "UF_CRM_ABC_CLASS": None,
    }


def test_custom_fields_are_found_by_their_readable_names(api: Api) -> None:
    fields = api("crm.company.fields")
    named = {field["formLabel"]: name for name, field in fields.items() if field["isDynamic"]}
    assert named == {
        "Ключевой клиент": "UF_CRM_KEY_CLIENT",
        "Регион": "UF_CRM_REGION",
        "Метки": "UF_CRM_TAGS",
        "Класс ABC (задан)": "UF_CRM_ABC_GIVEN",
        "Статус клиента": "UF_CRM_STATUS",
        "Закрыт": "UF_CRM_CLOSED_AT",
        "Класс ABC (расчёт)": "UF_CRM_ABC_CLASS",
    }


def test_industries_are_words_of_a_directory(api: Api) -> None:
    words = {
        row["STATUS_ID"]: row["NAME"] for row in api("crm.status.list", filter={"ENTITY_ID": "INDUSTRY"})
    }
    shown = api("crm.company.list", select=["INDUSTRY"], filter={"<ID": 4})
    assert [words[row["INDUSTRY"]] for row in shown] == ["металлургия", "торговля", "металлургия"]


def test_the_own_legal_entity_is_no_client(api: Api) -> None:
    row = api("crm.company.get", id=4)
    assert (row["IS_MY_COMPANY"], row["TITLE"]) == ("Y", "ООО «Наша компания»")
    assert len(table(api, "clients")) == 3


def test_a_new_owner_stands_in_the_card_the_truth_and_the_history(api: Api) -> None:
    answer = api("crm.item.update", entityTypeId=4, id=1, fields={"assignedById": 2})
    assert answer["item"]["assignedById"] == 2
    assert answer["item"]["updatedTime"] > "2026-10-01T09:00"
    assert client(api, 1)["owner"] == "2"
    assert client(api, 1)["updated_at"] == answer["item"]["updatedTime"]
    history = [
        (row["employee"], row["valid_from"], row["valid_to"])
        for row in table(api, "ownership")
        if row["client"] == "1"
    ]
    assert history == [
        ("4", "2024-03-11", "2025-12-31"),
        ("3", "2026-01-01", "2026-09-30"),
        ("2", "2026-10-01", ""),
    ]


def test_two_owners_on_one_day_leave_the_last(api: Api) -> None:
    for owner in (2, 1):
        api("crm.company.update", id=3, fields={"ASSIGNED_BY_ID": owner})
    rows = [row for row in table(api, "ownership") if row["client"] == "3"]
    assert [(row["employee"], row["valid_to"]) for row in rows] == [("4", "2026-09-30"), ("1", "")]


def test_nothing_is_saved_when_nothing_changes(api: Api) -> None:
    assert api("crm.company.update", id=1, fields={"ASSIGNED_BY_ID": "3", "UF_CRM_KEY_CLIENT": "Y"}) is True
    assert client(api, 1)["updated_at"] == "2026-08-01T16:08:08+03:00"
    assert api.sandbox.state("writes")["writes"] == []


def test_unknown_fields_are_ignored_without_a_word(api: Api) -> None:
    assert (
        api("crm.company.update", id=1, fields={"UF_CRM_NOTHING": "x", "DATE_CREATE": "2020-01-01"}) is True
    )
    assert api.sandbox.state("writes")["writes"] == []


@pytest.mark.parametrize(
    ("sent", "column", "value"),
    [
        ({"UF_CRM_KEY_CLIENT": "N"}, "key_account", "0"),
        ({"UF_CRM_KEY_CLIENT": False}, "key_account", "0"),
        ({"UF_CRM_REGION": ""}, "region", ""),
        ({"UF_CRM_TAGS": ["a", "b"]}, "tags", "a|b"),
        ({"UF_CRM_ABC_GIVEN": "B"}, "abc", "B"),
        ({"UF_CRM_STATUS": 3}, "status", "blacklisted"),
        ({"UF_CRM_CLOSED_AT": "2026-09-01T00:00:00Z"}, "closed_at", "2026-09-01T03:00:00+03:00"),
        ({"INDUSTRY": "UC_IND002"}, "industry", "торговля"),
        ({"PHONE": [{"ID": "101", "VALUE": ""}, {"VALUE": "+7999", "VALUE_TYPE": "WORK"}]}, "phones",
         "+74951112233|+7999"),
        ({"PHONE": [{"ID": "100", "DELETE": "Y"}]}, "phones", "+79161112233"),
        ({"EMAIL": [{"VALUE": "new@romashka.example"}]}, "emails",
         "info@romashka.example|new@romashka.example"),
    ],
    ids=str,
)  # fmt: skip
def test_a_written_field_stands_in_the_truth(api: Api, sent: dict[str, Any], column: str, value: str) -> None:
    api("crm.company.update", id=1, fields=sent)
    assert client(api, 1)[column] == value
    assert len(api.sandbox.state("writes")["writes"]) == 1


def test_an_item_takes_the_same_fields_under_its_names(api: Api) -> None:
    api("crm.item.update", entityTypeId=4, id=1, fields={"ufCrmRegion": "Тула", "title": "Ромашка"})
    assert (client(api, 1)["region"], client(api, 1)["name"]) == ("Тула", "Ромашка")
    api("crm.item.update", entityTypeId=4, id=1, useOriginalUfNames="Y", fields={"UF_CRM_REGION": "Орёл"})
    assert client(api, 1)["region"] == "Орёл"


@pytest.mark.parametrize("owner", [99, "abc", 0, ""])
def test_an_owner_who_is_nobody_is_refused(api: Api, owner: object) -> None:
    refused = api.refused("crm.company.update", id=1, fields={"TITLE": "x", "ASSIGNED_BY_ID": owner})
    assert refused[:2] == (400, "CRM_FIELD_ERROR_VALUE_NOT_VALID")
    assert client(api, 1)["name"] == "ООО «Ромашка»"


def test_a_refused_update_leaves_nothing_behind(api: Api) -> None:
    assert api.refused("crm.deal.update", id=1, fields={"TITLE": "x", "STAGE_ID": "NOPE"})[0] == 400
    assert table(api, "deals")[0]["title"] == "Пробная партия"


def test_origin_marks_are_kept_and_found(api: Api) -> None:
    api("crm.company.update", id=1, fields={"ORIGINATOR_ID": "connector", "ORIGIN_ID": "k1"})
    found = api("crm.company.list", filter={"ORIGINATOR_ID": "connector", "ORIGIN_ID": "k1"}, select=["ID"])
    assert found == [{"ID": "1"}]
    assert api.sandbox.state("writes")["writes"][0]["marker"] == "k1"


def test_requisites_hold_the_tax_numbers(api: Api) -> None:
    rows = api("crm.requisite.list", filter={"ENTITY_TYPE_ID": 4, "@ENTITY_ID": [1, 2]}, order={"ID": "ASC"})
    assert [(row["ENTITY_ID"], row["RQ_INN"], row["RQ_KPP"], row["PRESET_ID"]) for row in rows] == [
        ("1", "7727406574", "772701001", "1"),
        ("2", "770912345678", None, "2"),
    ]


def test_a_contact_shows_its_name_in_parts(api: Api) -> None:
    row = api("crm.contact.get", id=1)
    assert (row["LAST_NAME"], row["NAME"], row["SECOND_NAME"]) == ("Коваленко", "Мария", "Максимовна")
    assert (row["COMPANY_ID"], row["POST"]) == ("1", "Закупки")
    assert row["PHONE"][0]["VALUE"] == "+79038355492"


def test_a_renamed_contact_that_moves_stands_in_the_truth(api: Api) -> None:
    api("crm.contact.update", id=1, fields={"LAST_NAME": "Иванова", "COMPANY_ID": 3})
    assert table(api, "contacts")[0]["name"] == "Иванова Мария Максимовна"
    assert [row["CONTACT_ID"] for row in api("crm.company.contact.items.get", id=3)] == [1, 3]
    assert api("crm.contact.company.items.get", id=1)[0]["COMPANY_ID"] == 3


def test_deals_stand_in_pipelines_and_stages(api: Api) -> None:
    deals = api(
        "crm.deal.list",
        select=["STAGE_ID", "STAGE_SEMANTIC_ID", "CATEGORY_ID", "CLOSED", "UF_CRM_LOSS_REASON"],
    )
    assert deals == [
        {"ID": "1", "STAGE_ID": "PREPARATION", "CLOSED": "N", "CATEGORY_ID": "0", "STAGE_SEMANTIC_ID": "P",
         "UF_CRM_LOSS_REASON": None},
        {"ID": "2", "STAGE_ID": "C1:LOSE", "CLOSED": "Y", "CATEGORY_ID": "1", "STAGE_SEMANTIC_ID": "F",
         "UF_CRM_LOSS_REASON": "Дорого"},
    ]  # fmt: skip
    stages = api("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE_1"})
    assert [(row["STATUS_ID"], row["NAME"], row["SEMANTICS"]) for row in stages] == [
        ("C1:NEW", "Новая", None),
        ("C1:WON", "Сделка успешна", "S"),
        ("C1:LOSE", "Отказ", "F"),
    ]
    found = api("crm.category.list", entityTypeId=2)["categories"]
    assert {row["id"]: row["name"] for row in found} == {0: "Новые продажи", 1: "Повторные продажи"}


def test_the_stage_history_tells_every_move(api: Api) -> None:
    items = api("crm.stagehistory.list", entityTypeId=2, filter={"OWNER_ID": 2})["items"]
    assert [
        (row["TYPE_ID"], row["STAGE_ID"], row["STAGE_SEMANTIC_ID"], row["CREATED_TIME"]) for row in items
    ] == [
        (1, "C1:NEW", "P", "2026-08-01T10:00:00+03:00"),
        (3, "C1:LOSE", "F", "2026-09-20T12:00:00+03:00"),
    ]


def test_a_won_deal_is_closed_and_leaves_a_trace(api: Api) -> None:
    api("crm.deal.update", id=1, fields={"STAGE_ID": "WON"})
    row = table(api, "deals")[0]
    assert (row["stage"], row["stage_kind"], row["closed_at"][:10]) == ("Сделка успешна", "won", "2026-10-01")
    assert table(api, "stage_history")[-1]["stage"] == "Сделка успешна"
    last = api("crm.stagehistory.list", entityTypeId=2, filter={"OWNER_ID": 1})["items"][-1]
    assert (last["TYPE_ID"], last["STAGE_ID"]) == (3, "WON")
    assert api("crm.deal.get", id=1)["CLOSED"] == "Y"


def test_a_new_custom_field_can_be_written_and_filtered(api: Api) -> None:
    options = [{"VALUE": "Низкая", "XML_ID": "low"}, {"VALUE": "Высокая", "XML_ID": "high"}]
    fields = {
        "USER_TYPE_ID": "enumeration",
        "FIELD_NAME": "RISK",
        "LABEL": "Риск",
        "XML_ID": "risk",
        "LIST": options,
    }
    number = api("crm.company.userfield.add", fields=fields)
    shown = api("crm.company.userfield.list", filter={"FIELD_NAME": "UF_CRM_RISK"})
    assert [(row["ID"], row["XML_ID"], row["EDIT_FORM_LABEL"]) for row in shown] == [
        (str(number), "risk", "Риск")
    ]
    high = next(option["ID"] for option in shown[0]["LIST"] if option["XML_ID"] == "high")
    api("crm.company.update", id=3, fields={"UF_CRM_RISK": high})
    assert [row["ID"] for row in api("crm.company.list", filter={"UF_CRM_RISK": high})] == ["3"]
    assert api("crm.item.get", entityTypeId=4, id=3)["item"]["ufCrmRisk"] == int(high)
    assert api.refused("crm.company.userfield.add", fields=fields)[0] == 400
