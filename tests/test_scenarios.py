"""Worked examples through the command line: a bundle in a stand-in portal, pulled and judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import ConnectedTo, Project, bundle

from connector.sandbox.server import Sandbox

Start = Callable[..., Sandbox]

STAFF = ("id,name,role,active,active_from", ["M1,Иванов Пётр,seller,1,2025-01-01"])
CLIENTS = "id,name,status,owner,created_at,abc"


def judged(
    project: Project, portal: Sandbox, rule: str, period: str, as_of: str
) -> dict[str, dict[str, Any]]:
    """Pull, decide, and return the rule's decisions of the period by the neutral client's id."""
    assert project("pull").code == 0
    result = project("decide", "--as-of", as_of, "--format", "jsonl")
    assert result.code == 0, result.err
    neutral = {f"client:{vendor}": own for own, vendor in portal.state()["ids"]["clients"].items()}
    return {
        neutral[line["subject"]]: line
        for line in result.lines
        if line["rule"] == rule and line["period"] == period and line["subject"] in neutral
    }


def test_sc01_norms_of_a_closed_month(portal: Start, connected: ConnectedTo, tmp_path: Path) -> None:
    calls = {
        "C1": [("01", "10:00"), ("08", "10:00"), ("15", "10:00"), ("22", "10:00")],
        "C4": [("02", "10:00"), ("02", "15:00"), ("09", "10:00"), ("16", "10:00")],
    }
    events = [
        f"{client}-{n},{client},M1,call,completed,,2026-09-{day}T{time},1"
        for client, made in calls.items()
        for n, (day, time) in enumerate(made)
    ]
    events += [
        "C2-0,C2,M1,meeting,completed,,2026-09-10T11:00,",
        "C5-0,C5,M1,email,completed,,2026-09-05T11:00,",
        "C5-1,C5,M1,call,planned,2026-09-29T11:00,,",
    ]
    classes = {"C1": "A", "C2": "B", "C3": "C", "C4": "A", "C5": "C"}
    tables = {
        "employees": STAFF,
        "clients": (
            CLIENTS,
            [f"{id_},Клиент {id_},active,M1,2026-01-15,{abc}" for id_, abc in classes.items()],
        ),
        "events": ("id,client,employee,kind,status,planned_at,completed_at,successful", events),
    }
    stand_in = portal(bundle(tmp_path / "sc01", tables, "2026-10-01T00:00"), as_of=None)
    project = connected(stand_in)
    norms = judged(project, stand_in, "contact_norm", "2026-09", "2026-10-01T00:00")
    seen = {
        client: (
            line["numbers"]["required"],
            line["numbers"]["done"],
            line["numbers"]["missing"],
            line["decision"],
        )
        for client, line in norms.items()
    }
    assert seen == {
        "C1": (4, 4, 0, "met"),
        "C2": (2, 1, 1, "breached"),
        "C3": (1, 0, 1, "breached"),
        "C4": (4, 3, 1, "breached"),
        "C5": (1, 0, 1, "breached"),
    }
    silent = judged(project, stand_in, "no_contact", "2026-09", "2026-10-01T00:00")
    assert sorted(silent) == ["C3", "C5"]
    assert silent["C5"]["numbers"]["other_touches"] == 1
    assert silent["C5"]["numbers"]["overdue_planned"] == 1


def test_sc08_warnings_inside_the_month(portal: Start, connected: ConnectedTo, tmp_path: Path) -> None:
    tables = {
        "employees": STAFF,
        "clients": (CLIENTS, ["K,Клиент К,active,M1,2026-01-15,A"]),
        "events": (
            "id,client,employee,kind,status,completed_at,successful",
            ["E1,K,M1,call,completed,2026-09-03T10:00,1"],
        ),
    }
    stand_in = portal(bundle(tmp_path / "sc08", tables, "2026-09-29T00:00"), as_of=None)
    project = connected(stand_in)
    for as_of, expected in (("2026-09-16T00:00", "behind"), ("2026-09-29T00:00", "unreachable")):
        line = judged(project, stand_in, "contact_norm", "2026-09", as_of)["K"]
        assert (line["decision"], line["numbers"]["missing"]) == (expected, 3)


def test_sc09_abc_with_a_tie(portal: Start, connected: ConnectedTo, tmp_path: Path) -> None:
    """Won deals stand in for sales: a Bitrix24 portal keeps no sales."""
    turnover = {"c1": 500, "c2": 200, "c3": 100, "c4": 100, "c5": 50, "c6": 30, "c7": 20}
    deals = [
        f"d-{client},{client},M1,Сделка,Продажи,Успех,won,{thousands}000,RUB,2026-05-01T10:00,2026-06-10T10:00"
        for client, thousands in turnover.items()
    ]
    tables = {
        "employees": STAFF,
        "clients": (CLIENTS, [f"{client},Клиент {client},active,M1,2025-01-15," for client in turnover]),
        "deals": (
            "id,client,owner,title,pipeline,stage,stage_kind,amount,currency,created_at,closed_at",
            deals,
        ),
    }
    stand_in = portal(bundle(tmp_path / "sc09", tables, "2026-10-01T00:00"), as_of=None)
    classes = judged(connected(stand_in), stand_in, "abc", "2026-10", "2026-10-01T00:00")
    assert {client: line["decision"] for client, line in classes.items()} == {
        "c1": "A", "c2": "A", "c3": "A", "c4": "A", "c5": "B", "c6": "C", "c7": "C",
    }  # fmt: skip
    before = {client: line["numbers"]["cumulative_before"] for client, line in classes.items()}
    assert before == {"c1": 0.0, "c2": 0.5, "c3": 0.7, "c4": 0.7, "c5": 0.9, "c6": 0.95, "c7": 0.98}


def test_sc14_next_contact_after_a_contact(portal: Start, connected: ConnectedTo, tmp_path: Path) -> None:
    """The row of 10 September of each class; class A has had two contacts of its four."""
    tables = {
        "employees": STAFF,
        "clients": (CLIENTS, [f"{abc},Клиент {abc},active,M1,2025-01-15,{abc}" for abc in "ABC"]),
        "events": (
            "id,client,employee,kind,status,completed_at,successful",
            ["A1,A,M1,call,completed,2026-09-03T10:00,1"]
            + [f"{abc}2,{abc},M1,call,completed,2026-09-10T10:00,1" for abc in "ABC"],
        ),
    }
    stand_in = portal(bundle(tmp_path / "sc14", tables, "2026-09-10T18:00"), as_of=None)
    due = judged(connected(stand_in), stand_in, "next_contact", "2026-09", "2026-09-10T18:00")
    assert {client: line["numbers"]["due"] for client, line in due.items()} == {
        "A": "2026-09-17",
        "B": "2026-09-24",
        "C": "2026-10-08",
    }
