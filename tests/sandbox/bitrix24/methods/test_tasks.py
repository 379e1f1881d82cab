"""Tasks: look-ups by marker, and the activity in the card."""

from __future__ import annotations

from typing import Any

from sandbox.bitrix24.conftest import Api

FIELDS: dict[str, Any] = {
    "TITLE": "Связаться", "RESPONSIBLE_ID": 3, "DEADLINE": "2026-10-05T18:00:00+03:00",
    "UF_CRM_TASK": ["CO_1"],
    "TAGS": ["norm-k1"], "XML_ID": "k1", "DESCRIPTION": "Почему: норма",
}  # fmt: skip


def add(api: Api, **changes: Any) -> str:
    return str(api("tasks.task.add", fields={**FIELDS, **changes})["task"]["id"])


def found(api: Api, **wanted: Any) -> list[str]:
    return [task["id"] for task in api("tasks.task.list", filter=wanted, select=["ID"])["tasks"]]


def events(api: Api) -> list[dict[str, str]]:
    return list(api.sandbox.state("company")["company"]["events"])


def test_people_had_tasks_before(api: Api) -> None:
    task = api("tasks.task.get", taskId=1, select=["TITLE", "STATUS", "UF_CRM_TASK", "DEADLINE"])["task"]
    assert (task["title"], task["status"], task["ufCrmTask"]) == ("Выслать образцы", "2", ["C_3", "CO_3"])
    assert task["deadline"] == "2026-10-05T18:00:00+03:00"


def test_a_task_is_found_by_tag_and_card(api: Api) -> None:
    number = add(api)
    add(api, TAGS=["norm-k2"], XML_ID="k2")
    assert found(api, TAG="norm-k1", UF_CRM_TASK="CO_1") == [number]
    assert found(api, TAG="norm-k1", UF_CRM_TASK="CO_3") == []
    assert found(api, TAG="norm-k9") == []


def test_xml_id_is_kept_but_no_filter(api: Api) -> None:
    number = add(api)
    assert api("tasks.task.get", taskId=number, select=["XML_ID"])["task"]["xmlId"] == "k1"
    assert found(api, XML_ID="k1") == found(api) == ["1", number]


def test_tags_are_an_object_by_number(api: Api) -> None:
    number = add(api)
    tasks = api("tasks.task.list", filter={"ID": number}, select=["TAGS", "XML_ID"])["tasks"]
    assert tasks[0]["tags"] == {"1": {"id": 1, "title": "norm-k1"}}
    assert tasks[0]["xmlId"] == "k1"
    assert api("tasks.task.list", filter={"ID": 1}, select=["TAGS"])["tasks"][0]["tags"] == []


def test_only_documented_operators_work(api: Api) -> None:
    number = add(api)
    assert found(api, **{">ID": 1}) == [number]
    assert found(api, **{"!RESPONSIBLE_ID": 99, "<=ID": 1}) == ["1"]
    assert found(api, **{"@ID": [1]}) == ["1", number]


def test_titles_are_patterns(api: Api) -> None:
    number = add(api)
    assert found(api, TITLE="%яза%") == [number]


def test_a_task_shows_in_the_card_as_an_activity(api: Api) -> None:
    number = add(api, UF_CRM_TASK=["CO_1", "C_2"])
    row = api("crm.activity.list", filter={"TYPE_ID": 3, "OWNER_ID": 1, "OWNER_TYPE_ID": 4})[0]
    assert (row["SUBJECT"], row["ASSOCIATED_ENTITY_ID"], row["COMPLETED"]) == ("Связаться", number, "N")
    assert api("crm.activity.binding.list", activityId=row["ID"]) == [
        {"entityTypeId": 4, "entityId": 1},
        {"entityTypeId": 3, "entityId": 2},
    ]
    assert events(api)[-1]["kind"] == "task"
    assert events(api)[-1]["planned_at"] == "2026-10-05T18:00:00+03:00"


def test_a_task_without_a_card_is_no_event(api: Api) -> None:
    before = len(events(api))
    number = add(api, UF_CRM_TASK=[])
    add(api, UF_CRM_TASK=["CO_999"])
    assert len(events(api)) == before
    api("tasks.task.complete", taskId=number)
    assert api("tasks.task.get", taskId=number, select=["STATUS"])["task"]["status"] == "5"


def test_completing_a_task_completes_its_activity(api: Api) -> None:
    number = add(api)
    task = api("tasks.task.complete", taskId=number)["task"]
    assert (task["status"], task["closedDate"][:13]) == ("5", "2026-10-01T09")
    assert (events(api)[-1]["status"], events(api)[-1]["completed_at"][:13]) == ("completed", "2026-10-01T09")
    assert api("crm.activity.get", id=events(api)[-1]["id"])["COMPLETED"] == "Y"
    assert api.refused("tasks.task.complete", taskId=number)[1] == "0"


def test_completing_the_activity_completes_the_task(api: Api) -> None:
    number = add(api)
    api("crm.activity.update", id=events(api)[-1]["id"], fields={"COMPLETED": "Y"})
    assert api("tasks.task.get", taskId=number, select=["STATUS"])["task"]["status"] == "5"


def test_an_update_changes_what_it_names(api: Api) -> None:
    number = add(api)
    api(
        "tasks.task.update",
        taskId=number,
        fields={"TITLE": "Другое", "DEADLINE": "2026-10-06T18:00:00+03:00"},
    )
    task = api("tasks.task.get", taskId=number, select=["TITLE", "DEADLINE", "TAGS", "RESPONSIBLE_ID"])[
        "task"
    ]
    assert (task["title"], task["deadline"]) == ("Другое", "2026-10-06T18:00:00+03:00")
    assert task["tags"]["1"]["title"] == "norm-k1"
    api("tasks.task.delegate", taskId=number, userId=2)
    assert events(api)[-1]["employee"] == "2"


def test_statuses_are_numbers_of_their_own(api: Api) -> None:
    number = add(api)
    api("tasks.task.update", taskId=number, fields={"STATUS": 3})
    assert found(api, STATUS=3) == found(api, REAL_STATUS=3) == [number]
    api("tasks.task.update", taskId=number, fields={"STATUS": 5})
    assert found(api, STATUS=5) == [number]


def test_refusals_of_tasks(api: Api) -> None:
    assert api.refused("tasks.task.add") == (
        400,
        "100",
        "Could not find value for parameter {fields} (internal error)",
    )
    assert api.refused("tasks.task.add", fields={**FIELDS, "RESPONSIBLE_ID": 99})[1] == "ERROR_CORE"
    assert api.refused("tasks.task.get", taskId=99)[1] == "ERROR_CORE"
    assert api.refused("tasks.task.get", taskId=1, select="ID")[1] == "100"
    assert api.refused("tasks.task.add", fields={**FIELDS, "DEADLINE": "завтра"})[0] == 400
