"""What an account cannot hold of the neutral company is emptied when it starts, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from connector.sandbox.company.generate import generate
from connector.sandbox.company.renumber import renumber
from connector.sandbox.company.tables import Row
from connector.sandbox.company.wide import generate_wide
from sandbox.amocrm.conftest import Api, Start
from sandbox.firms import AS_OF, DEALS, EVENTS, HISTORY, firm

LATER = "2026-09-10T12:05:58+03:00"


def event(api: Api) -> Row:
    return api.truth("events")["1"]


def with_event(**cells: str) -> Any:
    return firm(events=[EVENTS[0] | cells])


@pytest.mark.parametrize(
    ("kind", "emptied"),
    [
        ("call", {"subject", "planned_at"}),
        ("email", {"planned_at"}),
        ("message", {"subject", "result", "planned_at"}),
        ("other", {"result", "planned_at"}),
    ],
)
def test_a_held_event_keeps_what_has_a_place(start: Start, kind: str, emptied: set[str]) -> None:
    given = {"subject": "О чём", "result": "Что вышло", "planned_at": "2026-09-10T09:00:00+03:00"}
    row = event(start(with_event(kind=kind, **given)))
    assert {name for name in given if row[name] == ""} == emptied
    assert (row["completed_at"], row["logged_at"]) == (LATER, "2026-09-10T12:37:31+03:00")


def test_a_held_meeting_without_a_plan_was_planned_when_it_was_held(start: Start) -> None:
    row = event(start(with_event(kind="meeting", planned_at="", direction="out")))
    assert (row["planned_at"], row["logged_at"], row["direction"]) == (LATER, LATER, "")


def test_every_fifth_meeting_was_in_zoom(start: Start) -> None:
    meetings = [EVENTS[0] | {"id": str(number), "kind": "meeting"} for number in range(1, 6)]
    api = start(firm(events=meetings))
    assert [row["note_type"] for row in api.rows("companies/notes")] == ["zoom_meeting"]
    assert api.rows("companies/notes")[0]["params"]["conference"]["topic"] == "Обсудить КП"
    assert len(api.rows("tasks")) == 4
    assert api.truth("events")["5"]["result"] == ""


def test_a_pipeline_has_one_end_of_each_sort(start: Start) -> None:
    lost = [DEALS[1] | {"id": "3", "stage": "Нет денег"}]
    entered = [{"deal": "3", "stage": "Нет денег", "entered_at": "2026-09-21T12:00:00+03:00"}]
    api = start(firm(deals=[*DEALS, *lost], stage_history=[*HISTORY, *entered]))
    assert {row["stage"] for row in api.truth("deals").values() if row["stage_kind"] == "lost"} == {"Отказ"}
    assert [row["stage"] for row in api.sandbox.state("company")["company"]["stage_history"]][-1] == "Отказ"


def test_a_deal_without_a_pipeline_stands_in_that_of_a_new_account(start: Start) -> None:
    nameless = {"pipeline": "", "stage": ""}
    deals = [DEALS[0] | nameless, DEALS[1] | nameless]
    api = start(firm(deals=deals, stage_history=[]))
    (pipeline,) = api.rows("leads/pipelines")
    names = [row["name"] for row in pipeline["_embedded"]["statuses"]]
    assert (pipeline["name"], names[1:]) == (
        "Воронка", ["Первичный контакт", "Успешно реализовано", "Закрыто и не реализовано"],
    )  # fmt: skip
    assert [row["stage"] for row in api.truth("deals").values()] == [names[1], names[3]]


def test_a_deal_without_an_amount_has_none(start: Start) -> None:
    api = start(firm(deals=[DEALS[0] | {"amount": ""}]))
    assert (api.truth("deals")["1"]["amount"], api("leads/1")["price"]) == ("0", 0)


def test_nothing_else_is_changed(start: Start) -> None:
    """All tables of a drawn firm but events and deals are as given; so are the others' remaining cells."""
    drawn = generate(clients=30, seed=3, as_of=AS_OF, events_per_client=10)
    expected, _ = renumber(drawn)
    shown = start(drawn).sandbox.state("company")["company"]
    for table in ("employees", "clients", "contacts", "ownership", "sales", "absences", "stage_history"):
        assert shown[table] == expected.tables[table], table
    free = {"subject", "result", "planned_at", "logged_at", "direction"}
    for row, given in zip(shown["events"], expected.tables["events"], strict=True):
        assert {key: row[key] for key in row if key not in free} == {
            key: given[key] for key in given if key not in free
        }
    assert [row["amount"] or "0" for row in expected.tables["deals"]] == [r["amount"] for r in shown["deals"]]


def test_the_given_rows_are_left_as_they_were(start: Start) -> None:
    wide = generate_wide(companies=3, events=20, deals=3, as_of=AS_OF)
    before = {name: [dict(row) for row in rows] for name, rows in wide.tables.items()}
    api = start(wide)
    api.write("PATCH", "companies", [{"id": 1, "name": "Иная"}])
    assert wide.tables == before
    assert api.truth("clients")["1"]["name"] == "Иная"


def test_a_cancelled_event_is_kept_and_never_shown(api: Api) -> None:
    assert api.truth("events")["5"]["status"] == "cancelled"
    assert "5" not in api.sandbox.state("carried")["carried"]
