"""The account's events: newest first, a hundred at most, and the questions that are refused."""

from __future__ import annotations

import pytest

from sandbox.amocrm.conftest import NOW, Api, Start
from sandbox.firms import EVENTS, firm


def types(api: Api, query: str) -> set[str]:
    return {row["type"] for row in api.rows(f"events?limit=100&{query}")}


def test_the_newest_come_first_and_order_is_not_asked_for(api: Api) -> None:
    times = [row["created_at"] for row in api.rows("events?limit=100&order[created_at]=asc")]
    assert times == sorted(times, reverse=True)
    assert len(set(api.numbers("events?limit=100"))) == len(times)


def test_what_happens_meanwhile_shifts_the_pages(api: Api) -> None:
    first = api.numbers("events?limit=5")
    api.sandbox.act("change_owner", client=1, owner=2)
    second = api.numbers("events?limit=5&page=2")
    assert second[0] == first[-1]
    before = f"filter[created_at][to]={NOW - 1}"
    calm = api.numbers(f"events?limit=5&{before}")
    api.sandbox.act("change_owner", client=1, owner=3)
    assert set(calm) & set(api.numbers(f"events?limit=5&page=2&{before}")) == set()


def test_what_had_happened_before(api: Api) -> None:
    counts: dict[str, int] = {}
    for row in api.rows("events?limit=100"):
        counts[row["type"]] = counts.get(row["type"], 0) + 1
    assert counts == {
        "company_added": 3, "contact_added": 3, "lead_added": 2, "lead_status_changed": 2,
        "entity_responsible_changed": 1, "incoming_call": 1, "outgoing_call": 1, "outgoing_mail": 1,
        "task_added": 3, "incoming_chat_message": 1,
    }  # fmt: skip


def test_an_owner_change_of_the_past_is_at_midnight(api: Api) -> None:
    event = api.rows("events?filter[type]=entity_responsible_changed")[0]
    assert event["created_at"] == 1767214800  # 2026-01-01T00:00:00+03:00
    assert (event["entity_type"], event["entity_id"]) == ("company", 1)
    assert event["value_before"][0]["responsible_user"] == {"id": 4}
    assert event["value_after"][0]["responsible_user"] == {"id": 3}


def test_a_gap_between_owners_is_nobodys(start: Start) -> None:
    tenures = [
        {"client": "1", "employee": "4", "valid_from": "2024-03-11", "valid_to": "2025-12-31"},
        {"client": "1", "employee": "3", "valid_from": "2026-02-01", "valid_to": "2026-08-31"},
    ]
    rows = start(firm(ownership=tenures)).rows("events?filter[type]=entity_responsible_changed")
    moves = [
        (row["value_before"][0]["responsible_user"]["id"], row["value_after"][0]["responsible_user"]["id"])
        for row in reversed(rows)
    ]
    assert moves == [(4, 0), (0, 3), (3, 0)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter[type][]=task_added&filter[type][]=lead_added", {"task_added", "lead_added"}),
        ("filter[type]=task_added,lead_added", {"task_added", "lead_added"}),
        ("filter[entity]=task", {"task_added"}),
        ("filter[entity][]=lead&filter[entity_id][]=1", {"lead_added", "lead_status_changed"}),
        ("filter[created_by][]=2&filter[entity]=lead",
         {"lead_added", "lead_status_changed", "outgoing_mail"}),
        (f"filter[created_at][from]={NOW - 6 * 86400}", {"task_added", "incoming_chat_message"}),
        (f"filter[created_at]={NOW - 6 * 86400}", {"task_added", "incoming_chat_message"}),
        (f"filter[created_at]={NOW - 11 * 86400},{NOW - 11 * 86400 + 14400}",
         {"lead_status_changed", "task_added"}),
        (f"filter[created_at][from]={NOW}", set()),
    ],
)  # fmt: skip
def test_filters(api: Api, query: str, expected: set[str]) -> None:
    assert types(api, query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "filter[entity_id][]=1",
        "filter[entity][]=lead&filter[entity][]=contact&filter[entity_id][]=1",
        "filter[type][]=custom_field_5_value_changed&filter[type][]=task_added",
        "filter[created_by]=" + ",".join(map(str, range(11))),
        "filter[entity]=lead&filter[entity_id]=" + ",".join(map(str, range(11))),
    ],
)
def test_questions_that_are_refused(api: Api, query: str) -> None:
    assert api.refused("GET", f"events?{query}")[0] == 400


def test_a_chat_on_a_lead_is_asked_for_by_its_contact(start: Start) -> None:
    message = EVENTS[7] | {"id": "1", "client": "1", "deal": "1"}
    api = start(firm(events=[message]))
    (event,) = api.rows("events?filter[type]=incoming_chat_message")
    assert (event["entity_type"], event["entity_id"]) == ("lead", 1)
    assert event["_embedded"]["entity"]["linked_talk_contact_id"] == 1
    path = "events?filter[type]=incoming_chat_message&filter[entity][]="
    assert api.rows(f"{path}lead") == []
    assert len(api.rows(f"{path}contact")) == 1
    assert len(api.rows(f"{path}contact&filter[entity_id][]=1")) == 1


def test_changes_of_any_field_and_of_one(start: Start) -> None:
    filled = [
        {"client": "1", "field": "inn", "at": "2026-09-01T10:00:00+03:00", "by": "3", "old": "", "new": "77"},
        {
            "client": "1",
            "field": "site",
            "at": "2026-09-02T10:00:00+03:00",
            "by": "2",
            "old": "-",
            "new": "x",
        },
    ]
    api = start(firm(field_changes=filled))
    fields = {row["name"]: row["id"] for row in api.rows("companies/custom_fields")}
    assert len(types(api, "filter[type]=custom_field_value_changed")) == 2
    (event,) = api.rows(f"events?filter[type]=custom_field_{fields['Реквизиты']}_value_changed")
    assert (event["created_by"], event["value_before"]) == (3, [])
    plain = start(firm(field_changes=filled), "inn_as_text")
    texts = {row["name"]: row["id"] for row in plain.rows("companies/custom_fields")}
    assert len(plain.rows(f"events?filter[type]=custom_field_{texts['ИНН']}_value_changed")) == 1


def test_one_event_by_its_id(api: Api) -> None:
    rows = api.rows("events?limit=100")
    assert [api(f"events/{row['id']}")["id"] for row in rows[:3]] == [row["id"] for row in rows[:3]]
    assert all(len(row["id"]) == 26 for row in rows)
    for nonsense in ("z" * 26, "short", rows[0]["id"][:10] + "0" * 15 + "z"):
        assert api.send("GET", f"events/{nonsense}").status_code == 204


def test_names_of_cards_come_when_asked(api: Api) -> None:
    path = "events?filter[type]=lead_added&order[id]=asc"
    assert all("name" not in row["_embedded"]["entity"] for row in api.rows(path))
    names = [row["_embedded"]["entity"]["name"] for row in api.rows(f"{path}&with=lead_name")]
    assert sorted(names) == ["Годовой контракт", "Пробная партия"]


def test_the_types_are_named(api: Api) -> None:
    keys = {row["key"]: row["lang"] for row in api.rows("events/types?language_code=ru")}
    assert keys["lead_deleted"] == "Сделка удалена"
    assert types(api, "") <= set(keys)
