"""Activities: how events show, and what adding, changing and deleting does to the truth."""

from __future__ import annotations

from typing import Any

from sandbox.bitrix24.conftest import Api

CALL = {
    "OWNER_TYPE_ID": 4, "OWNER_ID": 1, "TYPE_ID": 2, "SUBJECT": "Звонок", "RESPONSIBLE_ID": 3,
    "COMPLETED": "Y",
    "START_TIME": "2026-10-01T08:00:00+03:00", "END_TIME": "2026-10-01T08:05:00+03:00", "DIRECTION": 2,
    "ORIGINATOR_ID": "connector", "ORIGIN_ID": "k7",
}  # fmt: skip


def events(api: Api) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in api.sandbox.state("company")["company"]["events"]}


def shown(api: Api, number: int, *names: str) -> list[Any]:
    row = api("crm.activity.get", id=number)
    return [row[name] for name in names]


def test_a_held_call_ends_when_it_was_completed(api: Api) -> None:
    names = (
        "TYPE_ID",
        "COMPLETED",
        "STATUS",
        "DIRECTION",
        "START_TIME",
        "END_TIME",
        "CREATED",
        "DESCRIPTION",
    )
    assert shown(api, 3, *names) == [
        "2", "Y", "2", "1", "2026-09-15T09:00:00+03:00", "2026-09-15T10:30:00+03:00",
        "2026-09-15T10:31:00+03:00", ""
    ]  # fmt: skip
    assert shown(api, 1, "START_TIME", "END_TIME") == [
        "2026-09-10T12:05:58+03:00",
        "2026-09-10T12:05:58+03:00",
    ]


def test_a_planned_meeting_waits(api: Api) -> None:
    names = ("TYPE_ID", "COMPLETED", "STATUS", "DIRECTION", "START_TIME", "DEADLINE")
    planned = "2026-10-02T11:00:00+03:00"
    assert shown(api, 2, *names) == ["1", "N", "1", "0", planned, planned]


def test_every_kind_has_its_type_and_provider(api: Api) -> None:
    rows = api("crm.activity.list", order={"ID": "ASC"}, select=["TYPE_ID", "PROVIDER_ID"])
    assert {row["ID"]: (row["TYPE_ID"], row["PROVIDER_ID"]) for row in rows} == {
        "1": ("2", "VOXIMPLANT_CALL"),
        "2": ("1", "CRM_MEETING"),
        "3": ("2", "VOXIMPLANT_CALL"),
        "4": ("4", "CRM_EMAIL"),
        "6": ("3", "CRM_TASKS_TASK"),
        "7": ("2", "VOXIMPLANT_CALL"),
        "8": ("6", "IMOPENLINES_SESSION"),
    }


def test_a_cancelled_event_is_not_shown_but_true(api: Api) -> None:
    assert api.refused("crm.activity.get", id=5) == (400, "", "Not found")
    assert events(api)["5"]["status"] == "cancelled"


def test_owners_are_deals_contacts_and_companies(api: Api) -> None:
    rows = api("crm.activity.list", order={"ID": "ASC"}, select=["OWNER_TYPE_ID", "OWNER_ID"])
    owners = {row["ID"]: (row["OWNER_TYPE_ID"], row["OWNER_ID"]) for row in rows}
    assert owners["1"] == ("4", "1")
    assert owners["3"] == ("3", "2")
    assert owners["4"] == ("2", "2")
    assert owners["6"] == ("3", "3")


def test_bindings_name_the_owner_and_sometimes_the_company(api: Api) -> None:
    assert api("crm.activity.binding.list", activityId=3) == [{"entityTypeId": 3, "entityId": 2}]
    assert api("crm.activity.binding.list", activityId=4) == [
        {"entityTypeId": 2, "entityId": 2},
        {"entityTypeId": 4, "entityId": 3},
    ]


def test_several_bindings_find_an_activity_several_times(api: Api) -> None:
    pairs = [{"OWNER_TYPE_ID": 2}, {"OWNER_TYPE_ID": 4, "OWNER_ID": 3}]
    rows = api("crm.activity.list", filter={"BINDINGS": pairs}, order={"ID": "ASC"}, select=["ID"])
    assert [row["ID"] for row in rows] == ["4", "4", "6"]


def test_the_default_order_is_by_start(api: Api) -> None:
    starts = [row["START_TIME"] for row in api("crm.activity.list")]
    assert starts == sorted(starts)
    assert [row["ID"] for row in api("crm.activity.list")] != sorted(
        row["ID"] for row in api("crm.activity.list")
    )


def test_communications_come_only_when_named(api: Api) -> None:
    assert "COMMUNICATIONS" not in api("crm.activity.list")[0]
    row = api("crm.activity.list", filter={"ID": 1}, select=["COMMUNICATIONS"])[0]["COMMUNICATIONS"][0]
    assert (row["TYPE"], row["VALUE"], row["ENTITY_TYPE_ID"], row["ENTITY_ID"]) == (
        "PHONE",
        "+74951112233",
        "4",
        "1",
    )


def test_call_statistics_join_by_activity(api: Api) -> None:
    rows = api("voximplant.statistic.get")
    joined = [
        (row["CRM_ACTIVITY_ID"], row["CALL_FAILED_CODE"], row["CALL_DURATION"], row["CALL_TYPE"])
        for row in rows
    ]
    assert joined == [("1", "200", "128", "1"), ("3", "304", "0", "2")]
    assert rows[0]["CALL_START_DATE"] == "2026-09-10T12:03:50+03:00"
    found = api(
        "voximplant.statistic.get",
        FILTER={"><CALL_START_DATE": ["2026-09-11 00:00:00", "2026-09-30 00:00:00"]},
    )
    assert [row["CRM_ACTIVITY_ID"] for row in found] == ["3"]
    assert [
        row["ID"] for row in api("voximplant.statistic.get", FILTER={">ID": 1}, SORT="ID", ORDER="ASC")
    ] == ["2"]


def test_an_added_call_is_an_event_of_the_client(api: Api) -> None:
    number = api("crm.activity.add", fields=CALL)
    assert number == 9
    row = events(api)["9"]
    assert {
        name: row[name] for name in ("client", "employee", "kind", "direction", "status", "completed_at")
    } == {
        "client": "1",
        "employee": "3",
        "kind": "call",
        "direction": "out",
        "status": "completed",
        "completed_at": "2026-10-01T08:05:00+03:00",
    }
    found = api("crm.activity.list", filter={"ORIGINATOR_ID": "connector", "ORIGIN_ID": "k7"}, select=["ID"])
    assert found == [{"ID": "9"}]
    write = api.sandbox.state("writes")["writes"][0]
    assert (write["method"], write["id"], write["marker"]) == ("crm.activity.add", 9, "k7")


def test_an_activity_of_a_contact_belongs_to_its_company(api: Api) -> None:
    number = api("crm.activity.add", fields={**CALL, "OWNER_TYPE_ID": 3, "OWNER_ID": 3})
    assert events(api)[str(number)]["client"] == "3"


def test_an_activity_marks_the_company_without_changing_it(api: Api) -> None:
    api("crm.activity.add", fields=CALL)
    company = api("crm.company.get", id=1)
    assert company["DATE_MODIFY"] == "2026-08-01T16:08:08+03:00"
    assert company["LAST_ACTIVITY_TIME"][:13] == "2026-10-01T09"


def test_tasks_cannot_be_made_as_activities(api: Api) -> None:
    assert api.refused("crm.activity.add", fields={**CALL, "TYPE_ID": 3})[0] == 400
    assert api.refused("crm.activity.add", fields={"SUBJECT": "x"})[0] == 400
    assert api.refused("crm.activity.add", fields={**CALL, "OWNER_ID": 99})[1] == "OWNER_NOT_FOUND"


def test_completing_by_update_is_stamped_and_true(api: Api) -> None:
    api("crm.activity.update", id=7, fields={"COMPLETED": "Y", "DESCRIPTION": "Договорились"})
    row = events(api)["7"]
    assert (row["status"], row["completed_at"][:13], row["result"]) == (
        "completed",
        "2026-10-01T09",
        "Договорились",
    )
    assert shown(api, 7, "STATUS")[0] == "2"
    assert shown(api, 7, "LAST_UPDATED")[0] >= "2026-10-01T09:00:00+03:00"


def test_a_deleted_activity_is_gone_from_the_truth(api: Api) -> None:
    assert api("crm.activity.delete", id=8) is True
    assert "8" not in events(api)
    assert api.refused("crm.activity.delete", id=8)[0] == 400


def test_a_todo_is_a_provider_defined_activity(api: Api) -> None:
    deadline = "2026-10-05T10:00:00+03:00"
    number = api(
        "crm.activity.todo.add",
        ownerTypeId=4,
        ownerId=3,
        deadline=deadline,
        title="Связаться",
        responsibleId=3,
    )
    names = ("TYPE_ID", "PROVIDER_ID", "SUBJECT", "DEADLINE", "RESPONSIBLE_ID")
    assert shown(api, number["id"], *names) == ["6", "CRM_TODO", "Связаться", deadline, "3"]
    assert (events(api)["9"]["kind"], events(api)["9"]["planned_at"]) == ("task", deadline)
    api("crm.activity.todo.update", id=number["id"], deadline="2026-10-06T10:00:00+03:00")
    assert events(api)["9"]["planned_at"] == "2026-10-06T10:00:00+03:00"
    assert api.refused("crm.activity.todo.add", ownerTypeId=4, ownerId=3)[1] == "WRONG_DATETIME_FORMAT"


def test_a_comment_is_kept_by_entity(api: Api) -> None:
    number = api(
        "crm.timeline.comment.add", fields={"ENTITY_ID": 1, "ENTITY_TYPE": "company", "COMMENT": "Заметка"}
    )
    rows = api("crm.timeline.comment.list", filter={"ENTITY_ID": 1, "ENTITY_TYPE": "company"})
    assert [(row["ID"], row["COMMENT"]) for row in rows] == [(str(number), "Заметка")]
    assert api("crm.timeline.comment.list", filter={"ENTITY_ID": 2, "ENTITY_TYPE": "company"}) == []
