"""SC14: the next contact after a contact; SC23: whose clients are nobody's when a manager leaves."""

from __future__ import annotations

import pytest
from conftest import Project

from .firm import STAFF, decided, firm, numbers

EVENTS = "id;client;employee;kind;status;completed_at;planned_at\n"


def calls(*days: str) -> str:
    return EVENTS + "".join(f"{n};K;M1;call;completed;{day}T10:00;\n" for n, day in enumerate(days))


def client(abc: str, closed_at: str = "") -> str:
    return f"id;name;owner;created_at;abc;closed_at\nK;Клиент;M1;2025-01-15;{abc};{closed_at}\n"


@pytest.mark.parametrize(
    ("abc", "days", "as_of", "due"),
    [
        ("A", ["2026-09-03", "2026-09-10"], "2026-09-10T18:00", "2026-09-17"),
        ("B", ["2026-09-10"], "2026-09-10T18:00", "2026-09-24"),
        ("C", ["2026-09-10"], "2026-09-10T18:00", "2026-10-08"),
        ("A", ["2026-10-07", "2026-10-14", "2026-10-21", "2026-10-30"], "2026-10-30T18:00", "2026-11-09"),
        ("A", ["2026-12-02", "2026-12-09", "2026-12-16", "2026-12-30"], "2026-12-30T18:00", "2027-01-15"),
        ("A", ["2026-09-17", "2026-09-24"], "2026-09-24T18:00", "2026-09-29"),
    ],
    ids=["A 2 of 4", "B 1 of 2", "C 1 of 1", "holiday", "new year", "capped by the norm"],
)
def test_sc14_when_the_next_contact_is_due(
    project: Project, abc: str, days: list[str], as_of: str, due: str
) -> None:
    tables = {"employees": STAFF, "clients": client(abc), "events": calls(*days)}
    line = decided(firm(project, tables, {"next_contact": ""}), as_of)["K"]
    assert numbers(line, "due") == ("plan_next", due)


def test_sc14_what_is_planned_already_is_not_planned_again(project: Project) -> None:
    planned = calls("2026-09-10") + "9;K;M1;meeting;planned;;2026-09-14T10:00\n"
    tables = {"employees": STAFF, "clients": client("A"), "events": planned}
    line = decided(firm(project, tables, {"next_contact": ""}), "2026-09-10T18:00")["K"]
    assert numbers(line, "due") == ("already_planned", "2026-09-14")


def test_sc14_a_closed_client_gets_no_task(project: Project) -> None:
    tables = {"employees": STAFF, "clients": client("A", "2026-09-11"), "events": calls("2026-09-10")}
    line = decided(firm(project, tables, {"next_contact": ""}), "2026-09-11T18:00")["K"]
    assert line["decision"] == "none"
    assert line["actions"] == []


DISMISSED = {
    "employees": "id;name;role;active_from;active_to\nM9;Ушедший;seller;2025-01-01;2026-09-15\n",
    "clients": "id;name;owner;created_at;abc\nX4;Клиент;M9;2026-01-15;A\n",
}


def test_sc23_the_clients_of_who_left_are_orphans(project: Project) -> None:
    orphans = decided(firm(project, DISMISSED, {"orphan": ""}), "2026-09-16T00:00")
    assert [(client, line["decision"], line["reason"]) for client, line in orphans.items()] == [
        ("X4", "orphan", "owner_inactive")
    ]


def test_sc23_who_left_owes_what_the_worked_days_owe(project: Project) -> None:
    norms = decided(firm(project, DISMISSED, {"contact_norm": ""}), "2026-09-16T00:00", "2026-09")
    assert numbers(norms["X4"], "eligible_days", "required")[1:] == (11, 2)
