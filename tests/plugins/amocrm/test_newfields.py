"""Fields that the settings let us write are found by name or code, or made once, for programs alone."""

from __future__ import annotations

import pytest

from connector.changes import SetField, SetFlag

SETTINGS = {
    "write": ["field", "flag"],
    "fields": {"abc_class": "ABC_CLASS", "contacts": "Контакты: сделано из нормы", "days": "CPC_STATE"},
    "flags": {"key_account": "tag:Ключевой", "watched": "Под наблюдением"},
}


def made(sandbox):
    return [w["body"] for w in sandbox.state("writes")["writes"] if w["entity"] == "custom_fields"]


def test_each_missing_field_is_made_once_with_its_type_and_can_be_written(stand_in, connect, change):
    sandbox = stand_in()
    connection = connect(sandbox.url, **SETTINGS)
    assert connection.source.missing_fields() == ["contacts", "days", "watched"]

    checks = list(connection.source.create_fields())
    assert [(check.state, check.detail) for check in checks] == [
        ("ok", "CPC_CONTACTS (text) was made"),
        ("ok", "CPC_STATE (text) was made"),
        ("ok", "CPC_WATCHED (checkbox) was made"),
    ]
    assert [(each["name"], each["type"], each["is_api_only"]) for each in made(sandbox)] == [
        ("Контакты: сделано из нормы", "text", True),
        ("days", "text", True),
        ("Под наблюдением", "checkbox", True),
    ]
    assert connection.source.missing_fields() == []
    assert list(connect(sandbox.url, **SETTINGS).source.create_fields()) == []

    counted = change(SetField, key="a" * 20, field="contacts", new="1 из 4")
    watched = change(SetFlag, key="b" * 20, flag="watched", new=True)
    assert connection.source.send([counted, watched]) == {counted.key: "3", watched.key: "3"}
    assert connection.source.current("3", ["contacts", "watched"]) == {"contacts": "1 из 4", "watched": True}


@pytest.mark.parametrize(("fault", "states"), [("lost_reply", "ok"), ("cut_before", "failed")])
def test_after_a_lost_answer_the_account_is_asked_before_anything_is_made_again(
    fault, states, stand_in, connect
):
    sandbox = stand_in(faults=[f"{fault}=companies.custom_fields.add:1"])
    checks = list(connect(sandbox.url, **SETTINGS).source.create_fields())

    assert [check.state for check in checks] == [states, "ok", "ok"]
    assert len(made(sandbox)) == (3 if states == "ok" else 2)
    list(connect(sandbox.url, **SETTINGS).source.create_fields())
    assert len(made(sandbox)) == 3


def test_nothing_is_made_where_nothing_may_be_written(stand_in, connect):
    sandbox = stand_in()
    connection = connect(sandbox.url, **SETTINGS, may_write=False)

    assert {check.state for check in connection.source.create_fields()} == {"failed"}
    assert made(sandbox) == []
