"""Notes and calls: three lists, nulls that may be read and not written, calls that find their card."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.amocrm.conftest import NOW, Api, Start
from sandbox.firms import EVENTS, firm

CALL = {"uniq": "u1", "duration": 60, "source": "АТС", "phone": "+79999999999"}
CHOICE, TYPE, NULL, MISSING = "NotSupportedChoice", "InvalidType", "NotNullable", "FieldMissing"


def note(kind: str, **params: Any) -> dict[str, Any]:
    return {"entity_id": 1, "note_type": kind, "params": params}


def test_every_sort_of_card_has_its_own_list(api: Api) -> None:
    found = {kind: api.rows(f"{kind}/notes") for kind in ("leads", "contacts", "companies")}
    sorts = {kind: [row["note_type"] for row in rows] for kind, rows in found.items()}
    assert sorts == {"leads": ["amomail_message"], "contacts": ["call_in"], "companies": ["call_out"]}
    assert api.refused("GET", "notes")[0] == 404


def test_a_call_tells_when_it_was_and_when_it_was_entered(api: Api) -> None:
    row = api("companies/1/notes/1")
    assert (row["created_at"], row["updated_at"]) == (1789031158, 1789033051)
    assert row["params"] == {
        "uniq": "call-1", "duration": 128, "source": "sandbox telephony", "link": None,
        "phone": "+74951112233", "call_result": "Ждём ответа", "call_status": 4,
        "call_responsible": "Гусева Ирина Андреевна",
    }  # fmt: skip


def test_a_call_nobody_took_and_one_that_does_not_say(start: Start) -> None:
    calls = [
        EVENTS[2] | {"id": "1", "client": "2"},
        EVENTS[2] | {"id": "2", "client": "2", "result": "Занято"},
        EVENTS[0] | {"id": "4", "client": "2"},
    ]
    rows = start(firm(events=calls)).rows("companies/notes")
    assert [row["params"]["call_status"] for row in rows] == [6, 7, 4]
    calls[2]["id"] = "3"
    rows = start(firm(events=[*calls, EVENTS[0] | {"id": "4", "client": "2"}])).rows("companies/notes")
    assert [row["params"]["call_status"] for row in rows] == [6, 7, 4, None]
    assert [row["params"]["call_responsible"] for row in rows][1] == 3


def test_a_letter_tells_its_direction_and_subject(api: Api) -> None:
    params = api.rows("leads/notes")[0]["params"]
    assert (params["income"], params["subject"], params["content_summary"]) == (False, "Прайс", "")
    assert params["from"]["email"] == "sokolova@firma.example"


def test_echoing_a_call_note_is_refused(api: Api) -> None:
    read = api("contacts/2/notes/2")
    body = {"entity_id": 2, "note_type": "call_in", "params": read["params"]}
    assert api.mistakes("POST", "contacts/notes", [body]) == {
        "0": [(NULL, "params.link"), (NULL, "params.call_result")]
    }


def test_a_written_call_is_an_event_of_its_client(api: Api) -> None:
    made = note("call_out", **CALL, call_status=4, call_result="Договорились")
    made |= {"created_at": NOW - 3600, "responsible_user_id": 2}
    number = api.write("POST", "companies/notes", [made])[0]["id"]
    row = api.truth("events")["9"]
    assert (row["kind"], row["direction"], row["client"], row["employee"]) == ("call", "out", "1", "2")
    assert (row["duration_s"], row["successful"], row["result"]) == ("60", "1", "Договорились")
    assert row["completed_at"] == "2026-10-01T08:00:00+03:00"
    assert api.sandbox.state("carried")["carried"]["9"] == ["notes", number]
    event = api.rows("events?filter[type]=outgoing_call")[0]
    assert (event["value_after"], event["entity_id"]) == ([{"note": {"id": number}}], 1)


@pytest.mark.parametrize(
    ("given", "successful"),
    [({"call_status": 6}, "0"), ({"call_status": 1}, "1"), ({"duration": 0}, "0"), ({}, "1")],
)
def test_what_counts_as_a_talk(api: Api, given: dict[str, int], successful: str) -> None:
    api.write("POST", "companies/notes", [note("call_in", **{**CALL, **given})])
    assert api.truth("events")["9"]["successful"] == successful


def test_an_explanation_is_no_event_and_can_be_found(api: Api) -> None:
    text = note("service_message", service="Правила", text="Почему ⟦k⟧")
    number = api.write("POST", "companies/notes", [text])[0]["id"]
    assert api.numbers("companies/notes?filter[note_type][]=service_message") == [number]
    assert api.numbers("companies/1/notes?filter[note_type][]=service_message") == [number]
    assert len(api.truth("events")) == 8
    assert api.sandbox.state("writes")["writes"][0]["marker"] == "k"
    assert api.happened("service_note_added") == [("service_note_added", "company", 1, 1)]


def test_a_plain_text_is_an_event(api: Api) -> None:
    api.write("POST", "leads/1/notes", [{"note_type": "common", "params": {"text": "Заметка"}}])
    row = api.truth("events")["9"]
    assert (row["kind"], row["subject"], row["deal"], row["client"]) == ("other", "Заметка", "1", "1")


def test_a_text_can_be_changed(api: Api) -> None:
    number = api.write("POST", "leads/notes", [note("common", text="Было")])[0]["id"]
    change = {"note_type": "common", "params": {"text": "Стало"}}
    assert api.send("PATCH", f"leads/1/notes/{number}", change).status_code == 200
    assert api(f"leads/1/notes/{number}")["params"] == {"text": "Стало"}
    assert api.truth("events")["9"]["subject"] == "Стало"
    assert api.refused("PATCH", "leads/1/notes/99", change)[0] == 404


@pytest.mark.parametrize(
    ("item", "mistakes"),
    [
        (note("zoom_meeting", text="x"), [(CHOICE, "note_type")]),
        (note("amomail_message"), [(CHOICE, "note_type")]),
        (note("common"), [(MISSING, "params.text")]),
        (note("common", text=None), [(NULL, "params.text")]),
        (note("call_in", **{**CALL, "duration": "60"}), [(TYPE, "params.duration")]),
        (note("call_in", **CALL, call_status=None), [(NULL, "params.call_status")]),
        (note("call_in", uniq="u", duration=1, source="s"), [(MISSING, "params.phone")]),
        ({**note("common", text="x"), "entity_id": 99}, [(CHOICE, "entity_id")]),
        ({"note_type": "common", "params": {"text": "x"}}, [(MISSING, "entity_id")]),
        ({**note("common", text="x"), "responsible_user_id": 4}, [(CHOICE, "responsible_user_id")]),
        ({**note("common", text="x"), "colour": 1}, [("ExtraField", "colour")]),
        ({"entity_id": 1, "note_type": "common", "params": []}, [(TYPE, "params")]),
    ],
)
def test_mistakes_in_notes(api: Api, item: dict[str, Any], mistakes: list[tuple[str, str]]) -> None:
    assert api.mistakes("POST", "companies/notes", [item]) == {"0": mistakes}


def test_calls_find_their_card_by_number_and_may_fail_alone(api: Api) -> None:
    call = {"direction": "inbound", "duration": 30, "source": "АТС", "phone": "8 903 835-54-92"}
    unknown = call | {"phone": "+70000000000", "request_id": "b"}
    company = call | {"phone": "+79162223344", "direction": "outbound"}
    answer = api.send("POST", "calls", [call, unknown, company])
    assert answer.status_code == 200
    body = answer.json()
    made = [(row["entity_type"], row["entity_id"]) for row in body["_embedded"]["calls"]]
    assert made == [("contact", 1), ("company", 2)]
    assert ([error["request_id"] for error in body["errors"]], body["_total_items"]) == (["b"], 2)
    assert [row["note_type"] for row in api.rows("contacts/1/notes")] == ["call_in"]
    assert api.refused("GET", "calls")[0] == 405


def test_mistakes_in_calls(api: Api) -> None:
    call = {"direction": "sideways", "duration": "1", "source": "АТС"}
    assert api.mistakes("POST", "calls", [call]) == {
        "0": [(CHOICE, "direction"), (TYPE, "duration"), (MISSING, "phone")]
    }
