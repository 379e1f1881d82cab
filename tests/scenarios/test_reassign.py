"""SC19, SC20 and SC23: to whom clients go, a folder of tables in, JSON lines out."""

from __future__ import annotations

from conftest import Project

from .firm import decided, firm, numbers

BOTH = {"withdraw": "grace_days = 0\nwarned_days = 0\nmax_out_percent = 100\n", "reassign": ""}
"""The clients that move are all that M1 has here: of two, 30 % would let one go."""

HELD = {"M2": (180, 171), "M3": (200, 184), "M4": (20, 14), "M5": (10, 10), "M6": (219, 219), "M7": (50, 49)}
"""Clients of class C that each carries, and how many of them had their contact in September."""

RECEIVERS = {
    "employees": """\
id;name;role;capacity;accepts_more;industries
M1;Отдаёт;seller;10;0;
M2;Металлург;seller;10;1;metallurgy
M3;Машиностроитель;seller;10;1;machinery
M4;Не успевает;seller;10;1;machinery
M5;В отпуске;seller;10;1;machinery
M6;Почти полон;seller;10;1;machinery
M7;Не готов;seller;10;0;metallurgy
""",
    "clients": "id;name;owner;created_at;abc;industry;tags\n"
    "K5;Пятый;M1;2026-01-15;B;machinery;\nK7;Седьмой;M1;2026-01-15;C;metallurgy;\n"
    + "".join(
        f"{name}-{number};Клиент;{name};2026-01-15;C;;pinned\n"
        for name, (clients, _) in HELD.items()
        for number in range(clients)
    ),
    "events": "id;client;employee;kind;status;completed_at\n"
    + "".join(
        f"{name}-{number};{name}-{number};{name};call;completed;2026-09-10T10:00\n"
        for name, (_, contacted) in HELD.items()
        for number in range(contacted)
    ),
    "absences": "employee;from_date;to_date\nM5;2026-09-28;2026-10-11\n",
    "ownership": "client;employee;valid_from;valid_to\nK7;M2;2026-01-15;2026-06-14\nK7;M1;2026-06-15;\n",
}
"""October 2026 has 22 working days: ten contacts a day are the example's 220."""


def test_sc19_receivers(project: Project) -> None:
    firm(project, RECEIVERS, BOTH)
    found = decided(project, "2026-10-01T00:00", rule="reassign")
    assert {client: (line["decision"], line["numbers"]) for client, line in found.items()} == {
        "K5": ("reassign", {"to": "M3", "cost": 91, "alternatives": [{"to": "M2", "cost": 182}]}),
        "K7": ("reassign", {"to": "M3", "cost": 191, "alternatives": [{"to": "M6", "cost": 200}]}),
    }
    assert {line["employee"] for line in found.values()} == {"M1"}


def test_sc20_optimal_beats_greedy(project: Project) -> None:
    """A firm whose greedy plan is dearer, as costs by the documents can be: one place each.

    Ten contacts of 22 are 45, eleven 50, of the load's cost. P1 fits M1 and M2 alike, 45 and 50; P2 fits M1
    (45) but costs 50 + 50 for the region at M2. P1 in turn at M1 would make 45 + 100; the best is 50 + 45.
    """
    left = "id;name;role;capacity;regions;active_to\nGONE;Ушла;seller;1;;2026-09-30\n"
    cards = "id;name;owner;created_at;abc;region\n"
    cards += "P1;Первый;GONE;2026-01-15;C;\nP2;Второй;GONE;2026-01-15;C;Урал\n"
    loads = {"M1": 10, "M2": 11}
    tables = {
        "employees": left + "M1;Первая;seller;1;Урал;\nM2;Вторая;seller;1;Москва;\n",
        "clients": cards
        + "".join(
            f"{name}-{number};Клиент;{name};2026-09-28;C;\n"
            for name, load in loads.items()
            for number in range(load)
        ),
    }
    firm(project, tables, {"reassign": "max_in = 1\n"})
    found = decided(project, "2026-10-01T00:00")
    assert {client: numbers(line, "to", "cost") for client, line in found.items()} == {
        "P1": ("reassign", "M2", 50),
        "P2": ("reassign", "M1", 45),
    }
    assert found["P1"]["reason"] == "M1 is cheaper by 5, but P2 gains 55 by taking its place"


DISMISSED = {
    "employees": """\
id;name;role;head;active_to
M9;Ушедший;seller;H1;2026-09-15
N1;Новый;seller;H1;
N2;Второй новый;seller;H1;
H1;Начальник направления;head;;
S1;Старший;skam;;
""",
    "clients": """\
id;name;owner;created_at;abc;key_account
X1;Ключевой;M9;2026-01-15;A;1
X2;Со сделкой;M9;2026-01-15;B;
X3;Недавно передан;M9;2026-01-15;B;
X4;Обычный;M9;2026-01-15;A;
""",
    "deals": "id;client;owner;stage;stage_kind;created_at\nD2;X2;M9;Переговоры;open;2026-08-01\n",
    "ownership": """\
client;employee;valid_from;valid_to
X3;N1;2026-01-15;2026-08-31
X3;M9;2026-09-01;
""",
}


def test_sc23_all_clients_of_a_dismissed_manager_move_at_once(project: Project) -> None:
    """N1 had X3 until August, so that only N2 may get it; sellers alone receive here."""
    firm(project, DISMISSED, {"reassign": 'roles = ["seller"]\n'})
    found = decided(project, "2026-09-16T00:00")
    assert {client: line["decision"] for client, line in found.items()} == dict.fromkeys(
        ("X1", "X2", "X3", "X4"), "reassign"
    )
    assert found["X1"]["numbers"]["to"] == "H1"
    assert found["X3"]["numbers"]["to"] == "N2"
    assert {found[client]["numbers"]["to"] for client in ("X2", "X4")} <= {"N1", "N2"}
    tasks = [action for action in found["X1"]["actions"] if action["kind"] == "create_task"]
    assert [task["assignee"] for task in tasks] == ["S1"]


def test_sc23_the_open_deal_goes_along(project: Project) -> None:
    """Which belongings go along, the policy as `init` writes it says; a plan carries it to the CRM."""
    firm(project, DISMISSED)
    project.edit("plugins.toml", r"^# write = .*$", 'write = ["owner"]')
    made = project("plan", "--as-of", "2026-09-16T00:00", "--format", "json")
    assert made.code == 0, made.err
    moved = [
        (one["of"], one["item"], one["old"], one["new"])
        for one in [*made.json["changes"], *made.json["unsent"]]
        if one["kind"] == "change_owner" and one["target"] == "X2"
    ]
    to = moved[0][3]
    assert moved == [("client", None, "M9", to), ("deal", "D2", "M9", to)]


def test_sc23_the_norm_is_shared_by_both_owners(project: Project) -> None:
    moved = DISMISSED | {
        "ownership": DISMISSED["ownership"] + "X4;M9;2026-01-15;2026-09-15\nX4;N2;2026-09-16;\n",
    }
    firm(project, moved, {"contact_norm": ""})
    norms = {
        line["employee"]: numbers(line, "eligible_days", "required")[1:]
        for (client, _), line in decided(project, "2026-09-17T00:00", "2026-09").items()
        if client == "X4"
    }
    assert norms == {"M9": (11, 2), "N2": (11, 2)}


def test_sc23_the_new_owner_is_protected_to_16_october(project: Project) -> None:
    moved = DISMISSED | {
        "ownership": DISMISSED["ownership"] + "X4;M9;2026-01-15;2026-09-15\nX4;N2;2026-09-16;\n",
    }
    firm(project, moved, {"withdraw": "grace_days = 0\nwarned_days = 0\n"})
    line = decided(project, "2026-10-01T00:00")["X4"]
    assert (line["decision"], line["reason"], line["employee"]) == ("keep", "protection", "N2")
