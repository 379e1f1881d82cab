"""Documented examples are answered with their keys and JSON types; every deviation is listed here."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.bitrix24.conftest import Api, Start
from sandbox.bitrix24.shapes import differences, sample

CALL_FIELDS = {"OWNER_TYPE_ID": 4, "OWNER_ID": 1, "TYPE_ID": 2, "SUBJECT": "Звонок", "RESPONSIBLE_ID": 3}
DEADLINE = "2026-10-05T10:00:00+03:00"
CONTACT_NAMES = ["ID", "NAME", "LAST_NAME", "EXPORT", "ASSIGNED_BY_ID", "DATE_CREATE", "EMAIL"]
DEAL_NAMES = [
    "ID", "TITLE", "TYPE_ID", "CATEGORY_ID", "STAGE_ID", "OPPORTUNITY", "IS_MANUAL_OPPORTUNITY",
    "ASSIGNED_BY_ID",
    "DATE_CREATE",
]  # fmt: skip
ITEM_NAMES = ["id", "assignedById", "stageId", "opportunity", "title", "sourceId", "isManualOpportunity"]
TASK_NAMES = [
    "ID", "TITLE", "DESCRIPTION", "DEADLINE", "CREATED_DATE", "RESPONSIBLE_ID", "PRIORITY", "MARK", "STATUS",
    "AUDITORS", "ACCOMPLICES", "TAGS",
]  # fmt: skip
GET_TASK_NAMES = ["ID", "TITLE", "DESCRIPTION", "CREATED_BY", "RESPONSIBLE_ID", "DEADLINE", "UF_CRM_TASK"]
NEW_TASK = {"TITLE": "Позвонить", "RESPONSIBLE_ID": 3, "UF_CRM_TASK": ["CO_1"], "TAGS": ["norm"]}

READS: list[tuple[str, dict[str, Any]]] = [
    ("crm.activity.binding.list", {"activityId": 2}),
    ("crm.activity.get", {"id": 1}),
    ("crm.activity.list", {}),
    ("crm.category.list", {"entityTypeId": 2}),
    ("crm.company.contact.items.get", {"id": 1}),
    ("crm.contact.company.items.get", {"id": 1}),
    ("crm.company.fields", {}),
    ("crm.company.get", {"id": 3}),
    ("crm.company.list", {"select": ["ID", "TITLE", "ASSIGNED_BY_ID", "PHONE"]}),
    ("crm.company.userfield.get", {"id": 3}),
    ("crm.company.userfield.list", {"filter": {"USER_TYPE_ID": "enumeration"}}),
    ("crm.contact.get", {"id": 1}),
    ("crm.contact.list", {"select": CONTACT_NAMES}),
    ("crm.deal.get", {"id": 1}),
    ("crm.deal.list", {"select": DEAL_NAMES}),
    ("crm.item.list", {"entityTypeId": 2, "select": ITEM_NAMES}),
    ("crm.requisite.list", {"select": ["ENTITY_TYPE_ID", "ENTITY_ID", "ID", "NAME"]}),
    ("crm.stagehistory.list", {"entityTypeId": 2}),
    ("crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE"}}),
    ("department.get", {}),
    ("methods", {"name": "crm.company.list"}),
    ("profile", {}),
    ("scope", {}),
    ("server.time", {}),
    ("user.current", {}),
    ("user.get", {}),
    ("voximplant.statistic.get", {}),
]
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("crm.activity.add", {"fields": CALL_FIELDS}),
    ("crm.activity.delete", {"id": 8}),
    ("crm.activity.todo.add", {"ownerTypeId": 4, "ownerId": 1, "deadline": DEADLINE}),
    ("crm.activity.update", {"id": 1, "fields": {"SUBJECT": "Другое"}}),
    ("crm.company.update", {"id": 1, "fields": {"TITLE": "Другое"}}),
    ("crm.company.userfield.add", {"fields": {"USER_TYPE_ID": "string", "FIELD_NAME": "HELLO"}}),
    ("crm.contact.update", {"id": 1, "fields": {"NAME": "Другое"}}),
    ("crm.deal.update", {"id": 1, "fields": {"TITLE": "Другое"}}),
    ("crm.item.update", {"entityTypeId": 2, "id": 1, "fields": {"title": "Другое"}}),
    ("crm.timeline.comment.add", {"fields": {"ENTITY_ID": 1, "ENTITY_TYPE": "company", "COMMENT": "Текст"}}),
    ("tasks.task.add", {"fields": NEW_TASK}),
]
EMPTY_MAP = ": object in the example, array here"
DEVIATIONS = {
    # one department of the example has no head, the root here has no parent
    "department.get": [".result[].PARENT: missing", ".result[].UF_HEAD: not in the example"],
    "crm.company.fields": [".result.LEAD_ID.settings: missing"],
    # the documented portal has no Russian labels
    "crm.company.userfield.get": [
        f".result.{name}.ru: not in the example"
        for name in (
            "EDIT_FORM_LABEL",
            "ERROR_MESSAGE",
            "HELP_MESSAGE",
            "LIST_COLUMN_LABEL",
            "LIST_FILTER_LABEL",
        )
    ],
    # the example's first field is of another type; its second is the enumeration compared below
    "crm.company.userfield.list": [
        ".result[].LIST: not in the example",
        ".result[].SETTINGS.CAPTION_NO_VALUE: not in the example",
        ".result[].SETTINGS.DISPLAY: not in the example",
        ".result[].SETTINGS.ENTITY_TYPE: missing",
        ".result[].SETTINGS.LIST_HEIGHT: not in the example",
        ".result[].SETTINGS.SHOW_NO_VALUE: not in the example",
    ],
    # the example lists leads, which have names of people
    "crm.item.list": [".result.items[].lastName: missing", ".result.items[].name: missing"],
    # the example's time block has no `processing`
    "crm.timeline.comment.add": [".time.processing: not in the example"],
    "crm.timeline.comment.list": [
        ".result[].FILES.1: missing",
        ".result[].FILES.2: missing",
        ".time.processing: not in the example",
    ],
    # the example's task has an auditor
    "tasks.task.update": [
        f".result.task.auditorsData{EMPTY_MAP}",
        ".result.task.parentId: not in the example",
    ],
    # the example's task has people, a checklist and a group, and its time block stands inside the result
    "tasks.task.delegate": [
        ".result.task.accomplicesData" + EMPTY_MAP,
        ".result.task.auditorsData" + EMPTY_MAP,
        ".result.task.checklist" + EMPTY_MAP,
        ".result.task.group" + EMPTY_MAP,
        ".result.time: missing",
        ".time: not in the example",
    ],
    # the same, and tags are keyed by their number
    "tasks.task.list": [
        f".result.tasks[].auditorsData{EMPTY_MAP}",
        ".result.tasks[].tags.1: not in the example",
        ".result.tasks[].tags.35: missing",
    ],
    # the example's user was never edited; its departments have no heads
    "batch": [
        ".result.result.get_department[].UF_HEAD: not in the example",
        ".result.result.get_user.TIMESTAMP_X: missing",
        ".result.result.get_user.WORK_POSITION: not in the example",
    ],
}


def check(api: Api, name: str, method: str, /, **params: Any) -> None:
    """Call the method and compare with the example of that name."""
    found = differences(sample(name), api.body(method, **params))
    assert sorted(found) == sorted(DEVIATIONS.get(name, []))


@pytest.mark.parametrize(("method", "params"), [*READS, *WRITES], ids=[name for name, _ in [*READS, *WRITES]])
def test_an_example_has_the_same_shape_here(api: Api, method: str, params: dict[str, Any]) -> None:
    check(api, method, method, **params)


def test_a_batch_has_the_shape_of_its_example(api: Api) -> None:
    check(api, "batch", "batch", halt=0, cmd={"get_user": "user.current", "get_department": "department.get"})


@pytest.mark.parametrize(("halt", "name"), [(0, "batch.error.halt0"), (1, "batch.error.halt1")])
def test_a_batch_of_failing_commands_has_the_shape_of_its_example(start: Start, halt: int, name: str) -> None:
    api = start(None, "no_right=*.*")
    check(api, name, "batch", halt=halt, cmd={"get_user": "user.current", "get_department": "department.get"})


def test_communications_have_the_shape_of_their_example(api: Api) -> None:
    check(api, "crm.activity.list.2", "crm.activity.list", select=["ID", "COMMUNICATIONS"], filter={"ID": 3})


def test_an_enumeration_has_the_options_of_the_example(api: Api) -> None:
    documented = next(row for row in sample("crm.company.userfield.list")["result"] if "LIST" in row)
    shown = api("crm.company.userfield.list", filter={"USER_TYPE_ID": "enumeration"})[0]
    assert differences(documented, shown) == []


def test_a_todo_is_updated_with_the_shape_of_its_example(api: Api) -> None:
    todo = api("crm.activity.todo.add", ownerTypeId=4, ownerId=1, deadline=DEADLINE)["id"]
    check(api, "crm.activity.todo.update", "crm.activity.todo.update", id=todo, title="Новое")


def test_a_comment_is_listed_with_the_shape_of_its_example(api: Api) -> None:
    api("crm.timeline.comment.add", fields={"ENTITY_ID": 1, "ENTITY_TYPE": "company", "COMMENT": "Текст"})
    check(api, "crm.timeline.comment.list", "crm.timeline.comment.list", filter={"ENTITY_ID": 1})


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tasks.task.update", {"fields": {"TITLE": "Другое"}}),
        ("tasks.task.delegate", {"userId": 2}),
        ("tasks.task.get", {"select": GET_TASK_NAMES}),
    ],
)
def test_a_task_has_the_shape_of_its_example(api: Api, method: str, params: dict[str, Any]) -> None:
    task = api("tasks.task.add", fields=NEW_TASK)["task"]["id"]
    check(api, method, method, taskId=task, **params)


def test_a_list_of_tasks_has_the_shape_of_its_example(api: Api) -> None:
    api("tasks.task.add", fields=NEW_TASK)
    check(api, "tasks.task.list", "tasks.task.list", filter={"TAG": "norm"}, select=TASK_NAMES)


REFUSALS: list[tuple[str, str, dict[str, Any], int]] = [
    ("crm.activity.binding.list.error", "crm.activity.binding.list", {"activityId": 99}, 400),
    ("crm.activity.todo.update.error", "crm.activity.todo.update", {"id": 1, "title": "x"}, 400),
    ("crm.category.list.error", "crm.category.list", {"entityTypeId": 177}, 400),
    ("crm.company.contact.items.get.error", "crm.company.contact.items.get", {"id": 99}, 200),
    ("crm.company.get.error", "crm.company.get", {"id": 99}, 400),
    ("crm.company.update.error", "crm.company.update", {"id": 99, "fields": {}}, 400),
    ("crm.company.userfield.add.error", "crm.company.userfield.add", {"fields": {"FIELD_NAME": "X"}}, 400),
    ("crm.company.userfield.get.error", "crm.company.userfield.get", {"id": 99}, 400),
    ("crm.contact.get.error", "crm.contact.get", {"id": "abc"}, 400),
    ("crm.contact.update.error", "crm.contact.update", {"id": 99, "fields": {}}, 400),
    ("crm.deal.list.error", "crm.deal.list", {"filter": "ID"}, 400),
    ("crm.deal.update.error", "crm.deal.update", {"id": 1}, 400),
    ("crm.item.get.error", "crm.item.get", {"entityTypeId": 4, "id": 99}, 400),
    ("crm.item.list.error", "crm.item.list", {"entityTypeId": 4, "filter": {"FIELD": 1}}, 400),
    ("crm.item.update.error", "crm.item.update", {"entityTypeId": 177, "id": 1, "fields": {}}, 400),
    ("crm.stagehistory.list.error", "crm.stagehistory.list", {"entityTypeId": "SHIPMENT_DOCUMENT"}, 400),
    ("crm.timeline.comment.add.error", "crm.timeline.comment.add", {"FIELDS": {"ENTITY_ID": 1}}, 400),
    ("tasks.task.add.error", "tasks.task.add", {"fields": {"RESPONSIBLE_ID": 3}}, 400),
    ("tasks.task.delegate.error", "tasks.task.delegate", {"taskId": 1, "userId": 99}, 400),
    ("error.ERROR_METHOD_NOT_FOUND.404", "crm.company.nonsense", {}, 404),
]


@pytest.mark.parametrize(("name", "method", "params", "status"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_a_refusal_is_the_documented_one(
    api: Api, name: str, method: str, params: dict[str, Any], status: int
) -> None:
    response = api.send(method, params)
    assert response.status_code == status
    assert response.json() == sample(name)


def test_a_wrong_webhook_code_is_refused_as_documented(api: Api) -> None:
    response = api.session.post(f"{api.sandbox.base}/rest/1/wrong/profile", json={})
    assert (response.status_code, response.json()) == (401, sample("error.NO_AUTH_FOUND.401"))


@pytest.mark.parametrize(
    ("fault", "name", "status"),
    [
        ("expired_token", "error.expired_token.401", 401),
        ("overload", "error.OVERLOAD_LIMIT.503", 503),
        ("no_right=profile", "voximplant.statistic.get.error", 403),
    ],
)
def test_a_fault_answers_as_documented(start: Start, fault: str, name: str, status: int) -> None:
    response = start(None, fault).send("profile")
    assert (response.status_code, response.json()) == (status, sample(name))
