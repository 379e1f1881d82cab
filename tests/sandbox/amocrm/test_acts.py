"""People at work in the account: what they do shows in the API, in the events and in the truth."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import ConfigError
from sandbox.amocrm.conftest import NOW, Api, Start

LATER = "2026-10-01T11:00:00+03:00"


def test_acts_can_be_sent_over_http(api: Api) -> None:
    order = {"do": "change_owner", "client": 1, "owner": 2}
    assert api.session.post(f"{api.sandbox.base}/sandbox/act", json=order).json() == {"ok": True}
    assert api("companies/1")["responsible_user_id"] == 2
    refused = api.session.post(f"{api.sandbox.base}/sandbox/act", json={"do": "dance"})
    assert refused.status_code == 400
    assert "unknown act 'dance'" in refused.json()["error"]


def test_an_act_is_no_request_and_no_write_of_the_client(api: Api) -> None:
    api.sandbox.act("change_owner", client=1, owner=2)
    api.sandbox.act("edit", entity="company", id=1, fields={"name": "Иная"})
    assert api.sandbox.state("requests", "writes") == {"requests": 0, "writes": []}


def test_a_new_owner_is_stamped_told_and_kept_in_the_history(api: Api) -> None:
    api.sandbox.act("change_owner", client=1, owner=2)
    row = api("companies/1")
    assert (row["responsible_user_id"], row["updated_by"], row["created_by"]) == (2, 2, 3)
    assert 0 <= row["updated_at"] - NOW < 60
    event = api.rows("events?filter[type]=entity_responsible_changed")[0]
    assert (event["entity_type"], event["entity_id"], event["created_by"]) == ("company", 1, 2)
    assert event["value_before"] == [{"responsible_user": {"id": 3}}]
    assert event["value_after"] == [{"responsible_user": {"id": 2}}]
    ownership = api.sandbox.state("company")["company"]["ownership"][-1]
    assert (ownership["client"], ownership["employee"], ownership["valid_from"]) == ("1", "2", "2026-10-01")


def test_an_owner_change_of_a_company_leaves_the_rest_alone(api: Api) -> None:
    api.sandbox.act("change_owner", client=1, owner=2)
    owners = [api(path)["responsible_user_id"] for path in ("contacts/1", "contacts/2", "leads/1", "tasks/1")]
    assert owners == [3, 3, 3, 3]


def test_a_completed_task_completes_its_event(api: Api) -> None:
    api.sandbox.act("complete_task", id=1, by=2, at=LATER, result="Готово")
    shown = api("tasks/1")
    assert (shown["is_completed"], shown["result"], shown["responsible_user_id"]) == (
        True, {"text": "Готово"}, 2,
    )  # fmt: skip
    assert shown["updated_at"] == 1790841600  # LATER
    row = api.truth("events")["2"]
    assert (row["status"], row["kind"], row["completed_at"], row["result"]) == (
        "completed", "meeting", LATER, "Готово",
    )  # fmt: skip
    assert api.happened("task_completed") == [("task_completed", "task", 1, 2)]


@pytest.mark.parametrize(
    ("entity", "path", "table"),
    [("company", "companies", "clients"), ("contact", "contacts", "contacts"), ("deal", "leads", "deals")],
)
def test_what_is_deleted_is_in_the_bin_and_can_come_back(
    api: Api, entity: str, path: str, table: str
) -> None:
    name = path.removesuffix("s").replace("companie", "company")
    api.sandbox.act("delete", entity=entity, id=1, by=2)
    assert api(f"{path}/1") == {}
    assert "1" not in api.truth(table)
    assert api.numbers(f"{path}?with=only_deleted") == [1]
    assert api.happened(f"{name}_deleted") == [(f"{name}_deleted", name, 1, 2)]
    api.sandbox.act("restore", entity=entity, id=1)
    assert api(f"{path}/1")["id"] == 1
    assert "1" in api.truth(table)
    assert api.send("GET", f"{path}?with=only_deleted").status_code == 204
    assert api.happened(f"{name}_restored") == [(f"{name}_restored", name, 1, 1)]


def test_a_deleted_company_leaves_its_people_and_leads_until_it_comes_back(api: Api) -> None:
    api.sandbox.act("delete", entity="company", id=1)
    assert [api(f"contacts/{number}")["_embedded"]["companies"] for number in (1, 2)] == [[], []]
    assert api("leads/1")["_embedded"]["companies"] == []
    assert api.numbers("tasks?filter[entity_type]=companies&filter[entity_id][]=1") == []
    assert api.rows("companies/notes") == []
    assert {row["client"] for row in api.truth("contacts").values()} == {"", "3"}
    api.sandbox.act("restore", entity="company", id=1)
    assert api("contacts/1")["_embedded"]["companies"][0]["id"] == 1
    assert api.truth("deals")["1"]["client"] == "1"


def test_a_deleted_contact_leaves_its_lead(api: Api) -> None:
    assert [one["id"] for one in api("leads/1?with=contacts")["_embedded"]["contacts"]] == [1]
    api.sandbox.act("delete", entity="contact", id=1)
    assert api("leads/1?with=contacts")["_embedded"]["contacts"] == []


def test_a_deleted_lead_takes_its_notes_and_its_stages(api: Api) -> None:
    api.sandbox.act("delete", entity="lead", id=2)
    assert api.rows("leads/notes") == []
    assert "4" not in api.truth("events")
    assert {row["deal"] for row in api.sandbox.state("company")["company"]["stage_history"]} == {"1"}
    api.sandbox.act("restore", entity="lead", id=2)
    assert len(api.sandbox.state("company")["company"]["stage_history"]) == 4


def test_a_deleted_task_and_a_deleted_note_take_their_events(api: Api) -> None:
    api.sandbox.act("delete", entity="task", id=1)
    api.sandbox.act("delete", entity="note", id=1)
    assert {"1", "2"} & set(api.truth("events")) == set()
    assert api.refused("GET", "tasks/1")[0] == 404
    assert api.happened("task_deleted") == [("task_deleted", "task", 1, 1)]


def test_a_merged_company_is_nowhere_and_only_the_other_tells_of_it(api: Api) -> None:
    task = {"text": "Т", "complete_till": NOW, "entity_id": 3, "entity_type": "companies"}
    api.write("POST", "tasks", [task])
    api.sandbox.act("merge", into=1, gone=3)
    assert api("companies/3") == {}
    assert api.send("GET", "companies?with=only_deleted").status_code == 204
    assert api.happened("company_deleted") == []
    event = api.rows("events?filter[type]=entity_merged")[0]
    assert (event["entity_id"], event["value_after"], event["value_before"]) == (1, [], [])
    assert [one["id"] for one in api("companies/1?with=contacts")["_embedded"]["contacts"]] == [1, 2, 3]
    assert api("leads/2")["_embedded"]["companies"][0]["id"] == 1
    assert (api("tasks/4")["entity_type"], api("tasks/4")["entity_id"]) == ("companies", 1)
    assert (api("tasks/2")["entity_type"], api("tasks/2")["entity_id"]) == ("contacts", 3)
    assert {row["client"] for row in api.truth("events").values()} == {"1", "2"}
    assert "3" not in api.truth("clients")


def test_a_merged_contact_gives_what_it_had_to_the_other(api: Api) -> None:
    api.sandbox.act("merge", entity="contact", into=3, gone=1)
    assert api("contacts/1") == {}
    assert api.send("GET", "contacts?with=only_deleted").status_code == 204
    assert api.truth("contacts")["3"]["phones"] == "+79035550000|+79038355492"
    assert [one["id"] for one in api("leads/1?with=contacts")["_embedded"]["contacts"]] == [3]
    api.sandbox.act("merge", entity="contact", into=3, gone=2)
    assert [row["note_type"] for row in api.rows("contacts/3/notes")] == ["call_in"]
    assert api.truth("events")["3"]["client"] == "3"
    assert [row[1:3] for row in api.happened("entity_merged")] == [("contact", 3), ("contact", 3)]


def test_an_inserted_client_gets_the_next_number(api: Api) -> None:
    row = {"name": "Новый", "owner": "3", "inn": "7700000001"}
    assert api.sandbox.act("insert", table="clients", row=row) == {"ok": True, "id": 4}
    shown = api("companies/4")
    assert (shown["name"], shown["responsible_user_id"], shown["created_by"]) == ("Новый", 3, 3)
    fields = {one["field_name"]: one["values"] for one in shown["custom_fields_values"]}
    assert fields["Реквизиты"][0]["value"]["vat_id"] == "7700000001"
    assert api.truth("clients")["4"]["created_at"][:13] == "2026-10-01T09"
    assert api.sandbox.state("company")["company"]["ownership"][-1]["employee"] == "3"
    assert api.happened("company_added")[-1] == ("company_added", "company", 4, 3)


def test_inserted_rows_of_other_tables_show(api: Api) -> None:
    act = api.sandbox.act
    deal = {"client": 1, "title": "Ещё", "stage": "Новая", "pipeline": "Новые продажи", "owner": 3}
    lead = act("insert", table="deals", row=deal)["id"]
    assert api(f"leads/{lead}")["_embedded"]["companies"][0]["id"] == 1
    person = act("insert", table="contacts", row={"client": 3, "name": "Белов Олег"})["id"]
    assert api(f"contacts/{person}")["responsible_user_id"] == 4
    user = act("insert", table="employees", row={"name": "Новый Пётр", "department": "Склад"})["id"]
    assert api(f"users/{user}?with=group")["_embedded"]["groups"][0]["name"] == "Склад"


@pytest.mark.parametrize(
    ("cells", "carrier", "event"),
    [
        ({"kind": "task", "subject": "Дело"}, "tasks", "task_added"),
        ({"kind": "call", "status": "completed", "direction": "in", "successful": "1",
          "duration_s": "5"}, "notes", "incoming_call"),
        ({"kind": "email", "status": "completed", "direction": "out"}, "notes", "outgoing_mail"),
        ({"kind": "message", "status": "completed", "direction": "in"}, "chats", "incoming_chat_message"),
        ({"kind": "other", "status": "completed", "subject": "Х"}, "notes", "common_note_added"),
    ],
)  # fmt: skip
def test_inserted_events_are_carried_and_told(
    api: Api, cells: dict[str, str], carrier: str, event: str
) -> None:
    row = {"client": 1, "employee": 3, **cells}
    if "status" in cells:
        row["completed_at"] = "2026-10-01T08:00:00+03:00"
    made = api.sandbox.act("insert", table="events", row=row)
    assert (made["id"], made["carrier"]) == (9, carrier)
    kept = api.sandbox.state("carried")["carried"]["9"]
    assert kept[1] == made["carried"]
    newest = api.rows("events?limit=1")[0]
    assert newest["type"] == event


def test_updated_columns_show(api: Api) -> None:
    act = api.sandbox.act
    act("update", table="clients", id=3, fields={"region": "Сибирь", "key_account": True, "owner": 2})
    shown = api("companies/3")
    fields = {one["field_name"]: one["values"][0]["value"] for one in shown["custom_fields_values"]}
    assert (fields["Регион"], fields["Ключевой клиент"], shown["responsible_user_id"]) == ("Сибирь", True, 2)
    act("update", table="deals", id=1, fields={"stage": "Успешно реализовано", "stage_kind": "won"})
    lead = api("leads/1")
    assert (lead["status_id"], 0 <= lead["closed_at"] - NOW < 60) == (142, True)
    act("update", table="contacts", id=3, fields={"client": "1"})
    assert api("contacts/3")["_embedded"]["companies"][0]["id"] == 1
    act("update", table="events", id=7, fields={"subject": "Иначе"})
    assert api("tasks/3")["text"] == "Иначе"
    act("update", table="employees", id=3, fields={"name": "Другая"})
    assert api("users/3")["name"] == "Другая"


def test_an_edit_is_what_a_person_types_into_a_card(api: Api) -> None:
    field = {"field_code": "ABC_CLASS", "values": [{"value": "C"}]}
    api.sandbox.act("edit", entity="company", id=1, fields={"custom_fields_values": [field]}, by=3)
    shown = api("companies/1")
    assert shown["updated_by"] == 3
    assert shown["custom_fields_values"][-1]["values"] == [{"value": "C"}]
    api.sandbox.act("edit", entity="task", id=1, fields={"text": "Иначе"}, by=3)
    assert api("tasks/1")["text"] == "Иначе"
    note = {"params": {"text": "Т"}, "note_type": "common", "entity_id": 1}
    number = api.write("POST", "leads/notes", [note])[0]["id"]
    api.sandbox.act("edit", entity="note", id=number, fields={"params": {"text": "Иной"}})
    assert api(f"leads/1/notes/{number}")["params"] == {"text": "Иной"}


def test_a_dismissed_user_keeps_the_cards_and_takes_no_new_ones(api: Api) -> None:
    api.sandbox.act("dismiss", employee=3)
    assert api("users/3")["rights"]["is_active"] is False
    assert api("companies/1")["responsible_user_id"] == 3
    mistake = {"0": [("NotSupportedChoice", "responsible_user_id")]}
    assert api.mistakes("PATCH", "companies", [{"id": 2, "responsible_user_id": 3}]) == mistake
    assert api.truth("employees")["3"]["active_to"] == "2026-10-01"


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ({"do": "delete", "entity": "user", "id": 1}, "no 'user' in the account"),
        ({"do": "delete", "entity": "company", "id": 99}, "no company 99 in the account"),
        ({"do": "restore", "entity": "company", "id": 1}, "no company 1 in the recycle bin"),
        ({"do": "merge", "into": 1, "gone": 1}, "cannot be merged with itself"),
        ({"do": "merge", "entity": "lead", "into": 1, "gone": 2}, "a lead cannot be merged"),
        ({"do": "insert", "table": "sales", "row": {}}, "no table 'sales'"),
        ({"do": "insert", "table": "clients", "row": {"colour": "red"}}, "no column"),
        ({"do": "update", "table": "events", "id": 99, "fields": {}}, "no row 99 in events"),
        ({"do": "edit", "entity": "company", "id": 1, "fields": {"foo": 1}}, "Request validation failed"),
        ({"do": "complete_task", "id": 1, "at": "yesterday"}, "Invalid isoformat"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(api: Api, order: dict[str, Any], text: str) -> None:
    do = order.pop("do")
    with pytest.raises(ConfigError, match=text) as caught:
        api.sandbox.act(do, **order)
    assert "\n" not in str(caught.value)


def test_the_stand_in_itself_can_be_switched(start: Start) -> None:
    api = start()
    api.sandbox.act("fault", spec="filter_off")
    assert api("account?with=is_api_filter_enabled")["is_api_filter_enabled"] is False
    api.sandbox.act("clear_faults")
    assert api("account?with=is_api_filter_enabled")["is_api_filter_enabled"] is True
