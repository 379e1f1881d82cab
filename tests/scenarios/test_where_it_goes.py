"""Who may receive clients by a condition, and which CRM gets what is written: through the command line."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Project

from .branches import branches
from .firm import decided, firm

AS_OF = "2026-10-01T00:00"
STAFF = """\
id;name;role;department;capacity;active_from;active_to
M1;Иванов Пётр;seller;Север;10;2025-01-01;
M2;Петрова Анна;seller;Юг;10;2025-01-01;
M3;Сидоров Олег;seller;;10;2026-09-21;
M9;Ушедший;seller;Север;10;2025-01-01;2026-09-15
"""
LEFT = {
    "employees": STAFF,
    "clients": "id;name;owner;created_at;abc\nX;Клиент;M9;2025-01-15;C\nY;Его;M1;2025-01-15;C\n",
    "events": "id;client;employee;kind;status;completed_at\n1;Y;M1;call;completed;2026-08-10T10:00\n",
}


@pytest.mark.parametrize(
    ("where", "to"),
    [
        ("", "M2"),  # M1 carries a contact a month already
        ("department = 'Север'", "M1"),
        ("NOT department = 'Юг'", "M1"),  # of M3 it cannot be known
        ("active_from > '2026-01-01'", "M3"),
        ("load < 1 AND compliance >= 0.9 AND role IN ('seller')", "M2"),
        ("month_capacity > 220", None),
    ],
)
def test_only_those_for_whom_the_condition_surely_holds_receive(
    project: Project, where: str, to: str | None
) -> None:
    differs = f'[receiver]\nwhere = "{where}"' if where else ""
    line = decided(firm(project, LEFT, {"reassign": differs}), AS_OF)["X"]
    assert line["decision"] == ("reassign" if to else "no_receiver")
    assert line["numbers"]["to"] == to


def test_explain_says_whom_the_condition_leaves_out(project: Project) -> None:
    firm(project, LEFT, {"reassign": "[receiver]\nwhere = \"department = 'Север'\""})
    said = project("explain", "X", "--as-of", AS_OF).out
    (line,) = (line for line in said.splitlines() if "Петрова Анна" in line)
    assert "не подходит под условие политики" in line
    page = project("policy", "docs", "--as-of", AS_OF).out
    assert "Клиентов получает только тот, для кого верно: `department = 'Север'`" in page


@pytest.mark.parametrize(
    ("rule", "where", "said"),
    [
        (
            "reassign",
            "complaince >= 0.9",
            ":7:10: receiver.where: нет поля 'complaince', возможно, 'compliance'?",
        ),
        ("reassign", "custom.Отдел = 'Юг'", ":7:10: receiver.where: нет поля 'custom.Отдел'"),
        ("reassign", "role = 'manager'", ":7:17: receiver.where: 'manager' здесь не бывает"),
        ("withdraw", "role = 'seller'", ":6:2: receiver: такого ключа нет"),
    ],
)
def test_a_mistake_in_the_condition_is_told_with_its_place(
    project: Project, rule: str, where: str, said: str
) -> None:
    firm(project, LEFT, {"orphan": ""})
    path = project.folder / "policies" / "odd.toml"
    head = f'schema = 1\nid = "odd"\nversion = "1"\n[use]\nrule = "{rule}"\n'
    path.write_text(f'{head}[receiver]\nwhere = "{where}"\n', encoding="utf-8")
    checked = project("policy", "check")
    assert checked.code == 4
    assert said in checked.out


PEOPLE = """\
id;name;email;role;active_to
{0}1;Иванов Пётр;ivanov@x.ru;seller;
{0}9;Ушедший;left@x.ru;seller;2026-01-31
"""
CARD = "id;name;inn;owner;created_at;abc\n{0}K;Ромашка;7707083893;{0}9;2025-01-15;C\n"
ONLY = "{0}L;Василёк;;{0}9;2025-01-15;C\n"


def three(project: Project, policies: dict[str, str]) -> Project:
    """Make a firm of three CRMs that all have client K; only `crm` has L."""
    sources = {
        name: {"employees": PEOPLE.format(name[0]), "clients": CARD.format(name[0])}
        for name in ("onec", "bitrix", "amo")
    }
    sources["amo"]["clients"] += ONLY.format("a")
    return branches(project, sources, policies)


def asked(project: Project, kind: str, client: str = "onec:oK") -> list[Any]:
    (line,) = (
        line
        for line in project("decide", "--as-of", AS_OF, "--format", "jsonl").lines
        if line["subject"] == f"client:{client}"
    )
    return [one["target"] for one in line["actions"] if one["kind"] == kind]


def test_an_owner_changes_in_every_crm_or_in_the_one_of_record(project: Project) -> None:
    three(project, {"reassign": ""})
    assert asked(project, "change_owner") == ["onec:oK", "bitrix:bK", "amo:aK"]
    project.edit("plugins.toml", r"^# owner_of_record = .*$", 'owner_of_record = "bitrix"')
    assert asked(project, "change_owner") == ["bitrix:bK"]
    assert asked(project, "create_task") == ["onec:oK"], "tasks go to the most trusted one as before"
    assert asked(project, "change_owner", "amo:aL") == ["amo:aL"], "the source of record does not know it"


def test_a_policy_says_itself_into_which_crm_it_writes(project: Project) -> None:
    three(project, {"reassign": ""})
    project.edit("plugins.toml", r"^# owner_of_record = .*$", 'owner_of_record = "bitrix"')
    project.edit("policies/reassign.toml", r"^version = .*$", 'version = "1"\nwrite_to = ["amo", "onec"]')
    assert asked(project, "change_owner") == ["amo:aK", "onec:oK"]
    assert asked(project, "create_task") == ["amo:aK"]
    project.edit("policies/reassign.toml", r"^write_to = .*$", 'write_to = ["onec"]')
    assert asked(project, "change_owner", "amo:aL") == [], "none of the named ones has it"


def test_an_unknown_crm_is_told_with_its_place(project: Project) -> None:
    three(project, {"reassign": ""})
    project.edit("policies/reassign.toml", r"^version = .*$", 'version = "1"\nwrite_to = ["amo", "onek"]')
    checked = project("policy", "check")
    assert checked.code == 4
    assert "reassign.toml:4:20: write_to: нет источника 'onek', возможно, 'onec'?" in checked.out
    judged = project("decide", "--as-of", AS_OF)
    assert judged.code == 4
    assert "reassign: write_to: no source 'onek', did you mean 'onec'?" in judged.err


def test_the_card_is_told_whose_the_client_was(project: Project) -> None:
    calls = "".join(f"{day};X;M9;call;completed;2026-08-{day:02}T10:00\n" for day in range(3, 9))
    tables = LEFT | {"events": LEFT["events"] + calls + "9;X;M2;meeting;completed;2026-09-09T10:00\n"}
    firm(project, tables, {"reassign": "note = true"})
    (note,) = (one for one in decided(project, AS_OF)["X"]["actions"] if one["kind"] == "add_note")
    assert note["target"] == "firm:X"
    assert note["text"] == (
        "Клиент передан: Ушедший → Петрова Анна. Прежний ответственный больше не работает. "
        "Последние контакты: 09.09.2026 встреча, Петрова Анна; 08.08.2026 звонок, Ушедший; "
        "07.08.2026 звонок, Ушедший; 06.08.2026 звонок, Ушедший; 05.08.2026 звонок, Ушедший."
    )
    project.edit("plugins.toml", r"^# write = .*$", 'write = ["owner", "note"]')
    project.edit("policies/reassign.toml", r"^version = .*$", 'version = "1"\nmode = "approve"')
    planned = project("plan", "--as-of", AS_OF, "--format", "json").json
    changes = {one["kind"]: one for one in planned["changes"]}
    assert changes["add_note"]["after"] == changes["change_owner"]["key"], "it waits for the new owner"
