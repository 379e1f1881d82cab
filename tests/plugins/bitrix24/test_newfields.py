"""Fields that the settings let us write are found by code or name, or made once; nothing else is touched."""

from __future__ import annotations

import pytest

from connector.changes import SetField, SetFlag

SETTINGS = {
    "write": ["field", "flag"],
    "fields": {
        "abc_class": "UF_CRM_ABC_CLASS",
        "contacts": "Контакты: сделано из нормы",
        "days": "UF_CRM_DAYS",
    },
    "flags": {"key_account": "Ключевой клиент", "watched": "UF_CRM_WATCHED"},
}


def made(sandbox) -> list[dict]:
    return [w["body"]["fields"] for w in sandbox.state("writes")["writes"] if "userfield" in w["method"]]


def test_missing_are_those_found_by_neither_code_nor_name(stand_in, connect):
    connection = connect(stand_in().url, **SETTINGS)
    assert connection.source.missing_fields() == ["contacts", "days", "watched"]


def test_each_is_made_once_with_its_type_and_label_and_can_be_written(stand_in, connect, change):
    sandbox = stand_in()
    connection = connect(sandbox.url, **SETTINGS)
    checks = list(connection.source.create_fields())
    assert [(check.state, check.detail) for check in checks] == [
        ("ok", "UF_CRM_CPC_CONTACTS (string) was made"),
        ("ok", "UF_CRM_DAYS (string) was made"),
        ("ok", "UF_CRM_WATCHED (boolean) was made"),
    ]
    assert [(each["FIELD_NAME"], each["USER_TYPE_ID"], each["LABEL"]) for each in made(sandbox)] == [
        ("CPC_CONTACTS", "string", "Контакты: сделано из нормы"),
        ("DAYS", "string", "days"),
        ("WATCHED", "boolean", "watched"),
    ]
    assert connection.source.missing_fields() == []
    assert list(connection.source.create_fields()) == []

    counted = change(SetField, key="a" * 20, field="contacts", new="1 из 4")
    watched = change(SetFlag, key="b" * 20, flag="watched", new=True)
    assert connection.source.send([counted, watched]) == {counted.key: "3", watched.key: "3"}
    assert connection.source.current("3", ["contacts", "watched"]) == {"contacts": "1 из 4", "watched": True}


def test_another_connection_finds_what_was_made(stand_in, connect):
    sandbox = stand_in()
    list(connect(sandbox.url, **SETTINGS).source.create_fields())
    assert connect(sandbox.url, **SETTINGS).source.missing_fields() == []


def test_a_field_whose_answer_was_lost_is_found_and_not_made_twice(stand_in, connect):
    sandbox = stand_in(faults=["lost_reply=crm.company.userfield.add:1"])
    checks = list(connect(sandbox.url, **SETTINGS).source.create_fields())
    assert all(check.state == "ok" for check in checks)
    assert len(made(sandbox)) == 3


@pytest.mark.parametrize(("listed", "count"), [(["field"], 2), (["flag"], 1), ([], 0)])
def test_nothing_is_made_that_the_admin_does_not_list(stand_in, connect, listed, count):
    sandbox = stand_in()
    connection = connect(sandbox.url, may_write=listed, **SETTINGS | {"write": listed})
    checks = list(connection.source.create_fields())
    assert sum(check.state == "ok" for check in checks) == count == len(made(sandbox))
    assert all("write" in check.fix for check in checks if check.state == "failed")


def test_a_right_that_is_missing_is_a_line(stand_in, connect):
    sandbox = stand_in(faults=["no_right=crm.company.userfield.add"])
    checks = list(connect(sandbox.url, **SETTINGS).source.create_fields())
    assert [check.state for check in checks] == ["failed"] * 3
    assert all(check.fix for check in checks)
