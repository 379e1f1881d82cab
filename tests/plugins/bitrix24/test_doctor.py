"""What the connector finds out about a portal; the lines that people see are in docs/doctor.toml."""

from __future__ import annotations

import pytest

from connector.plugins.base import Check
from connector.plugins.bitrix24.doctor import Owner, owner_line, working_time_line

SETTINGS = {
    "custom_fields": {"Регион": "region", "Причина отказа": "loss_reason"},
    "flags": {"key_account": "UF_CRM_KEY_CLIENT"},
    "fields": {"abc_class": "UF_CRM_ABC_CLASS"},
}
EVERY_KIND = ("task", "contact", "flag", "field", "note", "owner")


def lines(connection) -> dict[str, Check]:
    return {check.name: check for check in connection.source.check()}


def bad(found: dict[str, Check]) -> list[str]:
    return [name for name, check in found.items() if check.state != "ok"]


def test_all_is_well_and_nothing_is_written(stand_in, connect):
    sandbox = stand_in()
    found = lines(connect(sandbox.url, write=("task", "flag"), **SETTINGS))

    assert bad(found) == []
    assert list(found) == [
        *("answer", "token", "tariff", "owner"),
        *("scope crm", "scope user", "scope department", "scope task", "scope telephony"),
        *("read employees", "read companies", "read requisites", "read contacts", "read leads", "read deals"),
        *("read stage_history", "read activities", "read tasks", "read departments", "read calls"),
        *("write task", "write flag"),
        "field Регион of the company",
        "field Причина отказа of the deal",
        "field UF_CRM_ABC_CLASS of the company",
        "field UF_CRM_KEY_CLIENT of the company",
        "working time",
    ]
    assert [name for name, check in found.items() if check.vital] == ["answer", "token", "tariff"]
    assert sandbox.state("writes")["writes"] == []


def test_leads_are_not_asked_for_where_they_are_not_read(stand_in, connect):
    assert "read leads" not in lines(connect(stand_in().url, leads=False))


@pytest.mark.parametrize(
    ("fault", "gates"),
    [
        ("expired_token", ["answer", "token"]),
        ("no_rest", ["answer", "tariff"]),
        ("refused_as=PAYMENT_REQUIRED", ["answer", "tariff"]),
        ("overload", ["answer", "block"]),
        ("html_502=*:all", ["answer"]),
    ],
)
def test_after_a_gate_that_is_shut_nothing_is_asked(stand_in, connect, fault, gates):
    sandbox = stand_in(faults=[fault])
    found = lines(connect(sandbox.url))
    assert list(found) == gates
    assert [check.state for check in found.values()] == ["ok"] * (len(gates) - 1) + ["failed"]
    assert all(check.vital for check in found.values())
    assert found[gates[-1]].fix


def test_every_kind_of_write_is_tried_and_taken_back(stand_in, connect):
    sandbox = stand_in()
    before = sandbox.state("company", "vendor")
    tried = list(connect(sandbox.url, write=EVERY_KIND, **SETTINGS).source.probe_writes())

    assert [(check.name, check.state) for check in tried] == [
        (f"write {kind}, tried", "ok") for kind in EVERY_KIND
    ]
    after = sandbox.state("company", "vendor")
    stamps = ("LAST_ACTIVITY_TIME", "DATE_MODIFY")
    for rows in (*before["vendor"].values(), *after["vendor"].values()):
        for row in rows:
            for stamp in stamps:
                row.pop(stamp, None)
    assert after["vendor"] == before["vendor"]
    made = [write["method"] for write in sandbox.state("writes")["writes"]]
    assert made == [
        *("tasks.task.add", "tasks.task.delete", "crm.activity.add", "crm.activity.delete"),
        *("crm.timeline.comment.add", "crm.timeline.comment.delete"),
    ]


def test_a_probe_whose_answer_is_lost_is_not_repeated(stand_in, connect):
    sandbox = stand_in(faults=["lost_reply=tasks.task.add"])
    (check,) = connect(sandbox.url, write=("task",)).source.probe_writes()
    assert check.state == "failed"
    assert [write["method"] for write in sandbox.state("writes")["writes"]] == ["tasks.task.add"]


def test_a_task_that_cannot_be_deleted_is_named(stand_in, connect):
    sandbox = stand_in(faults=["no_right=tasks.task.delete"])
    (check,) = connect(sandbox.url, write=("task",)).source.probe_writes()
    (made,) = sandbox.state("writes")["writes"]
    assert check.detail == f"task {made['id']} was made but not deleted: Access denied!"
    assert check.fix == f"delete task {made['id']} by hand"


def test_an_owner_without_rights_is_a_warning_unless_that_is_meant():
    anna = Owner("5", "Anna", admin=False)
    assert owner_line(anna, accepted=False).state == "warn"
    assert owner_line(anna, accepted=True).state == "ok"
    assert owner_line(anna._replace(admin=True), accepted=False).detail == "Anna (id 5), an administrator"


@pytest.mark.parametrize(
    ("shares", "state", "detail"),
    [
        ({}, "ok", "the portal shows no figures"),
        ({"a": 0.1, "b": 0.79}, "ok", "b has used 79%, the others less"),
        ({"a": 0.8}, "warn", "a has used 80%, the others less"),
        ({"a": float("inf"), "b": 0.2}, "warn", "a is used up"),
    ],
)
def test_the_method_that_worked_most_is_told(shares, state, detail):
    check = working_time_line(shares)
    assert (check.state, check.detail) == (state, detail)
