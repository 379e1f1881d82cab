"""Every stream against the neutral firm behind the stand-in, which knows nothing of our mapping."""

from __future__ import annotations

import pytest
from truth import client, contact, deal, employee, event, moment, several

from connector.identifiers import inn, phone
from connector.sandbox.server import running

SETTINGS = {
    "custom_fields": {
        "Регион": "region",
        "UF_CRM_TAGS": "tags",
        "Класс ABC (задан)": "abc",
        "Статус клиента": "status",
        "UF_CRM_CLOSED_AT": "closed_at",
        "Причина отказа": "loss_reason",
    },
    "flags": {"key_account": "UF_CRM_KEY_CLIENT"},
    "fields": {"abc_class": "UF_CRM_ABC_CLASS"},
    "roles": {
        "Дирекция": "director",
        "Отдел продаж: металлургия": "seller",
        "Отдел продаж: машиностроение": "seller",
        "Отдел продаж: прочие отрасли": "seller",
        "Отдел ключевых клиентов": "kam",
        "Отдел телемаркетинга": "telesales",
        "Группа ассистентов": "assistant",
    },
}


@pytest.fixture(scope="module")
def truth(firm):
    """The firm's rows as they were given to the stand-in, by table; its ids are the portal's."""
    with running("bitrix24", company=firm, limits="off", as_of=firm.as_of) as sandbox:
        yield sandbox, sandbox.state("company")["company"]


@pytest.fixture
def read(truth, connect):
    """Read a stream of the truth's portal as id -> entity."""
    sandbox, _ = truth
    connection = connect(sandbox.url, may_write=False, **SETTINGS)
    return lambda stream: {entity.ref.external_id: entity for entity in connection.read(stream)}


def shown(entity, names):
    return {name: getattr(entity, name) for name in names}


def compare(found, rows, expected) -> None:
    """Assert that there is exactly one entity a row and that all the expected fields agree."""
    assert sorted(found) == sorted(row["id"] for row in rows)
    for row in rows:
        wanted = expected(row)
        assert shown(found[row["id"]], wanted) == wanted, row["id"]


def test_employees(truth, read):
    rows = truth[1]["employees"]
    assert len(rows) == 13

    compare(read("employees"), rows, lambda row: employee(row) | {"role": row["role"] or None})


def test_clients(truth, read):
    rows = truth[1]["clients"]
    assert len(rows) == 60

    compare(read("companies"), rows, client)


def test_what_is_not_valid_is_flagged(truth, read):
    found = read("companies")
    for row in truth[1]["clients"]:
        flags = found[row["id"]].flags
        assert ("invalid:inn" in flags) == bool(row["inn"] and inn(row["inn"]) is None), row
        assert ("invalid:phones" in flags) == any(phone(each) is None for each in several(row["phones"])), row


def test_the_own_legal_entity_is_no_client(truth, read):
    sandbox, _ = truth
    own = [row["ID"] for row in sandbox.state("vendor")["vendor"]["company"] if row["IS_MY_COMPANY"] == "Y"]
    assert own
    assert not set(own) & set(read("companies"))


def test_contacts(truth, read):
    compare(read("contacts"), truth[1]["contacts"], contact)


def test_deals(truth, read):
    """A closed deal for which nobody expected a date shows the day of its end, as the portal sets it."""
    rows = truth[1]["deals"]
    assert {row["stage_kind"] for row in rows} == {"open", "won", "lost"}

    compare(read("deals"), rows, deal)


def test_stage_history(truth, read):
    found = {(entry.deal, entry.stage, entry.entered_at) for entry in read("stage_history").values()}

    rows = truth[1]["stage_history"]
    assert len(rows) > 100
    assert found == {(row["deal"], row["stage"], moment(row["entered_at"])) for row in rows}


def test_events(truth, read):
    """A cancelled event has no place in the portal; a letter's text is not asked for."""
    rows = [row for row in truth[1]["events"] if row["status"] != "cancelled"]
    assert {row["kind"] for row in rows} == {"call", "meeting", "email", "message", "task", "other"}

    compare(read("activities"), rows, event)


def test_tasks(truth, read):
    wanted = [
        (
            row["client"],
            row["employee"],
            row["subject"],
            row["status"] == "completed",
            moment(row["completed_at"]),
        )
        for row in truth[1]["events"]
        if row["kind"] == "task" and row["status"] != "cancelled"
    ]
    tasks = read("tasks").values()
    assert len(tasks) == len(wanted) > 50
    found = [
        (task.client, task.assignee, task.title, task.status == "done", task.closed_at) for task in tasks
    ]
    assert sorted(found, key=str) == sorted(wanted, key=str)
    assert {task.key for task in tasks} == {None}
