"""SC01 to SC05, SC08, SC31: contact norms by the worked examples, a folder of tables in, JSON lines out."""

from __future__ import annotations

import pytest
from conftest import Project

from .firm import STAFF, decided, firm, numbers

DEFAULTS = {"contact_norm": ""}
"""The policy folder of most examples: nothing differs from the defaults."""

CLOSED_MONTH = {
    "employees": STAFF,
    "clients": """\
id;name;owner;created_at;abc
C1;Клиент 1;M1;2026-01-15;A
C2;Клиент 2;M1;2026-01-15;B
C3;Клиент 3;M1;2026-01-15;C
C4;Клиент 4;M1;2026-01-15;A
C5;Клиент 5;M1;2026-01-15;C
""",
    "events": """\
id;client;employee;kind;status;planned_at;completed_at
1;C1;M1;call;completed;;2026-09-01T10:00
2;C1;M1;call;completed;;2026-09-08T10:00
3;C1;M1;call;completed;;2026-09-15T10:00
4;C1;M1;call;completed;;2026-09-22T10:00
5;C2;M1;meeting;completed;;2026-09-10T11:00
6;C4;M1;call;completed;;2026-09-02T10:00
7;C4;M1;call;completed;;2026-09-02T15:00
8;C4;M1;call;completed;;2026-09-09T10:00
9;C4;M1;call;completed;;2026-09-16T10:00
10;C5;M1;email;completed;;2026-09-05T11:00
11;C5;M1;call;planned;2026-09-29T11:00;
""",
}


def test_sc01_norms_of_a_closed_month(project: Project) -> None:
    norms = decided(firm(project, CLOSED_MONTH, DEFAULTS), "2026-10-01T00:00", "2026-09")
    assert {client: numbers(line, "required", "done", "missing") for client, line in norms.items()} == {
        "C1": ("met", 4, 4, 0),
        "C2": ("breached", 2, 1, 1),
        "C3": ("breached", 1, 0, 1),
        "C4": ("breached", 4, 3, 1),
        "C5": ("breached", 1, 0, 1),
    }
    assert {line["employee"] for line in norms.values()} == {"M1"}


def test_sc01_clients_without_contacts(project: Project) -> None:
    silent = decided(firm(project, CLOSED_MONTH, {"no_contact": ""}), "2026-10-01T00:00", "2026-09")
    assert sorted(silent) == ["C3", "C5"]
    assert numbers(silent["C5"], "other_touches", "overdue_planned") == ("no_contact", 1, 1)
    assert numbers(silent["C3"], "other_touches", "overdue_planned") == ("no_contact", 0, 0)


def test_sc01_both_measures_of_the_manager(project: Project) -> None:
    """Met share 1/5; contact fulfilment (4+1+0+3+0)/12; read where people compare managers, and by decide."""
    firm(project, CLOSED_MONTH, DEFAULTS)
    told = project("fairness", "--as-of", "2026-10-01T00:00", "--format", "jsonl").lines
    (norm,) = (
        norm
        for one in told
        if one["employee"] == "M1"
        for norm in one["norms"]
        if norm["period"] == "2026-09"
    )
    assert (norm["met"], norm["clients"], norm["met_share"]) == (1, 5, 0.2)
    assert (norm["done"], norm["required"], norm["contact_fulfilment"]) == (8, 12, pytest.approx(8 / 12))
    line = "  Иванов Пётр: норма выполнена у 1 из 5 клиентов (20.0%), контактов 8 из 12 (66.7%)"
    for command in ("fairness", "decide"):
        said = project(command, "--as-of", "2026-10-01T00:00").out.splitlines()
        assert said[said.index("Выполнение норм, contact-norm, 2026-09:") + 1] == line


def test_a_client_without_contacts_is_listed_with_the_next_planned_one(project: Project) -> None:
    tables = {
        "employees": STAFF,
        "clients": "id;name;owner;created_at\nK;Клиент;M1;2026-01-15\nL;Другой;M1;2026-01-15\n",
        "events": """\
id;client;employee;kind;status;planned_at;completed_at
1;K;M1;meeting;planned;2026-10-14T23:30;
2;K;M1;call;planned;2026-10-20T11:00;
3;K;M1;email;planned;2026-10-02T11:00;
4;K;M1;call;planned;2026-09-29T11:00;
5;L;M1;call;completed;;2026-08-28T11:00
""",
    }
    firm(project, tables, {"no_contact": ""})
    silent = decided(project, "2026-10-01T00:00", "2026-09")
    assert numbers(silent["K"], "overdue_planned", "next_planned")[1:] == (1, "2026-10-14")
    assert numbers(silent["L"], "days_since_last", "next_planned")[1:] == (34, None)
    told = project("explain", "K", "--as-of", "2026-10-01T00:00").out
    assert "и раньше ни одного, запланирован на 14.10.2026" in told


def test_sc02_the_month_ends_at_midnight_in_moscow(project: Project) -> None:
    tables = {
        "employees": STAFF,
        "clients": "id;name;owner;created_at;abc\nB;Клиент;M1;2026-01-15;B\n",
        "events": """\
id;client;employee;kind;status;completed_at
1;B;M1;call;completed;2026-08-31T21:00:00Z
2;B;M1;call;completed;2026-09-30T20:59:59Z
3;B;M1;call;completed;2026-09-30T21:30:00Z
""",
    }
    firm(project, tables, DEFAULTS)
    september = decided(project, "2026-10-01T01:00", "2026-09")["B"]
    october = decided(project, "2026-10-01T01:00", "2026-10")["B"]
    assert numbers(september, "done") == ("met", 2)
    assert october["numbers"]["done"] == 1


def test_sc03_a_new_client_in_the_month(project: Project) -> None:
    tables = {
        "employees": STAFF,
        "clients": """\
id;name;owner;created_at;abc
N1;Два звонка;M1;2026-09-16;A
N1b;Один звонок;M1;2026-09-16;A
N2;Без звонков;M1;2026-09-21;B
N3;Без звонков тоже;M1;2026-09-16;C
""",
        "events": """\
id;client;employee;kind;status;completed_at
1;N1;M1;call;completed;2026-09-17T10:00
2;N1;M1;call;completed;2026-09-24T10:00
3;N1b;M1;call;completed;2026-09-17T10:00
""",
    }
    norms = decided(firm(project, tables, DEFAULTS), "2026-10-01T00:00", "2026-09")
    asked = ("eligible_days", "required", "plan_required", "missing")
    assert {client: numbers(line, *asked) for client, line in norms.items()} == {
        "N1": ("met", 11, 2, 2, 0),
        "N1b": ("breached", 11, 2, 2, 1),
        "N2": ("exempt", 8, 0, 1, 0),
        "N3": ("exempt", 11, 0, 1, 0),
    }


def test_sc03_the_exempt_are_listed_without_contacts(project: Project) -> None:
    tables = {
        "employees": STAFF,
        "clients": """\
id;name;owner;created_at;abc
N2;Без звонков;M1;2026-09-21;B
N3;Без звонков тоже;M1;2026-09-16;C
""",
    }
    silent = decided(firm(project, tables, {"no_contact": ""}), "2026-10-01T00:00", "2026-09")
    assert sorted(silent) == ["N2", "N3"]


VACATION = {
    "employees": STAFF,
    "clients": """\
id;name;owner;created_at;abc
V1;Клиент А;M2;2026-01-15;A
V2;Клиент Б;M2;2026-01-15;B
V3;Клиент В;M2;2026-01-15;C
""",
    "events": """\
id;client;employee;kind;status;completed_at
1;V1;M2;call;completed;2026-09-02T10:00
2;V1;M3;call;completed;2026-09-10T10:00
3;V1;M3;call;completed;2026-09-25T10:00
""",
}
AWAY = "employee;from_date;to_date;deputy\nM2;2026-09-07;2026-09-18;{deputy}\n"


@pytest.mark.parametrize(
    ("deputy", "first"), [("M3", ("met", 2, 2, 0)), ("", ("breached", 2, 1, 1))], ids=["deputy", "nobody"]
)
def test_sc04_a_vacation(project: Project, deputy: str, first: tuple[object, ...]) -> None:
    tables = VACATION | {"absences": AWAY.format(deputy=deputy)}
    norms = decided(firm(project, tables, DEFAULTS), "2026-10-01T00:00", "2026-09")
    assert numbers(norms["V1"], "required", "done", "missing") == first
    assert norms["V1"]["numbers"]["coverage"] == 3
    asked = ("eligible_days", "required", "plan_required")
    assert [numbers(norms[client], *asked)[1:] for client in ("V1", "V2", "V3")] == [
        (12, 2, 3),
        (12, 1, 2),
        (12, 0, 1),
    ]


def test_sc04_the_vacation_may_stand_in_the_firms_own_list(project: Project) -> None:
    """The same from `company/absences.csv`, in Russian and by names: no CRM has to know."""
    firm(project, VACATION, DEFAULTS)
    folder = project.folder / "company"
    folder.mkdir()
    text = "Человек;С;По;Замещает\nПетрова Анна;07.09.2026;18.09.2026;Сидоров Олег\n"
    (folder / "Отпуска.csv").write_bytes(text.encode("cp1251"))
    norms = decided(project, "2026-10-01T00:00", "2026-09")
    assert numbers(norms["V1"], "eligible_days", "required", "done") == ("met", 12, 2, 2)


def test_sc05_a_hand_over_inside_the_month(project: Project) -> None:
    tables = {
        "employees": STAFF,
        "clients": "id;name;owner;created_at;abc\nH1;Клиент;M2;2026-01-15;A\n",
        "ownership": """\
client;employee;valid_from;valid_to
H1;M1;2026-01-15;2026-09-15
H1;M2;2026-09-16;
""",
        "events": """\
id;client;employee;kind;status;completed_at
1;H1;M1;call;completed;2026-09-03T10:00
2;H1;M1;call;completed;2026-09-10T10:00
3;H1;M2;call;completed;2026-09-22T10:00
""",
    }
    norms = decided(firm(project, tables, DEFAULTS), "2026-10-01T00:00", "2026-09")
    asked = ("eligible_days", "required", "done", "missing", "coverage")
    assert {owner: numbers(line, *asked) for (_, owner), line in norms.items()} == {
        "M1": ("met", 11, 2, 2, 0, 3),
        "M2": ("breached", 11, 2, 1, 1, 3),
    }


def test_sc05_the_new_owner_s_breach_costs_nothing_yet(project: Project) -> None:
    """16 September and 30 days is 16 October, after the period's end: protection. In October it is over."""
    tables = {
        "employees": STAFF,
        "clients": "id;name;owner;created_at;abc\nH1;Клиент;M2;2026-01-15;A\n",
        "ownership": "client;employee;valid_from;valid_to\nH1;M1;2026-01-15;2026-09-15\nH1;M2;2026-09-16;\n",
        "events": "id;client;employee;kind;status;completed_at\n3;H1;M2;call;completed;2026-09-22T10:00\n",
    }
    firm(project, tables, {"withdraw": "grace_days = 0\nwarned_days = 0\ncooldown_days = 0\n"})
    september = decided(project, "2026-10-01T00:00")["H1"]
    assert (september["decision"], september["reason"], september["employee"]) == ("keep", "protection", "M2")
    assert decided(project, "2026-11-01T00:00")["H1"]["decision"] == "withdraw"


@pytest.mark.parametrize(("as_of", "state"), [("2026-09-16", "behind"), ("2026-09-29", "unreachable")])
def test_sc08_warnings_inside_the_month(project: Project, as_of: str, state: str) -> None:
    tables = {
        "employees": STAFF,
        "clients": "id;name;owner;created_at;abc\nK;Клиент;M1;2026-01-15;A\n",
        "events": "id;client;employee;kind;status;completed_at\n1;K;M1;call;completed;2026-09-03T10:00\n",
    }
    norms = decided(firm(project, tables, DEFAULTS), f"{as_of}T00:00", "2026-09")
    assert numbers(norms["K"], "missing") == (state, 3)


def test_sc31a_a_call_entered_late_counts_as_it_happened(project: Project) -> None:
    tables = {
        "employees": STAFF,
        "clients": "id;name;owner;created_at;abc\nB;Клиент;M1;2026-01-15;B\n",
        "events": """\
id;client;employee;kind;status;completed_at;logged_at
1;B;M1;call;completed;2026-09-10T10:00;2026-09-10T10:05
2;B;M1;call;completed;2026-09-28T10:00;2026-10-05T09:00
""",
    }
    norms = decided(firm(project, tables, DEFAULTS), "2026-10-06T00:00", "2026-09")
    assert numbers(norms["B"], "done") == ("met", 2)
    assert "late_logged" in norms["B"]["flags"]
