"""Features E through the command line: whose contacts count, which class counts, what was entered late."""

from __future__ import annotations

import pytest
from conftest import Project

from .branches import branches
from .firm import STAFF, decided, firm, numbers

EVENTS = "id;client;employee;kind;status;completed_at\n"
AS_OF, MONTH = "2026-10-01T00:00", "2026-09"

SERVED_BY_TWO = {
    "employees": STAFF,
    "clients": "id;name;owner;co_owners;created_at;abc\nK;Клиент;M1;M2;2026-01-15;B\n",
    "events": EVENTS
    + "1;K;M1;call;completed;2026-09-03T10:00\n"
    + "2;K;M2;call;completed;2026-09-10T10:00\n"
    + "3;K;M3;call;completed;2026-09-17T10:00\n",
}


@pytest.mark.parametrize(
    ("differs", "norm", "evidence"),
    [
        ("", ("breached", 1, 1, 3), ["event:1"]),
        ('credit = "team"', ("met", 2, 0, 3), ["event:1", "event:2"]),
        ('credit = "owner"', ("breached", 1, 1, 3), ["event:1"]),
    ],
    ids=["owner_or_deputy", "team", "owner"],
)
def test_a_contact_of_a_co_owner_counts_where_the_team_is_credited(
    project: Project, differs: str, norm: tuple[object, ...], evidence: list[str]
) -> None:
    line = decided(firm(project, SERVED_BY_TWO, {"contact_norm": differs}), AS_OF, MONTH)["K"]
    assert numbers(line, "done", "missing", "coverage") == norm
    assert line["evidence"] == evidence


def test_explain_says_that_the_contact_was_a_co_owners(project: Project) -> None:
    firm(project, SERVED_BY_TWO, {"contact_norm": 'credit = "team"'})
    (september,) = (
        one
        for one in project("explain", "K", "--as-of", AS_OF, "--format", "json").json["contacts"]
        if one["period"] == MONTH
    )
    assert [one["reason"] for one in september["events"]] == ["counted", "counted_team", "not_owner"]
    assert "засчитан: провёл соответственный" in project("explain", "K", "--as-of", AS_OF).out


RAISED = {
    "employees": STAFF,
    "clients": "id;name;owner;created_at;abc\nK;Клиент;M1;2026-01-15;A\nL;Другой;M1;2026-01-15;A\n",
    "field_changes": "client;field;at;by;old;new\n"
    "K;abc;2026-09-25T12:00;M3;c;A\nK;abc;2026-10-01T12:00;M3;A;A\nL;abc;2026-08-31T12:00;M3;C;A\n",
}


@pytest.mark.parametrize(
    ("differs", "required"),
    [("", {"K": 1, "L": 4}), ('class_at = "strictest"', {"K": 4, "L": 4})],
    ids=["period_start", "strictest"],
)
def test_a_class_that_was_changed_in_the_month(
    project: Project, differs: str, required: dict[str, int]
) -> None:
    norms = decided(firm(project, RAISED, {"contact_norm": differs}), "2026-10-02T00:00", MONTH)
    assert {client: line["numbers"]["required"] for client, line in norms.items()} == required


def test_a_class_that_two_sources_give_differently(project: Project) -> None:
    cards = "id;name;inn;owner;created_at;abc\n{id};Ромашка;7707083893;{owner};2026-01-15;{abc}\n"
    staff = "id;name;email\n{id};Иванов Пётр;ivanov@x.ru\n"
    sources = {
        "onec": {"employees": staff.format(id="7"), "clients": cards.format(id=1, owner=7, abc="C")},
        "portal": {"employees": staff.format(id="5"), "clients": cards.format(id=9, owner=5, abc="B")},
    }
    branches(project, sources, {"contact_norm": ""})
    assert decided(project, AS_OF, MONTH)["onec:1"]["numbers"]["required"] == 1, "the first source speaks"
    project.edit("policies/contact-norm.toml", r"\Z", 'class_at = "strictest"\n')
    assert decided(project, AS_OF, MONTH)["onec:1"]["numbers"]["required"] == 2


@pytest.mark.parametrize(
    ("entered", "late"),
    [("2026-10-05", True), ("2026-09-30", False), ("", False)],
    ids=["late", "in time", "?"],
)
def test_a_sick_leave_that_was_entered_after_the_month(project: Project, entered: str, late: bool) -> None:
    tables = {
        "employees": STAFF,
        "clients": "id;name;owner;created_at;abc\nK;Клиент;M1;2026-01-15;A\nL;Другой;M2;2026-01-15;A\n",
    }
    firm(project, tables, {"contact_norm": ""})
    folder = project.folder / "company"
    folder.mkdir()
    (folder / "absences.csv").write_text(
        f"person;from_date;to_date;entered\nM1;2026-09-07;2026-09-18;{entered}\n", encoding="utf-8"
    )
    norms = decided(project, "2026-10-06T00:00", MONTH)
    assert numbers(norms["K"], "eligible_days", "required") == ("breached", 12, 2), "it counts all the same"
    assert ("late_absence" in norms["K"]["flags"]) is late
    assert "late_absence" not in norms["L"]["flags"]
