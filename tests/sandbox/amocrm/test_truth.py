"""Every row the API gives against the neutral company, by a reading written here and nowhere else."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.sandbox.company.generate import generate
from sandbox.amocrm.conftest import Api, Start
from sandbox.amocrm.naive import until_nothing
from sandbox.firms import AS_OF

Row = dict[str, Any]
KINDS = {1: "call", 2: "meeting", 1_000_001: "email", 1_000_002: "task", 1_000_003: "message"}
KINDS[1_000_004] = "other"
WORDS = {"Действующий": "active", "Закрыт": "closed", "Чёрный список": "blacklisted"}


@pytest.fixture
def drawn(start: Start) -> Api:
    """Return the account of a drawn firm."""
    return start(generate(clients=60, seed=5, as_of=AS_OF, events_per_client=12))


def seconds(cell: str) -> int | None:
    return int(datetime.fromisoformat(cell).astimezone(UTC).timestamp()) if cell else None


def values(row: Row) -> dict[str, list[Any]]:
    """Return custom fields by name."""
    given = row["custom_fields_values"] or []
    return {one["field_name"]: [item["value"] for item in one["values"]] for one in given}


def several(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def number(cell: str) -> int:
    return int(cell) if cell.isdecimal() else 0


def test_users(drawn: Api) -> None:
    rows, truth = {str(row["id"]): row for row in drawn.rows("users?limit=250&with=group")}, drawn.truth
    assert set(rows) == set(truth("employees"))
    for key, row in truth("employees").items():
        shown = rows[key]
        assert (shown["name"], shown["email"] or "") == (row["name"], row["email"])
        assert shown["rights"]["is_active"] is (row["active"] == "1")
        assert shown["_embedded"]["groups"][0]["name"] == row["department"]


def test_companies(drawn: Api) -> None:
    rows = {str(row["id"]): row for row in until_nothing(drawn, "companies?order[id]=asc", 25)}
    clients = drawn.truth("clients")
    assert set(rows) == set(clients)
    for key, row in clients.items():
        shown, fields = rows[key], values(rows[key])
        assert (shown["name"], shown["responsible_user_id"]) == (row["name"], number(row["owner"]))
        assert shown["created_at"] == seconds(row["created_at"])
        assert shown["updated_at"] == seconds(row["updated_at"])
        assert [tag["name"] for tag in shown["_embedded"]["tags"]] == several(row["tags"])
        assert fields.get("Телефон", []) == several(row["phones"])
        assert fields.get("Email", []) == several(row["emails"])
        legal = fields.get("Реквизиты", [{}])[0]
        assert (legal.get("vat_id") or "", legal.get("kpp") or "") == (row["inn"], row["kpp"])
        for name, column in (("Отрасль", "industry"), ("Регион", "region"), ("Web", "site")):
            assert fields.get(name, [""]) == [row[column]]
        assert WORDS[fields["Статус клиента"][0]] == row["status"]
        assert fields.get("Класс ABC (задан)", [""]) == [row["abc"]]
        assert fields.get("Ключевой клиент", [False]) == [row["key_account"] == "1"]
        assert fields.get("Закрыт", [None]) == [seconds(row["closed_at"])]


def test_contacts(drawn: Api) -> None:
    rows = {str(row["id"]): row for row in until_nothing(drawn, "contacts?order[id]=asc", 50)}
    people = drawn.truth("contacts")
    assert set(rows) == set(people)
    for key, row in people.items():
        shown, fields = rows[key], values(rows[key])
        assert shown["name"] == row["name"]
        assert [one["id"] for one in shown["_embedded"]["companies"]] == [number(row["client"])]
        assert fields.get("Телефон", []) == several(row["phones"])
        assert fields.get("Email", []) == several(row["emails"])
        assert fields.get("Должность", [""]) == [row["position"]]


def stages(api: Api) -> dict[tuple[int, int], tuple[str, str]]:
    """Return (pipeline, status) -> their names."""
    return {
        (pipeline["id"], status["id"]): (pipeline["name"], status["name"])
        for pipeline in api.rows("leads/pipelines")
        for status in pipeline["_embedded"]["statuses"]
    }


def test_leads(drawn: Api) -> None:
    path = "leads?order[id]=asc&with=loss_reason"
    rows, known = {str(row["id"]): row for row in until_nothing(drawn, path, 50)}, stages(drawn)
    deals = drawn.truth("deals")
    assert set(rows) == set(deals)
    assert {"open", "won", "lost"} == {row["stage_kind"] for row in deals.values()}
    for key, row in deals.items():
        shown, fields = rows[key], values(rows[key])
        assert (shown["name"], shown["responsible_user_id"]) == (row["title"], number(row["owner"]))
        assert shown["price_with_minor_units"] == float(row["amount"])
        place = known[shown["pipeline_id"], shown["status_id"]]
        assert place == (row["pipeline"], row["stage"])
        assert {142: "won", 143: "lost"}.get(shown["status_id"], "open") == row["stage_kind"]
        assert (shown["created_at"], shown["closed_at"]) == (
            seconds(row["created_at"]), seconds(row["closed_at"]),
        )  # fmt: skip
        assert [one["id"] for one in shown["_embedded"]["companies"]] == [number(row["client"])]
        reasons = [one["name"] for one in shown["_embedded"]["loss_reason"]]
        assert reasons == ([row["loss_reason"]] if row["loss_reason"] else [])
        expected = fields.get("Ожидаемая дата закрытия", [None])[0]
        day = datetime.fromtimestamp(expected, AS_OF.tzinfo).date().isoformat() if expected else ""
        assert day == row["expected_close"]
        assert fields["Вероятность, %"] == [row["probability"]]


def test_stage_history(drawn: Api) -> None:
    """A lead enters its first stage when it is made; every other stage is an event."""
    known, found = stages(drawn), Counter[tuple[str, str, int]]()
    entered = drawn.sandbox.state("company")["company"]["stage_history"]
    for event in until_nothing(drawn, "events?filter[type][]=lead_status_changed", 100):
        status = event["value_after"][0]["lead_status"]
        name = known[status["pipeline_id"], status["id"]][1]
        found[str(event["entity_id"]), name, event["created_at"]] += 1
    firsts = {row["deal"]: row for row in reversed(entered)}
    for key, row in firsts.items():
        found[key, row["stage"], seconds(row["entered_at"]) or 0] += 1
    assert found == Counter((row["deal"], row["stage"], seconds(row["entered_at"])) for row in entered)


def carried(api: Api) -> dict[tuple[str, Any], str]:
    """Return (collection, number) -> neutral event."""
    return {(name, key): event for event, (name, key) in api.sandbox.state("carried")["carried"].items()}


def client_of(api: Api) -> dict[tuple[str, int], str]:
    """Return (collection, number) of a card -> client."""
    found = {("companies", int(key)): key for key in api.truth("clients")}
    found |= {("contacts", int(key)): row["client"] for key, row in api.truth("contacts").items()}
    return found | {("leads", int(key)): row["client"] for key, row in api.truth("deals").items()}


def test_tasks(drawn: Api) -> None:
    events, clients, seen = drawn.truth("events"), client_of(drawn), set[str]()
    by = carried(drawn)
    for shown in until_nothing(drawn, "tasks?order[id]=asc", 100):
        row = events[by["tasks", shown["id"]]]
        seen.add(row["id"])
        assert KINDS[shown["task_type_id"]] == row["kind"]
        assert (shown["text"], shown["responsible_user_id"]) == (row["subject"], number(row["employee"]))
        assert shown["is_completed"] is (row["status"] == "completed")
        assert shown["complete_till"] == seconds(row["planned_at"])
        assert shown["created_at"] == seconds(row["logged_at"])
        if shown["is_completed"]:
            assert shown["updated_at"] == seconds(row["completed_at"])
        assert (shown["result"] or {"text": ""})["text"] == row["result"]
        assert clients[shown["entity_type"], shown["entity_id"]] == row["client"]
        assert (shown["entity_type"] == "leads") is bool(row["deal"])
    planned = {key for key, row in events.items() if row["status"] == "planned"}
    done = {key for key, row in events.items() if (row["kind"], row["status"]) == ("task", "completed")}
    assert planned | done <= seen


def test_notes(drawn: Api) -> None:
    events, clients, by = drawn.truth("events"), client_of(drawn), carried(drawn)
    sorts = Counter[str]()
    for kind in ("leads", "contacts", "companies"):
        for shown in until_nothing(drawn, f"{kind}/notes?order[id]=asc", 100):
            row, params = events[by["notes", shown["id"]]], shown["params"]
            sorts[shown["note_type"]] += 1
            assert (shown["created_at"], shown["updated_at"]) == (
                seconds(row["completed_at"]), seconds(row["logged_at"]),
            )  # fmt: skip
            assert shown["responsible_user_id"] == number(row["employee"])
            assert clients[kind, shown["entity_id"]] == row["client"]
            if row["kind"] == "call":
                check_call(shown["note_type"], params, row)
            elif row["kind"] == "email":
                assert (params["subject"], params["content_summary"]) == (row["subject"], row["result"])
                assert params["income"] is (row["direction"] == "in")
            elif row["kind"] == "other":
                assert params == {"text": row["subject"]}
    assert set(sorts) == {"call_in", "call_out", "amomail_message", "common", "zoom_meeting"}
    held = [row for row in events.values() if row["status"] == "completed"]
    assert sorts["call_in"] + sorts["call_out"] == sum(row["kind"] == "call" for row in held)
    assert sorts["amomail_message"] == sum(row["kind"] == "email" for row in held)


def check_call(sort: str, params: Row, row: Row) -> None:
    """Compare a call; a talk is one with a length and the status 4 or none."""
    assert sort == {"in": "call_in", "out": "call_out"}[row["direction"]]
    assert (params["duration"], params["call_result"] or "") == (int(row["duration_s"]), row["result"])
    talk = params["duration"] > 0 and params["call_status"] in {4, None}
    assert talk is (row["successful"] == "1")


def test_chats(drawn: Api) -> None:
    events, by = drawn.truth("events"), carried(drawn)
    names = {"incoming_chat_message": "in", "outgoing_chat_message": "out"}
    asked = "".join(f"&filter[type][]={name}" for name in names)
    shown = until_nothing(drawn, f"events?{asked[1:]}", 100)
    assert len(shown) == sum((r["kind"], r["status"]) == ("message", "completed") for r in events.values())
    for event in shown:
        row = events[by["events", event["id"]]]
        assert names[event["type"]] == row["direction"]
        assert event["created_at"] == seconds(row["completed_at"])
        assert event["created_by"] == number(row["employee"])


def test_owners(drawn: Api) -> None:
    """The events of each company tell, from the first owner on, whose it was and since which day."""
    told: dict[str, list[tuple[str, int]]] = {}
    path = "events?filter[type][]=entity_responsible_changed&filter[entity][]=company"
    for event in reversed(until_nothing(drawn, path, 100)):
        owner = event["value_after"][0]["responsible_user"]["id"]
        moment = datetime.fromtimestamp(event["created_at"], AS_OF.tzinfo)
        assert (moment.hour, moment.minute) == (0, 0)
        told.setdefault(str(event["entity_id"]), []).append((moment.date().isoformat(), owner))
    history: dict[str, list[Row]] = {}
    for row in drawn.sandbox.state("company")["company"]["ownership"]:
        history.setdefault(row["client"], []).append(row)
    assert any(len(rows) > 1 for rows in history.values())
    for client, rows in history.items():
        begins = [(row["valid_from"][:10], number(row["employee"])) for row in rows[1:]]
        assert set(begins) <= set(told.get(client, [])), client
        last = told.get(client, [("", number(rows[0]["employee"]))])[-1][1]
        assert last == (number(rows[-1]["employee"]) if not rows[-1]["valid_to"] else 0)


def test_filled_fields(drawn: Api) -> None:
    names = {"inn": "Реквизиты", "phones": "Телефон", "emails": "Email", "industry": "Отрасль",
             "address": "Адрес", "site": "Web"}  # fmt: skip
    fields = {row["id"]: row["name"] for row in drawn.rows("companies/custom_fields")}
    shown = until_nothing(drawn, "events?filter[type][]=custom_field_value_changed", 100)
    told = Counter(
        (str(one["entity_id"]), fields[int(one["type"].split("_")[2])], one["created_at"], one["created_by"])
        for one in shown
    )
    changes = drawn.sandbox.state("company")["company"]["field_changes"]
    assert told == Counter(
        (row["client"], names[row["field"]], seconds(row["at"]), number(row["by"])) for row in changes
    )
