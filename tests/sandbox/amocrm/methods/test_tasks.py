"""Tasks: what is planned and what was done, written by clients and checked item by item."""

from __future__ import annotations

import pytest

from sandbox.amocrm.conftest import NOW, Api

DUE = 1790924400  # 2026-10-02T10:00:00+03:00
NEW = {"text": "Позвонить ⟦cn:1⟧", "complete_till": DUE, "entity_id": 1, "entity_type": "companies"}


def test_the_planned_and_the_done_are_tasks(api: Api) -> None:
    rows = {row["text"]: row for row in api.rows("tasks")}
    assert sorted(rows) == ["Встреча", "Выслать образцы", "Перезвонить"]
    meeting = rows["Встреча"]
    assert meeting["task_type_id"] == 2
    assert meeting["complete_till"] == 1790928000  # 2026-10-02T11:00:00+03:00
    assert meeting["created_at"] == 1789887600  # 2026-09-20T10:00:00+03:00
    assert (meeting["entity_type"], meeting["entity_id"]) == ("companies", 1)
    assert (meeting["is_completed"], meeting["result"], meeting["responsible_user_id"]) == (False, [], 3)
    assert rows["Перезвонить"]["task_type_id"] == 1


def test_a_new_task_is_an_event_of_its_client(api: Api) -> None:
    answer = api.write("POST", "tasks", [NEW | {"responsible_user_id": 3, "request_id": "a"}])
    assert [(row["id"], row["request_id"], row["updated_at"] - NOW < 60) for row in answer] == [
        (4, "a", True)
    ]
    shown = api("tasks/4")
    assert (shown["task_type_id"], shown["text"], shown["complete_till"]) == (1, NEW["text"], DUE)
    row = api.truth("events")["9"]
    assert (row["client"], row["employee"], row["kind"], row["status"]) == ("1", "3", "call", "planned")
    assert row["planned_at"] == "2026-10-02T10:00:00+03:00"
    assert api.sandbox.state("carried")["carried"]["9"] == ["tasks", 4]
    assert api.happened("task_added")[-1] == ("task_added", "task", 4, 1)
    assert api.sandbox.state("writes")["writes"][0]["marker"] == "cn:1"


def test_a_task_on_a_lead_is_of_the_leads_client(api: Api) -> None:
    api.write("POST", "tasks", [NEW | {"entity_id": 2, "entity_type": "leads", "task_type_id": 2}])
    row = api.truth("events")["9"]
    assert (row["client"], row["deal"], row["kind"]) == ("3", "2", "meeting")


def test_a_task_on_nothing_is_no_event(api: Api) -> None:
    api.write("POST", "tasks", [{"text": "Просто", "complete_till": DUE}])
    shown = api("tasks/4")
    assert (shown["entity_id"], shown["entity_type"]) == (None, None)
    assert len(api.truth("events")) == 8


def test_completing_a_task_takes_its_result(api: Api) -> None:
    answer = api.send("PATCH", "tasks/3", {"is_completed": True, "result": {"text": "Дозвонился"}})
    assert answer.status_code == 200
    assert (api("tasks/3")["is_completed"], api("tasks/3")["result"]) == (True, {"text": "Дозвонился"})
    row = api.truth("events")["7"]
    assert (row["status"], row["result"], row["kind"]) == ("completed", "Дозвонился", "task")
    assert api("tasks/3")["task_type_id"] == 1
    assert api.happened("task_completed") == [("task_completed", "task", 3, 1)]


def test_a_completion_can_be_taken_back(api: Api) -> None:
    api.send("PATCH", "tasks/3", {"is_completed": True})
    assert api.send("PATCH", "tasks/3", {"is_completed": False}).status_code == 200
    row = api.truth("events")["7"]
    assert (row["status"], row["kind"], row["completed_at"]) == ("planned", "call", "")
    assert api("tasks/3")["is_completed"] is False


def test_a_result_may_come_later(api: Api) -> None:
    api.send("PATCH", "tasks/1", {"is_completed": True})
    api.send("PATCH", "tasks/1", {"result": {"text": "Был"}})
    assert api("tasks/1")["result"] == {"text": "Был"}
    assert api.happened("task_result_added") == [("task_result_added", "task", 1, 1)]
    assert api.mistakes("PATCH", "tasks", [{"id": 1, "result": "Был"}]) == {"0": [("InvalidType", "result")]}


def test_a_late_change_moves_the_stamp_but_not_the_completion(api: Api) -> None:
    """So the stamp of a completed task tells when it was completed only until somebody touches it."""
    api.send("PATCH", "tasks/1", {"is_completed": True})
    completed = api.rows("events?filter[type]=task_completed")[0]["created_at"]
    api.sandbox.act("advance", seconds=3600)
    api.send("PATCH", "tasks/1", {"text": "Иначе"})
    assert api("tasks/1")["updated_at"] - completed >= 3600
    assert api.truth("events")["2"]["completed_at"].startswith("2026-10-01T09:00")


def test_a_task_goes_to_another_card(api: Api) -> None:
    move = {"id": 1, "entity_type": "leads", "entity_id": 2, "duration": 600}
    api.write("PATCH", "tasks", [move])
    shown = api("tasks/1")
    assert (shown["entity_type"], shown["entity_id"], shown["duration"]) == ("leads", 2, 600)
    row = api.truth("events")["2"]
    assert (row["client"], row["deal"]) == ("3", "2")


def test_a_task_may_be_written_as_done(api: Api) -> None:
    done = NEW | {"task_type_id": 2, "is_completed": True, "result": {"text": "Были"}}
    number = api.write("POST", "tasks", [done | {"created_at": NOW - 86400}])[0]["id"]
    assert api(f"tasks/{number}")["created_at"] == NOW - 86400
    row = api.truth("events")["9"]
    assert (row["kind"], row["status"], row["result"]) == ("meeting", "completed", "Были")
    assert row["logged_at"] == "2026-09-30T09:00:00+03:00"


def test_a_batch_names_a_task_that_is_not_there(api: Api) -> None:
    found = api.mistakes("PATCH", "tasks", [{"id": 99, "text": "x"}, {"text": "x"}])
    assert found == {"0": [("NotSupportedChoice", "id")], "1": [("FieldMissing", "id")]}


def test_every_change_is_an_event(api: Api) -> None:
    change = {"id": 3, "text": "Иначе", "complete_till": DUE, "responsible_user_id": 2, "task_type_id": 2}
    api.write("PATCH", "tasks", [change])
    names = (
        "task_text_changed",
        "task_deadline_changed",
        "entity_responsible_changed",
        "task_type_changed",
    )
    seen = {row[0] for row in api.happened(*names) if row[1:3] == ("task", 3)}
    assert seen == set(names)
    row = api.truth("events")["7"]
    assert (row["subject"], row["employee"], row["kind"]) == ("Иначе", "2", "meeting")


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"text": ""}, ("NotBlank", "text")),
        ({"complete_till": "2026-10-02T10:00:00"}, ("InvalidType", "complete_till")),
        ({"entity_type": None}, ("FieldMissing", "entity_type")),
        ({"entity_id": 99}, ("NotSupportedChoice", "entity_id")),
        ({"entity_type": "company"}, ("NotSupportedChoice", "entity_type")),
        ({"task_type_id": 77}, ("NotSupportedChoice", "task_type_id")),
        ({"responsible_user_id": 4}, ("NotSupportedChoice", "responsible_user_id")),
        ({"responsible_user_id": 99}, ("NotSupportedChoice", "responsible_user_id")),
        ({"is_completed": 1}, ("InvalidType", "is_completed")),
        ({"deadline": 1}, ("ExtraField", "deadline")),
    ],
)
def test_a_mistake_refuses_the_whole_batch(
    api: Api, change: dict[str, object], mistake: tuple[str, str]
) -> None:
    found = api.mistakes("POST", "tasks", [NEW, NEW | change | {"request_id": "b"}])
    assert found == {"b": [mistake]}
    assert len(api.rows("tasks")) == 3


def test_text_and_time_must_be_there(api: Api) -> None:
    found = api.mistakes("POST", "tasks", [{"entity_id": 1, "entity_type": "companies"}])
    assert found == {"0": [("FieldMissing", "text"), ("FieldMissing", "complete_till")]}


def test_open_tasks_of_some_cards(api: Api) -> None:
    api.write("POST", "tasks", [NEW])
    path = "tasks?filter[entity_type]=companies&filter[entity_id][]=1&filter[is_completed]=0"
    assert api.numbers(path) == [1, 3, 4]
    api.send("PATCH", "tasks/3", {"is_completed": True})
    assert api.numbers(path) == [1, 4]
    assert api.numbers("tasks?filter[entity_id][]=1&order[id]=desc") == [4, 3, 2, 1]


def test_a_task_that_is_not_there(api: Api) -> None:
    assert api.refused("GET", "tasks/99") == (404, "Task not found")
    assert api.refused("PATCH", "tasks/99", {"text": "x"}) == (404, "Task not found")
    assert api.refused("DELETE", "tasks/1") == (405, "Method Not Allowed")
