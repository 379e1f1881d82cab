"""SC18, SC21 and SC22: what costs a manager the client, a folder of tables in, JSON lines out."""

from __future__ import annotations

import pytest
from conftest import Project

from .firm import STAFF, decided, firm, numbers

SC = "grace_days = 0\nwarned_days = 0\n"
"""What the worked examples set beside the defaults: no grace, no warning needed."""

WITHDRAW = {"withdraw": SC}
BOTH = {"withdraw": SC, "reassign": ""}
TAKEN = ("withdraw", "breached and nothing holds the client")

CARDS = "id;name;owner;created_at;abc;industry;key_account;tags;closed_at\n"
GUARDED = {
    "employees": STAFF + "S1;Старший;skam;2025-01-01\n",
    "clients": CARDS
    + """\
K1;Ключевой;M1;2026-01-15;A;;1;;
K2;Со сделкой;M1;2026-01-15;B;;;;
K3;Новый;M1;2026-09-10;A;;;;
K4;Недавно передан;M1;2026-01-15;C;;;;
K5;Машиностроитель;M1;2026-01-15;B;machinery;;;
K6;Закрыт;M1;2026-01-15;C;;;;2026-08-05
K7;Металлург;M1;2026-01-15;C;metallurgy;;;
K8;Закреплён;M1;2026-01-15;C;;;pinned;
"""
    + "".join(f"L{number:02};Обычный {number};M1;2026-01-15;C;;;;\n" for number in range(9, 21)),
    "events": "id;client;employee;kind;status;completed_at\n"
    + "".join(f"L{number:02};L{number:02};M1;call;completed;2026-09-10T10:00\n" for number in range(9, 21)),
    "deals": "id;client;stage;stage_kind;created_at\nD2;K2;КП отправлено;open;2026-08-01\n",
    "ownership": """\
client;employee;valid_from;valid_to
K4;M2;2026-01-15;2026-08-19
K4;M1;2026-08-20;
K7;M2;2026-01-15;2026-06-14
K7;M1;2026-06-15;
""",
}


def answers(project: Project, as_of: str) -> dict[str, tuple[str, str]]:
    found = decided(project, as_of, rule="withdraw")
    return {client: (line["decision"], line["reason"]) for client, line in found.items()}


def test_sc18_withdrawal_guards(project: Project) -> None:
    firm(project, GUARDED, WITHDRAW)
    assert answers(project, "2026-10-01T00:00") == {
        "K1": ("keep", "key_lock"),
        "K2": ("keep", "open_deal"),
        "K3": ("keep", "protection"),
        "K4": ("keep", "cooldown"),
        "K5": TAKEN,
        "K7": TAKEN,
        "K8": ("keep", "pinned"),
    }
    found = decided(project, "2026-10-01T00:00")
    assert numbers(found["K3"], "required", "missing") == ("keep", 2, 2)
    asked = [(action["kind"], action["assignee"]) for action in found["K1"]["actions"]]
    assert asked == [("create_task", "S1")], "the strategic manager decides about a key client"


def test_sc18_the_earlier_guard_is_the_reason(project: Project) -> None:
    both = GUARDED | {"deals": GUARDED["deals"] + "D1;K1;КП отправлено;open;2026-08-01\n"}
    firm(project, both, WITHDRAW)
    assert answers(project, "2026-10-01T00:00")["K1"] == ("keep", "key_lock")


def test_sc18_the_cool_down_ends_with_its_last_day(project: Project) -> None:
    """19 October inclusive: September is still the month judged on either day."""
    firm(project, GUARDED, WITHDRAW)
    assert answers(project, "2026-10-19T00:00")["K4"] == ("keep", "cooldown")
    assert answers(project, "2026-10-20T00:00")["K4"] == TAKEN


def worst_first() -> dict[str, str]:
    """Return ten clients of M1: five breached by 4/4, 1/2, 1/1, 2/4 and 2/2, five as they should be."""
    cards = {"P1": "A", "P2": "B", "P3": "C", "P4": "A", "P5": "B"} | {
        f"R{number}": "C" for number in range(5)
    }
    held = {"P2": 1, "P4": 2} | {f"R{number}": 1 for number in range(5)}
    return {
        "employees": STAFF,
        "clients": "id;name;owner;created_at;abc\n"
        + "".join(f"{client};Клиент {client};M1;2026-01-15;{abc}\n" for client, abc in cards.items()),
        "events": "id;client;employee;kind;status;completed_at\n"
        + "".join(
            f"{client}-{day};{client};M1;call;completed;2026-09-0{day}T10:00\n"
            for client, count in held.items()
            for day in range(7, 7 + count)
        ),
    }


def test_sc21a_three_of_ten_may_go_the_worst_first(project: Project) -> None:
    firm(project, worst_first(), WITHDRAW)
    assert answers(project, "2026-10-01T00:00") == {
        "P1": TAKEN,
        "P5": TAKEN,
        "P3": TAKEN,
        "P4": ("keep", "deferred_max_out"),
        "P2": ("keep", "deferred_max_out"),
    }


def test_sc21b_equal_receivers_take_turns(project: Project) -> None:
    """Four alike clients of a manager who left go to M1 and M2, who carry ten contacts a month each.

    The example's capacity of 100 is no whole number a working day; it is not what the example is about.
    """
    ours = [f"P{number};Клиент;GONE" for number in range(1, 5)]
    theirs = [f"{name}-{number};Клиент;{name}" for name in ("M1", "M2") for number in range(10)]
    tables = {
        "employees": "id;name;role;active_to\nM1;Иванов;seller;\nM2;Петрова;seller;\n"
        "GONE;Ушедший;seller;2026-09-30\n",
        "clients": "id;name;owner;created_at;abc\n"
        + "".join(f"{row};2026-09-28;C\n" for row in [*ours, *theirs]),
    }
    firm(project, tables, {"reassign": ""})
    found = decided(project, "2026-10-01T00:00")
    assert {client: line["numbers"]["to"] for client, line in found.items()} == {
        "P1": "M1", "P2": "M2", "P3": "M1", "P4": "M2",
    }  # fmt: skip


def test_sc21c_without_a_receiver_the_client_stays_and_the_head_is_asked(project: Project) -> None:
    tables = {
        "employees": "id;name;role\nM1;Иванов;seller\nH1;Начальник;director\n",
        "clients": "id;name;owner;created_at;abc\nK;Клиент;M1;2026-01-15;C\nL;Второй;M1;2026-01-15;C\n",
        "events": "id;client;employee;kind;status;completed_at\n1;L;M1;call;completed;2026-09-10T10:00\n",
    }
    firm(project, tables, BOTH)
    assert answers(project, "2026-10-01T00:00") == {"K": TAKEN}
    line = decided(project, "2026-10-01T00:00", rule="reassign")["K"]
    assert (*numbers(line, "to"), line["employee"]) == ("no_receiver", None, "M1")
    assert [(action["kind"], action["assignee"]) for action in line["actions"]] == [("create_task", "H1")]


def ping_pong(*others: str, history: str) -> dict[str, str]:
    """Return X, which nobody called, and the managers beside the first two."""
    staff = "".join(f"{name};{name};seller;2025-01-01;1\n" for name in others)
    return {
        "employees": "id;name;role;active_from;accepts_more\nM2;Второй;seller;2025-01-01;0\n" + staff,
        "clients": "id;name;owner;created_at;abc\nX;Клиент;M2;2026-01-15;B\n",
        "ownership": "client;employee;valid_from;valid_to\n" + history,
    }


FIRST_MOVE = "X;M1;2026-01-15;2026-06-30\nX;M2;2026-07-01;{until}\n"


@pytest.mark.parametrize(("others", "to"), [(("M1", "M3"), "M3"), (("M1",), None)], ids=["M3", "only M1"])
def test_sc22_the_client_does_not_go_back(project: Project, others: tuple[str, ...], to: str | None) -> None:
    firm(project, ping_pong(*others, history=FIRST_MOVE.format(until="")), BOTH)
    assert answers(project, "2026-09-01T00:00") == {"X": TAKEN}
    line = decided(project, "2026-09-01T00:00", rule="reassign")["X"]
    assert numbers(line, "to") == ("reassign" if to else "no_receiver", to)


@pytest.mark.parametrize(("as_of", "to"), [("2026-12-28", None), ("2026-12-29", "M1")])
def test_sc22_no_return_ends_with_28_december(project: Project, as_of: str, to: str | None) -> None:
    """M2 left: the client needs somebody new on either day, and only M1, who lost it on 1 July, is there."""
    tables = ping_pong("M1", history=FIRST_MOVE.format(until=""))
    tables["employees"] = "id;name;role;active_to\nM1;Первый;seller;\nM2;Второй;seller;2026-12-25\n"
    firm(project, tables, {"reassign": ""})
    assert decided(project, f"{as_of}T00:00")["X"]["numbers"]["to"] == to


def test_sc22_after_two_moves_the_head_decides(project: Project) -> None:
    second = FIRST_MOVE.format(until="2026-08-31") + "X;M3;2026-09-01;\n"
    tables = ping_pong("M1", "M3", history=second)
    tables["employees"] += "H1;Начальник;director;2025-01-01;0\n"
    firm(project, tables, WITHDRAW)
    assert answers(project, "2026-12-01T00:00") == {"X": ("keep", "move_cap")}
    (task,) = decided(project, "2026-12-01T00:00")["X"]["actions"]
    assert (task["kind"], task["assignee"]) == ("create_task", "H1")
