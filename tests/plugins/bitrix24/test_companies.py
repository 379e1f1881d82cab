"""Companies as clients: own fields, requisites, rows that cannot be read."""

from __future__ import annotations

import pytest

from connector.errors import ConfigError, RecordError
from connector.plugins.base import Cursor

FIELDS = {
    "TITLE": {"type": "string", "isDynamic": False, "title": "Название компании"},
    "INDUSTRY": {
        "type": "crm_status",
        "isDynamic": False,
        "statusType": "INDUSTRY",
        "title": "Сфера деятельности",
    },
    "UF_CRM_1": {"type": "enumeration", "isDynamic": True, "title": "UF_CRM_1", "listLabel": "Статус"},
    "UF_CRM_2": {"type": "boolean", "isDynamic": True, "title": "UF_CRM_2", "listLabel": "VIP"},
    "UF_CRM_3": {
        "type": "string",
        "isDynamic": True,
        "isMultiple": True,
        "title": "UF_CRM_3",
        "formLabel": "Метки",
    },
    "UF_CRM_4": {
        "type": "crm_status",
        "isDynamic": True,
        "title": "UF_CRM_4",
        "settings": {"ENTITY_TYPE": "INDUSTRY"},
    },
    "UF_CRM_5": {"type": "string", "isDynamic": True, "title": "UF_CRM_5", "listLabel": "Класс"},
    "UF_CRM_6": {"type": "date", "isDynamic": True, "title": "UF_CRM_6", "listLabel": "Закрыт"},
}
LISTS = [
    {"FIELD_NAME": "UF_CRM_1", "LIST": [{"ID": "31", "VALUE": "Закрыт"}, {"ID": "32", "VALUE": "Спящий"}]}
]
STATUSES = [
    {"ENTITY_ID": "INDUSTRY", "STATUS_ID": "IT", "NAME": "Информационные технологии"},
    {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "NEW", "NAME": "Новая"},
]
REPLIES = {"crm.company.fields": FIELDS, "crm.company.userfield.list": LISTS, "crm.status.list": STATUSES}
FIRM = {"ID": "3", "TITLE": "ООО «Ромашка»", "IS_MY_COMPANY": "N", "ASSIGNED_BY_ID": "5"}


@pytest.fixture
def parsed(portal, connect):
    """Turn a row into clients under settings."""

    def parse(row, **settings):
        served = portal(lambda method, given: {"result": REPLIES[method], "time": {}})
        source = connect(served.url, **settings).source
        (stream,) = [each for each in source.streams() if each.name == "companies"]
        return stream.parse(row)

    return parse


def test_own_fields_become_what_the_settings_say(parsed):
    settings = {
        "custom_fields": {
            "Статус": "status", "UF_CRM_2": "vip", "Метки": "tags", "UF_CRM_4": "industry", "Класс": "abc",
            "Закрыт": "closed_at",
        },
    }  # fmt: skip
    row = FIRM | {
        "UF_CRM_1": "31", "UF_CRM_2": "Y", "UF_CRM_3": ["a", "b"], "UF_CRM_4": "IT", "UF_CRM_5": "В",
        "UF_CRM_6": "2025-05-21T00:00:00+03:00",
    }  # fmt: skip

    (client,) = parsed(row, **settings)

    assert (client.status, client.tags, client.industry, client.abc) == (
        "closed", ("a", "b"), "Информационные технологии", "B",
    )  # fmt: skip
    assert client.closed_at.isoformat() == "2025-05-20T21:00:00+00:00"
    assert client.custom == {"vip": True}
    assert client.flags == ()


@pytest.mark.parametrize("held", [True, "1", "Y", 1])
def test_a_flag_is_read_in_every_spelling(parsed, held):
    (client,) = parsed(FIRM | {"UF_CRM_2": held}, flags={"key_account": "UF_CRM_2"})
    assert client.key_account is True


@pytest.mark.parametrize(
    ("held", "expected"), [(False, False), ("0", False), ("N", False), (None, None), ("", None)]
)
def test_a_flag_that_is_not_set(parsed, held, expected):
    (client,) = parsed(FIRM | {"UF_CRM_2": held}, flags={"key_account": "UF_CRM_2"})
    assert client.key_account is expected


def test_words_that_are_not_known_are_flagged_and_change_nothing(parsed):
    row = FIRM | {"UF_CRM_1": "32", "UF_CRM_5": "VIP"}
    (client,) = parsed(row, custom_fields={"Статус": "status", "Класс": "abc"})
    assert (client.status, client.abc, client.flags) == ("active", None, ("invalid:status", "invalid:abc"))


def test_what_we_write_is_read_back_under_our_name(parsed):
    (client,) = parsed(FIRM | {"UF_CRM_5": "A"}, fields={"abc_class": "UF_CRM_5"})
    assert client.custom == {"abc_class": "A"}


def test_numbers_that_are_none_stay_as_they_came(parsed):
    row = FIRM | {
        "PHONE": [{"VALUE": "8 (495) 123-45-67"}, {"VALUE": "нет"}],
        "EMAIL": [{"VALUE": "Info@Example.RU"}, {"VALUE": "info"}],
        "@requisites": {"RQ_INN": "7736050003", "RQ_KPP": "12"},
    }
    (client,) = parsed(row)
    assert client.phones == ("+74951234567", "нет")
    assert client.emails == ("info@example.ru", "info")
    assert (client.inn, client.kpp) == ("7736050003", "12")
    assert client.flags == ("invalid:phones", "invalid:emails", "invalid:kpp")


def test_an_inn_with_a_wrong_check_digit_is_flagged(parsed):
    (client,) = parsed(FIRM | {"@requisites": {"RQ_INN": "7736050004"}})
    assert (client.inn, client.flags) == ("7736050004", ("invalid:inn",))


def test_an_own_legal_entity_is_no_client(parsed):
    assert parsed(FIRM | {"IS_MY_COMPANY": "Y"}) == ()


def test_a_company_without_a_name_goes_to_quarantine(parsed):
    with pytest.raises(RecordError) as caught:
        parsed(FIRM | {"TITLE": ""})
    assert caught.value.field == "TITLE"


def test_a_field_that_is_not_there_is_a_matter_of_settings(parsed):
    with pytest.raises(ConfigError, match=r"no field 'Клас'.*Класс"):
        parsed(FIRM, custom_fields={"Клас": "abc"})


def test_rows_that_cannot_be_read_are_said_and_the_rest_goes_on(stand_in, connect):
    connection = connect(stand_in(faults=["garbage_rows=10"]).url)
    (stream,) = [each for each in connection.source.streams() if each.name == "companies"]
    good, bad = 0, []
    for row in (row for page in stream.read(Cursor()) for row in page.rows):
        try:
            good += len(stream.parse(row))
        except RecordError as error:
            bad.append((stream.row_id(row), error.field))
    assert good >= 50
    assert len(bad) >= 5
    assert all(number and field for number, field in bad)


def test_without_the_right_to_requisites_there_is_no_inn(stand_in, connect):
    clients = connect(stand_in(faults=["no_right=crm.requisite.*"]).url).read("companies")
    assert len(clients) == 60
    assert {client.inn for client in clients} == {None}


def test_of_several_requisites_the_valid_first_one_is_taken(portal, connect):
    def entry(number: str, inn: str, sort: str, active: str) -> dict:
        return {"ID": number, "ENTITY_ID": "3", "RQ_INN": inn, "SORT": sort, "ACTIVE": active}

    entries = [
        entry("1", "1", "1", "N"),
        entry("2", "2", "500", "Y"),
        entry("3", "7736050003", "100", "Y"),
        entry("4", "4", "100", "Y"),
    ]

    def rows(command: str):
        return entries if command.startswith("crm.requisite") else [FIRM]

    def answer(method, given):
        if method != "batch":
            return {"result": REPLIES[method], "time": {}}
        return {"result": {"result": {key: rows(each) for key, each in given["cmd"].items()}}, "time": {}}

    (client,) = connect(portal(answer).url).read("companies")
    assert client.inn == "7736050003"
