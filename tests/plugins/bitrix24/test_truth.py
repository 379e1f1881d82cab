"""Every stream against the neutral firm behind the stand-in, which knows nothing of our mapping."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connector.identifiers import email, inn, phone
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


def text(cell: str) -> str | None:
    return cell or None


def moment(cell: str) -> datetime | None:
    return datetime.fromisoformat(cell).astimezone(UTC) if cell else None


def day(cell: str) -> date | None:
    return date.fromisoformat(cell[:10]) if cell else None


def several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def numbers(cell: str) -> tuple[str, ...]:
    return tuple(phone(each) or each for each in several(cell))


def kopecks(cell: str) -> int | None:
    return int(Decimal(cell) * 100) if cell else None


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

    compare(
        read("employees"),
        rows,
        lambda row: {
            "name": row["name"],
            "email": text(row["email"]),
            "phones": numbers(row["phones"]),
            "active": row["active"] == "1",
            "role": text(row["role"]),
            "head": text(row["head"]),
            "department": text(row["department"]),
            "active_from": date.fromisoformat(row["active_from"]),
        },
    )


def test_clients(truth, read):
    rows = truth[1]["clients"]
    assert len(rows) == 60

    compare(
        read("companies"),
        rows,
        lambda row: {
            "name": row["name"],
            "kind": row["kind"],
            "inn": text(row["inn"]),
            "kpp": text(row["kpp"]),
            "phones": numbers(row["phones"]),
            "emails": tuple(email(each) or each for each in several(row["emails"])),
            "address": text(row["address"]),
            "site": text(row["site"]),
            "industry": text(row["industry"]),
            "region": text(row["region"]),
            "status": row["status"],
            "owner": text(row["owner"]),
            "key_account": row["key_account"] == "1",
            "tags": several(row["tags"]),
            "created_at": moment(row["created_at"]),
            "closed_at": moment(row["closed_at"]),
            "updated_at": moment(row["updated_at"]),
            "abc": text(row["abc"]),
        },
    )


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
    compare(
        read("contacts"),
        truth[1]["contacts"],
        lambda row: {
            "client": text(row["client"]),
            "name": row["name"],
            "position": text(row["position"]),
            "phones": numbers(row["phones"]),
            "emails": several(row["emails"]),
        },
    )


def test_deals(truth, read):
    """A closed deal for which nobody expected a date shows the day of its end, as the portal sets it."""
    rows = truth[1]["deals"]
    assert {row["stage_kind"] for row in rows} == {"open", "won", "lost"}

    compare(
        read("deals"),
        rows,
        lambda row: {
            "client": row["client"],
            "owner": text(row["owner"]),
            "title": row["title"],
            "pipeline": row["pipeline"],
            "stage": row["stage"],
            "stage_kind": row["stage_kind"],
            "amount": kopecks(row["amount"]),
            "currency": text(row["currency"]),
            "probability": float(row["probability"]) / 100 if row["probability"] else None,
            "created_at": moment(row["created_at"]),
            "expected_close": day(row["expected_close"] or row["closed_at"]),
            "closed_at": moment(row["closed_at"]),
            "loss_reason": text(row["loss_reason"]),
        },
    )


def test_stage_history(truth, read):
    found = {(entry.deal, entry.stage, entry.entered_at) for entry in read("stage_history").values()}

    rows = truth[1]["stage_history"]
    assert len(rows) > 100
    assert found == {(row["deal"], row["stage"], moment(row["entered_at"])) for row in rows}


def test_events(truth, read):
    """A cancelled event has no place in the portal; a letter's text is not asked for."""
    rows = [row for row in truth[1]["events"] if row["status"] != "cancelled"]
    assert {row["kind"] for row in rows} == {"call", "meeting", "email", "message", "task", "other"}
    held = {"call", "meeting"}

    compare(
        read("activities"),
        rows,
        lambda row: {
            "client": row["client"],
            "employee": text(row["employee"]),
            "kind": row["kind"],
            "direction": text(row["direction"]),
            "status": row["status"],
            "planned_at": moment(row["planned_at"] or row["completed_at"]),
            "completed_at": moment(row["completed_at"]),
            "logged_at": moment(row["logged_at"]),
            "duration_s": int(row["duration_s"]) if row["duration_s"] else None,
            "successful": {"1": True, "0": False, "": None}[row["successful"]],
            "subject": text(row["subject"]),
            "result": text(row["result"]) if row["kind"] in held and row["status"] == "completed" else None,
            "deal": text(row["deal"]),
        },
    )


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
