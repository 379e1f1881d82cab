"""People at work on the portal: what they do shows in the API and in the truth."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import ConfigError
from sandbox.bitrix24.conftest import Api


def company(api: Api, table: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in api.sandbox.state("company")["company"][table]}


def test_acts_can_be_sent_over_http(api: Api) -> None:
    order = {"do": "change_owner", "client": 1, "owner": 2}
    assert api.session.post(f"{api.sandbox.base}/sandbox/act", json=order).json() == {"ok": True}
    assert api("crm.company.get", id=1)["ASSIGNED_BY_ID"] == "2"
    refused = api.session.post(f"{api.sandbox.base}/sandbox/act", json={"do": "dance"})
    assert refused.status_code == 400
    assert "unknown act 'dance'" in refused.json()["error"]


def test_an_act_is_no_request_and_no_write_of_the_client(api: Api) -> None:
    api.sandbox.act("change_owner", client=1, owner=2)
    state = api.sandbox.state("requests", "writes")
    assert state == {"requests": 0, "writes": []}


def test_a_new_owner_is_stamped(api: Api) -> None:
    api.sandbox.act("change_owner", client=1, owner=2)
    row = api("crm.company.get", id=1)
    assert (row["ASSIGNED_BY_ID"], row["MODIFY_BY_ID"], row["DATE_MODIFY"][:13]) == (
        "2",
        "2",
        "2026-10-01T09",
    )
    assert company(api, "clients")["1"]["owner"] == "2"


def test_a_completed_task_completes_its_event(api: Api) -> None:
    task = api("tasks.task.add", fields={"TITLE": "Т", "RESPONSIBLE_ID": 3, "UF_CRM_TASK": ["CO_1"]})["task"][
        "id"
    ]
    api.sandbox.act("complete_task", id=task, by=2, at="2026-10-01T11:00:00+03:00", result="Готово")
    shown = api("tasks.task.get", taskId=task, select=["STATUS", "CLOSED_DATE", "RESPONSIBLE_ID"])["task"]
    assert (shown["status"], shown["closedDate"], shown["responsibleId"]) == (
        "5",
        "2026-10-01T11:00:00+03:00",
        "2",
    )
    row = company(api, "events")["9"]
    assert (row["status"], row["completed_at"], row["result"]) == (
        "completed",
        "2026-10-01T11:00:00+03:00",
        "Готово",
    )


def test_a_held_call_shows_in_the_statistics(api: Api) -> None:
    api.sandbox.act("complete_activity", id=7, at="2026-10-01T10:00:00+03:00", successful=True, duration_s=60)
    row = api("crm.activity.get", id=7)
    assert (row["COMPLETED"], row["END_TIME"], row["START_TIME"]) == (
        "Y", "2026-10-01T10:00:00+03:00", "2026-10-03T10:00:00+03:00"
    )  # fmt: skip
    calls = api("voximplant.statistic.get", FILTER={"CRM_ACTIVITY_ID": 7})
    assert [(call["CALL_FAILED_CODE"], call["CALL_DURATION"]) for call in calls] == [("200", "60")]
    assert row["LAST_UPDATED"] >= "2026-10-01T09:00:00+03:00"


@pytest.mark.parametrize(
    ("entity", "method", "table"),
    [("company", "crm.company.get", "clients"), ("deal", "crm.deal.get", "deals"), ("contact",
     "crm.contact.get", "contacts"),
     ("activity", "crm.activity.get", "events")],
)  # fmt: skip
def test_what_is_deleted_is_gone(api: Api, entity: str, method: str, table: str) -> None:
    api.sandbox.act("delete", entity=entity, id=1)
    assert api.refused(method, id=1) == (400, "", "Not found")
    assert "1" not in company(api, table)


def test_a_deleted_company_leaves_its_people_and_deals(api: Api) -> None:
    api.sandbox.act("delete", entity="company", id=1)
    assert [row["COMPANY_ID"] for row in api("crm.contact.list")] == ["0", "0", "3"]
    assert api("crm.deal.get", id=1)["COMPANY_ID"] == "0"
    assert api("crm.requisite.list", filter={"ENTITY_ID": 1}) == []
    assert [row["ID"] for row in api("crm.activity.list", filter={"OWNER_TYPE_ID": 4, "OWNER_ID": 1})] == []


def test_a_deleted_deal_takes_its_activities_and_history(api: Api) -> None:
    api.sandbox.act("delete", entity="deal", id=2)
    assert api.refused("crm.activity.get", id=4)[0] == 400
    assert api("crm.stagehistory.list", entityTypeId=2, filter={"OWNER_ID": 2})["items"] == []
    assert {row["deal"] for row in api.sandbox.state("company")["company"]["stage_history"]} == {"1"}


def test_a_deleted_contact_gives_its_activities_to_the_company(api: Api) -> None:
    assert api("crm.activity.get", id=3)["OWNER_TYPE_ID"] == "3"
    api.sandbox.act("delete", entity="contact", id=2)
    row = api("crm.activity.get", id=3)
    assert (row["OWNER_TYPE_ID"], row["OWNER_ID"]) == ("4", "1")


def test_a_deleted_task_takes_its_activity(api: Api) -> None:
    api.sandbox.act("delete", entity="task", id=1)
    assert api.refused("tasks.task.get", taskId=1)[0] == 400
    assert api.refused("crm.activity.get", id=6)[0] == 400
    assert "6" not in company(api, "events")


def test_an_inserted_client_gets_the_next_number(api: Api) -> None:
    made = api.sandbox.act(
        "insert", table="clients", row={"name": "Новый", "owner": "3", "inn": "7700000001"}
    )
    assert made == {"ok": True, "id": 5}
    assert api("crm.company.get", id=5)["TITLE"] == "Новый"
    assert api("crm.requisite.list", filter={"ENTITY_ID": 5})[0]["RQ_INN"] == "7700000001"
    assert company(api, "clients")["5"]["created_at"][:13] == "2026-10-01T09"
    assert api.sandbox.state("company")["company"]["ownership"][-1]["employee"] == "3"


def test_inserted_rows_of_other_tables_show(api: Api) -> None:
    deal = api.sandbox.act(
        "insert", table="deals", row={"client": 1, "title": "Ещё", "stage": "Новая", "owner": 3}
    )["id"]
    assert api("crm.deal.get", id=deal)["STAGE_ID"] == "NEW"
    person = api.sandbox.act("insert", table="contacts", row={"client": 2, "name": "Белов Олег"})["id"]
    assert [row["CONTACT_ID"] for row in api("crm.company.contact.items.get", id=2)] == [person]
    call = {"client": 1, "employee": 3, "kind": "call", "status": "completed", "successful": True,
            "completed_at": "2026-10-01T08:00:00+03:00", "direction": "out"}  # fmt: skip
    event = api.sandbox.act("insert", table="events", row=call)["id"]
    assert api("crm.activity.get", id=event)["COMPLETED"] == "Y"
    assert len(api("voximplant.statistic.get", FILTER={"CRM_ACTIVITY_ID": event})) == 1
    task = api.sandbox.act("insert", table="events", row={"client": 1, "kind": "task", "subject": "Дело"})[
        "id"
    ]
    assert api("crm.activity.get", id=task)["ASSOCIATED_ENTITY_ID"] == "2"


def test_an_updated_row_is_stamped(api: Api) -> None:
    api.sandbox.act("update", table="clients", id=3, fields={"region": "Сибирь", "key_account": True})
    row = api("crm.company.get", id=3)
    assert (row["UF_CRM_REGION"], row["UF_CRM_KEY_CLIENT"], row["DATE_MODIFY"][:13]) == (
        "Сибирь",
        "1",
        "2026-10-01T09",
    )
    changed = api(
        "crm.company.list", filter={">=DATE_MODIFY": "2026-10-01T09:00:00+03:00", "IS_MY_COMPANY": "N"}
    )
    assert [row["ID"] for row in changed] == ["3"]


def test_merged_companies_are_one(api: Api) -> None:
    api.sandbox.act("merge", into=1, gone=3)
    assert api.refused("crm.company.get", id=3)[0] == 400
    assert {row["COMPANY_ID"] for row in api("crm.contact.list")} == {"1"}
    assert api("crm.deal.get", id=2)["COMPANY_ID"] == "1"
    assert list(company(api, "clients")) == ["1", "2"]
    assert company(api, "events")["4"]["client"] == "1"
    assert api("crm.company.get", id=1)["DATE_MODIFY"][:13] == "2026-10-01T09"


def test_what_is_bound_to_a_merged_company_moves_along(api: Api) -> None:
    task = api("tasks.task.add", fields={"TITLE": "Т", "RESPONSIBLE_ID": 3, "UF_CRM_TASK": ["CO_3"]})["task"][
        "id"
    ]
    api.sandbox.act("merge", into=1, gone=3)
    assert api("tasks.task.get", taskId=task, select=["UF_CRM_TASK"])["task"]["ufCrmTask"] == ["CO_1"]
    activity = api("crm.activity.list", filter={"ASSOCIATED_ENTITY_ID": task})[0]
    assert (activity["OWNER_TYPE_ID"], activity["OWNER_ID"]) == ("4", "1")


def test_a_dismissed_employee_keeps_the_clients_until_someone_acts(api: Api) -> None:
    api.sandbox.act("dismiss", employee=3)
    assert api("user.get", FILTER={"ID": 3})[0]["ACTIVE"] is False
    assert api("crm.company.get", id=1)["ASSIGNED_BY_ID"] == "3"
    assert company(api, "employees")["3"]["active_to"] == "2026-10-01"


@pytest.mark.parametrize(
    "order",
    [
        {"do": "complete_task", "id": 99},
        {"do": "complete_activity", "id": 7, "at": "завтра"},
        {"do": "change_owner", "client": 1, "owner": 99},
        {"do": "delete", "entity": "user", "id": 1},
        {"do": "insert", "table": "sales", "row": {}},
        {"do": "insert", "table": "clients", "row": {"colour": "red"}},
        {"do": "update", "table": "clients", "id": 99, "fields": {}},
        {"do": "merge", "into": 1, "gone": 1},
        {"do": "dismiss"},
    ],
    ids=str,
)
def test_what_cannot_be_done_is_told_in_one_line(api: Api, order: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        api.sandbox.act(**order)


def test_a_person_edits_a_card_as_its_form_does(api: Api) -> None:
    api.sandbox.act("edit", entity="company", id=1, fields={"UF_CRM_ABC_CLASS": "C"}, by=3)
    card = api("crm.company.get", id=1)
    assert (card["UF_CRM_ABC_CLASS"], card["MODIFY_BY_ID"]) == ("C", "3")
    with pytest.raises(ConfigError, match="cannot edit 'user'"):
        api.sandbox.act("edit", entity="user", id=1, fields={})


def test_who_saved_an_activity_last_is_its_editor(api: Api) -> None:
    """The webhook's own completion is told from a person's by EDITOR_ID."""
    fields = {
        "OWNER_TYPE_ID": 4, "OWNER_ID": 1, "TYPE_ID": 2, "SUBJECT": "Звонок", "RESPONSIBLE_ID": 3,
        "START_TIME": "2026-10-05T10:00:00+03:00",
    }  # fmt: skip
    ours, theirs = api("crm.activity.add", fields=fields), api("crm.activity.add", fields=fields)
    api("crm.activity.update", id=ours, fields={"COMPLETED": "Y"})
    api.sandbox.act("complete_activity", id=theirs, by="4")
    assert [api("crm.activity.get", id=each)["EDITOR_ID"] for each in (ours, theirs)] == ["1", "4"]


def test_a_person_who_moves_takes_along_what_is_logged_on_them(api: Api) -> None:
    activities = api.sandbox.state("vendor")["vendor"]["activity"]
    logged = next(row for row in activities if row["OWNER_TYPE_ID"] == "3")
    before = {row["id"]: row["client"] for row in api.sandbox.state("company")["company"]["events"]}
    other = next(
        row["id"]
        for row in api.sandbox.state("company")["company"]["clients"]
        if row["id"] != before[logged["ID"]]
    )
    api.sandbox.act("update", table="contacts", id=logged["OWNER_ID"], fields={"client": other})
    after = {row["id"]: row["client"] for row in api.sandbox.state("company")["company"]["events"]}
    moved = {
        row["ID"]
        for row in activities
        if (row["OWNER_TYPE_ID"], row["OWNER_ID"]) == ("3", logged["OWNER_ID"])
    }
    assert {number for number in after if after[number] != before[number]} == moved
    assert {after[number] for number in moved} == {other}
    (row,) = [row for row in api.sandbox.state("vendor")["vendor"]["activity"] if row["ID"] == logged["ID"]]
    assert row["LAST_UPDATED"] == logged["LAST_UPDATED"]
