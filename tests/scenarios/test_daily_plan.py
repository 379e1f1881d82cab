"""SC15 to SC17: the contacts of every day until the month ends, a folder of tables in, JSON lines out."""

from __future__ import annotations

from typing import Any

from conftest import Project

from .firm import firm, lines

HEAD = "id;client;employee;kind;status;completed_at;planned_at\n"
Base = list[tuple[str, str, int, int]]
"""Client, class, turnover, contacts held so far."""


def tables(base: Base, held_on: list[str], more: str = "") -> dict[str, str]:
    """Return a manager of two contacts a day and the clients."""
    clients = "".join(f"{client};Клиент {client};M1;2026-01-15;{abc}\n" for client, abc, *_ in base)
    sales = "".join(f"S{client};{client};2026-06-10;{value}\n" for client, _, value, _ in base)
    held = "".join(
        f"{client}-{day};{client};M1;call;completed;{day}T10:00;\n"
        for client, _, _, done in base
        for day in held_on[:done]
    )
    return {
        "employees": "id;name;role;capacity\nM1;Иванов Пётр;seller;2\n",
        "clients": f"id;name;owner;created_at;abc\n{clients}",
        "sales": f"id;client;date;amount\n{sales}",
        "events": HEAD + held + more,
    }


def plan(project: Project, as_of: str) -> tuple[dict[str, list[str]], set[tuple[str, str, str]]]:
    """Return the clients of each day in order, and what does not fit: client, answer, reason."""
    days: dict[str, list[tuple[int, str]]] = {}
    rest = set()
    for line in lines(project, as_of):
        client, numbers = line["subject"].removeprefix("client:"), line["numbers"]
        assert line["employee"] == "M1"
        if line["decision"] == "planned":
            days.setdefault(numbers["date"], []).append((numbers["position"], client))
        else:
            rest.add((client, line["decision"], line["reason"]))
    assert all([place for place, _ in sorted(day)] == [*range(1, len(day) + 1)] for day in days.values())
    return {date: [client for _, client in sorted(day)] for date, day in days.items()}, rest


def test_sc15_daily_plan(project: Project) -> None:
    base: Base = [
        ("A1", "A", 900, 2), ("A2", "A", 500, 3), ("B1", "B", 300, 1), ("B2", "B", 200, 1),
        ("C1", "C", 80, 0), ("C2", "C", 50, 0),
    ]  # fmt: skip
    fixed = "P;B2;M1;call;planned;;2026-09-25T11:00\n"
    days = ["2026-09-07", "2026-09-08", "2026-09-09"]
    firm(project, tables(base, days, fixed), {"daily_plan": ""})
    assert plan(project, "2026-09-24T00:00") == (
        {
            "2026-09-24": ["A1", "A2"],
            "2026-09-25": ["B1"],
            "2026-09-28": ["A1"],
            "2026-09-29": ["C1"],
            "2026-09-30": ["C2"],
        },
        set(),
    )


def test_sc16_daily_plan_overflow(project: Project) -> None:
    base: Base = [("A1", "A", 900, 1), ("B1", "B", 300, 1), ("C1", "C", 80, 0), ("C2", "C", 50, 0)]
    firm(project, tables(base, ["2026-09-07"]), {"daily_plan": ""})
    assert plan(project, "2026-09-29T00:00") == (
        {"2026-09-29": ["A1", "B1"], "2026-09-30": ["A1", "C1"]},
        {
            ("A1", "norm_unreachable", "contacts for which no days are left: 1"),
            ("C2", "over_capacity", "contacts beyond the manager's capacity: 1"),
        },
    )


def test_sc17_a_holiday_and_a_day_off(project: Project) -> None:
    """The firm itself closes after 6 November, so that the month's plan ends there as in the example.

    Of the 4 working days left (2, 3, 5, 6) M1 is away on one: planned are ceil(4 * 3/4) = 3, ceil(2 * 3/4) =
    2 and 1. A contact each with A1, B1 and B2 on Sunday the 1st leaves 2, 1, 1 and 1, the example's numbers.
    """
    base: Base = [("A1", "A", 900, 1), ("B1", "B", 300, 1), ("B2", "B", 200, 1), ("C1", "C", 50, 0)]
    away = "employee;from_date;to_date\nM1;2026-11-05;2026-11-05\n"
    firm(project, tables(base, ["2026-11-01"]) | {"absences": away}, {"daily_plan": ""})
    closed = ", ".join(f"2026-11-{day:02}" for day in range(7, 31))
    folder = project.folder / "company"
    folder.mkdir()
    (folder / "calendar.toml").write_text(f"holidays = [{closed}]\n", encoding="utf-8")
    assert plan(project, "2026-11-02T00:00") == (
        {"2026-11-02": ["A1", "B1"], "2026-11-03": ["A1", "B2"], "2026-11-06": ["C1"]},
        set(),
    )


def test_sc17_control_without_the_day_off_the_plan_is_another(project: Project) -> None:
    base: Base = [("A1", "A", 900, 1), ("B1", "B", 300, 1)]
    firm(project, tables(base, ["2026-11-01"]), {"daily_plan": ""})
    days: Any = plan(project, "2026-11-02T00:00")[0]
    assert max(days) > "2026-11-06"
