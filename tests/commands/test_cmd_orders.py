"""`connector assign` and `handover`: plans by order, on a hand-made firm in a portal that may be written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Project, Result, bundle

from connector.sandbox.server import Sandbox

from .shared import connect, the_line, writes

AS_OF = "2026-10-01T09:00"
PEOPLE = {"M1": "Иванов Пётр", "M2": "Петрова Анна", "M3": "Сидоров Олег", "H1": "Главный Глеб"}
OWNERS = {"C1": "M1", "C2": "M1", "C3": "M1", "C4": "M2", "C5": "M1", "C6": "M1", "C7": "M2"}
TABLES = {
    "employees": (
        "id,name,role,active,active_from,active_to,email",
        [
            "M1,Иванов Пётр,seller,1,2025-01-01,,ivanov@firm.example",
            "M2,Петрова Анна,seller,1,2025-01-01,,petrova@firm.example",
            "M3,Сидоров Олег,seller,1,2025-01-01,,sidorov@firm.example",
            "H1,Главный Глеб,head,1,2025-01-01,,glavny@firm.example",
        ],
    ),
    "clients": (
        "id,name,status,owner,created_at,inn",
        [
            "C1,ООО Ромашка,active,M1,2026-01-15,7707083893",
            "C2,ООО Василёк,active,M1,2026-01-15,",
            "C3,ООО Пион,active,M1,2026-01-15,",
            "C4,ООО Клевер,active,M2,2026-01-15,",
            "C5,ООО Закрытый,closed,M1,2026-01-15,",
            "C6,ООО Мак,active,M1,2026-01-15,",
            "C7,ООО Лён,active,M2,2026-01-15,",
        ],
    ),
    "deals": (
        "id,client,owner,title,pipeline,stage,stage_kind,created_at",
        [
            "D1,C1,M1,Поставка,Продажи,NEW,open,2026-09-01T10:00",
            "D2,C1,M2,Чужая сделка,Продажи,NEW,open,2026-09-01T10:00",
        ],
    ),
    "events": (
        "id,client,employee,kind,status,planned_at,completed_at,successful",
        ["E1,C1,M1,call,planned,2026-10-05T11:00,,"],
    ),
}
SETTLED = OWNERS | {"C1": "M3", "C2": "M2"}


@dataclass(frozen=True)
class Office:
    """A pulled project on a portal of its own, and how the portal calls what the firm calls C1 or M1."""

    project: Project
    portal: Sandbox
    ids: dict[str, dict[str, str]]

    def plan(self, *arguments: str) -> tuple[Result, dict[str, Any]]:
        result = self.project(*arguments, "--as-of", AS_OF, "--format", "json")
        return result, result.json

    def apply(self, plan: dict[str, Any], *more: str) -> dict[str, Any]:
        result = self.project("apply", plan["fingerprint"], "--yes", "--format", "json", *more)
        outcome: dict[str, Any] = result.json
        return outcome

    def rows(self, entity: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.portal.state("vendor")["vendor"][entity]
        return found

    def owners(self) -> dict[str, str]:
        """Return the firm's name of the owner of each client, as the portal has it now."""
        people = {str(number): name for name, number in self.ids["employees"].items()}
        cards = {row["ID"]: row["ASSIGNED_BY_ID"] for row in self.rows("company")}
        return {name: people[cards[str(number)]] for name, number in self.ids["clients"].items()}

    def list(self, text: str, name: str = "list.csv") -> str:
        path = self.project.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


@pytest.fixture
def office(project: Project, portal: Callable[..., Sandbox], tmp_path: Path) -> Office:
    company = bundle(tmp_path / "firm", TABLES, AS_OF)
    own = portal(company, as_of=company.as_of)
    connect(project.folder, own.url)
    project.edit("plugins.toml", r"^write = .*$", 'write = ["task", "contact", "owner"]')
    project.edit("plugins.toml", r"^custom_fields = .*$", 'custom_fields = { "Статус клиента" = "status" }')
    assert project("pull").code == 0
    return Office(project, own, own.state("ids")["ids"])


LIST = "Клиент;Кому;Причина\nООО Ромашка;Сидоров Олег;просил сам\nООО Василёк;petrova@firm.example;\n"


def test_a_list_in_russian_moves_the_clients_and_what_hangs_on_them(office: Office) -> None:
    result, plan = office.plan("assign", office.list(LIST))
    assert (result.code, plan["problems"], plan["already"]) == (0, [], [])
    assert office.owners() == OWNERS, "a plan writes nothing"
    assert writes(office.portal) == []
    outcome = office.apply(plan)
    assert set(outcome["outcome"]) == {"done"}, outcome["changes"]
    assert office.owners() == SETTLED
    deals = {row["TITLE"]: row["ASSIGNED_BY_ID"] for row in office.rows("deal")}
    ids = {name: str(number) for name, number in office.ids["employees"].items()}
    assert deals == {"Поставка": ids["M3"], "Чужая сделка": ids["M2"]}
    (call,) = (row for row in office.rows("activity") if row["ID"] == str(office.ids["events"]["E1"]))
    assert call["RESPONSIBLE_ID"] == ids["M3"]
    tasks = {row["TITLE"] for row in office.rows("task")}
    assert tasks == {"Познакомиться с клиентом: ООО Ромашка", "Познакомиться с клиентом: ООО Василёк"}


def test_the_reason_of_the_list_is_the_reason_of_the_change(office: Office) -> None:
    _, plan = office.plan("assign", office.list(LIST))
    reasons = {
        change["client_name"]: change["reason"]
        for change in plan["changes"]
        if change["kind"] == "change_owner" and change["of"] == "client"
    }
    assert reasons == {
        "ООО Ромашка": "по распоряжению, Сидоров Олег: просил сам",
        "ООО Василёк": "по распоряжению, Петрова Анна: так решил руководитель",
    }


def test_a_second_apply_and_a_second_list_do_nothing(office: Office) -> None:
    _, plan = office.plan("assign", office.list(LIST))
    office.apply(plan)
    written = len(writes(office.portal))
    assert office.apply(plan)["outcome"] == {}
    _, again = office.plan("assign", office.list(LIST))
    assert again["changes"] == []
    assert {each["why"] for each in again["unsent"]} == {"done"}
    assert office.apply(again)["outcome"] == {}
    assert office.project("pull").code == 0
    pulled = office.project("assign", office.list(LIST), "--format", "json").json
    assert pulled["changes"] == []
    assert pulled["already"] == [
        "list.csv:2:1: 'ООО Ромашка' has 'Сидоров Олег' already",
        "list.csv:3:1: 'ООО Василёк' has 'petrova@firm.example' already",
    ]
    assert len(writes(office.portal)) == written > 0


def test_undo_puts_everything_back(office: Office) -> None:
    before = office.owners()
    deals = {row["ID"]: row["ASSIGNED_BY_ID"] for row in office.rows("deal")}
    _, plan = office.plan("assign", office.list(LIST))
    office.apply(plan)
    assert office.owners() != before
    run = office.project("runs", "--limit", "1", "--format", "json").json[0]["id"]
    assert office.project("undo", run, "--yes").code == 0
    assert office.owners() == before
    assert {row["ID"]: row["ASSIGNED_BY_ID"] for row in office.rows("deal")} == deals
    assert {row["STATUS"] for row in office.rows("task")} == {"5"}, "tasks to get acquainted are closed"


def test_the_page_for_a_dispute_tells_what_was_written(office: Office) -> None:
    _, plan = office.plan("assign", office.list(LIST))
    office.apply(plan)
    page = office.project.folder / "sheet.html"
    assert office.project("explain", "ООО Ромашка", "--as-of", AS_OF, "-o", str(page)).code == 0
    text = page.read_text(encoding="utf-8")
    for cells in ("новый ответственный</td><td>записано", "дело передано вместе с клиентом</td><td>записано"):
        assert cells in text
    assert "Василёк" not in text


def test_somebody_else_in_a_later_list_is_another_move(office: Office) -> None:
    _, first = office.plan("assign", office.list(LIST))
    office.apply(first)
    assert office.project("pull").code == 0
    other = LIST.replace("Сидоров Олег", "Главный Глеб")
    _, plan = office.plan("assign", office.list(other))
    assert set(office.apply(plan)["outcome"]) == {"done"}
    assert office.owners()["C1"] == "H1"


def test_a_client_whose_owner_changed_since_is_left_alone(office: Office) -> None:
    _, plan = office.plan("assign", office.list(LIST))
    ids = office.ids
    office.portal.act("change_owner", client=str(ids["clients"]["C1"]), owner=str(ids["employees"]["M2"]))
    outcome = office.apply(plan)
    assert "conflict" in outcome["outcome"]
    assert office.owners() == {**SETTLED, "C1": "M2"}


def test_without_the_permission_nothing_may_be_sent(office: Office) -> None:
    office.project.edit("plugins.toml", r"^write = .*$", 'write = ["task"]')
    _, plan = office.plan("assign", office.list(LIST))
    assert {each["why"] for each in plan["unsent"] if each["kind"] == "change_owner"} == {"not_allowed"}
    office.apply(plan)
    assert office.owners() == OWNERS


def test_the_brakes_hold_a_long_list(office: Office) -> None:
    office.project.edit("plugins.toml", r"^# owner_changes = .*$", "owner_changes = 1")
    _, plan = office.plan("assign", office.list(LIST))
    assert set(office.apply(plan)["outcome"]) == {"held"}
    assert office.owners() == OWNERS
    assert set(office.apply(plan, "--beyond-limits")["outcome"]) == {"done"}
    assert office.owners() == SETTLED


BAD = """\
client;to;why
ООО Ромашка;Сидоров Олег;
Рога и копыта;Сидоров Олег;
ООО Василёк;Никто Никтович;
ООО Закрытый;Сидоров Олег;
ООО Клевер;Петрова Анна;
;Сидоров Олег;
ООО Пион;Сидоров Олег;
7707083893;Петрова Анна;
ООО Пион;sidorov@firm.example;
"""


def test_every_bad_row_is_told_with_its_place_and_the_good_ones_go_on(office: Office) -> None:
    result, plan = office.plan("assign", office.list(BAD))
    assert result.code == 3
    assert sorted(plan["problems"]) == sorted(
        [
            "list.csv:7:1: client is empty: fill it in",
            "list.csv:3:1: no client is 'Рога и копыта': write source:id",
            "list.csv:4:2: nobody is 'Никто Никтович': name a person of people, an id or a full name",
            "list.csv:5:1: 'ООО Закрытый' is closed: take the row out",
            "list.csv:2:2: 'ООО Ромашка' goes to somebody else at list.csv:9:2: keep one row",
            "list.csv:9:1: '7707083893' stands at list.csv:2:1 too: keep one row",
            "list.csv:10:1: 'ООО Пион' stands at list.csv:8:1 too: the same again: the first row counts",
        ]
    )
    assert plan["already"] == ["list.csv:6:1: 'ООО Клевер' has 'Петрова Анна' already"]
    moved = {change["client_name"] for change in plan["changes"] if change["kind"] == "change_owner"}
    assert moved == {"ООО Пион"}
    people = office.project("assign", office.list(BAD), "--as-of", AS_OF)
    assert people.code == 3
    for problem in plan["problems"]:
        assert f"connector: {problem}" in people.err


def test_every_row_is_in_the_plan_or_told(office: Office) -> None:
    _, plan = office.plan("assign", office.list(BAD))
    rows = {str(number) for number in range(2, 11)}
    told = {line.split(":")[1] for line in [*plan["problems"], *plan["already"]]}
    assert rows - told == {"8"}


def test_a_workbook_does_as_well(office: Office) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Список"
    book.active.append(["Новый ответственный", "Клиент"])
    book.active.append(["Сидоров Олег", office.ids["clients"]["C1"]])
    book.create_sheet("Черновик").append(["что-то"])
    path = office.project.folder / "list.xlsx"
    book.save(path)
    result, plan = office.plan("assign", str(path))
    assert result.code == 3
    assert plan["problems"] == ["list.xlsx[Черновик]: not read: only the sheet 'Список' is"]
    owners = [change for change in plan["changes"] if change["kind"] == "change_owner"]
    assert {change["client_name"] for change in owners} == {"ООО Ромашка"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("клиент;когда\nООО Ромашка;завтра\n", "column 'to' is missing"),
        ("", "the list is empty"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_line(office: Office, text: str, said: str) -> None:
    result = office.project("assign", office.list(text))
    assert result.code == 4
    assert said in the_line(result)


def test_a_list_that_is_not_there_is_one_line(office: Office) -> None:
    result = office.project("assign", str(office.project.folder / "nowhere.csv"))
    assert result.code == 4
    assert "no such file" in the_line(result)


# -- handover ----------------------------------------------------------------------------------------------


def test_all_go_to_the_one_that_is_named(office: Office) -> None:
    result, plan = office.plan("handover", "Иванов Пётр", "--from", "2026-10-01", "--to", "Сидоров Олег")
    assert (result.code, plan["left"]) == (0, [])
    assert set(office.apply(plan)["outcome"]) == {"done"}
    assert office.owners() == OWNERS | dict.fromkeys(("C1", "C2", "C3", "C6"), "M3"), "the closed one stays"
    written = len(writes(office.portal))
    assert office.apply(plan)["outcome"] == {}
    assert len(writes(office.portal)) == written
    run = office.project("runs", "--format", "json").json
    first = next(each for each in reversed(run) if each["command"] == "apply")
    assert office.project("undo", first["id"], "--yes").code == 0
    assert office.owners() == OWNERS


def test_without_a_name_the_policy_deals_them_out(office: Office) -> None:
    """Four clients of class C; M2 has two, M3 and the head none: two each, by turns, M3 before the head."""
    result, plan = office.plan("handover", "ivanov@firm.example", "--from", "2026-10-01")
    assert (result.code, plan["left"]) == (0, [])
    assert set(office.apply(plan)["outcome"]) == {"done"}
    assert office.owners() == OWNERS | {"C1": "M3", "C2": "H1", "C3": "M3", "C6": "H1"}


def test_nobody_to_take_them_leaves_them_and_says_so(office: Office) -> None:
    folder = office.project.folder / "company"
    folder.mkdir()
    nobody = "".join(f"{name};0\n" for name in PEOPLE.values())
    (folder / "people.csv").write_text(f"Человек;Берёт новых\n{nobody}", encoding="utf-8")
    result, plan = office.plan("handover", "Иванов Пётр", "--from", "2026-10-01")
    assert result.code == 3
    assert len(plan["left"]) == 4
    assert all("stays: nobody may receive the client" in line for line in plan["left"])
    office.apply(plan)
    assert office.owners() == OWNERS


def test_a_handover_of_a_day_to_come_waits_for_it(office: Office) -> None:
    plan = office.project(
        "handover", "Иванов Пётр", "--from", "01.02.2999", "--to", "Сидоров Олег", "--format", "json"
    ).json
    assert plan["not_before"] == "2999-02-01"
    result = office.project("apply", plan["fingerprint"], "--yes", "--format", "json")
    assert result.code == 4
    assert "the plan is for 2999-02-01 and later" in the_line(result)
    assert office.owners() == OWNERS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Никто", "--from", "2026-10-01"), "nobody is 'Никто'"),
        (("Иванов Пётр", "--from", "скоро"), "--from 'скоро' is not a date"),
        (("Иванов Пётр", "--from", "2026-10-01", "--to", "Иванов Пётр"), "cannot take over from himself"),
    ],
)
def test_a_mistake_is_one_line(office: Office, arguments: tuple[str, ...], said: str) -> None:
    result = office.project("handover", *arguments)
    assert result.code == 4
    assert said in the_line(result)


def test_the_figures_before_and_after_are_told(office: Office) -> None:
    _, plan = office.plan("handover", "Иванов Пётр", "--from", "2026-10-01", "--to", "Сидоров Олег")
    names = {str(number): name for name, number in office.ids["employees"].items()}
    figures = {names.get(str(one["employee"])): one for one in plan["fairness"]}
    assert (figures["M1"]["before"]["clients"], figures["M1"]["after"]["clients"]) == (4, 0)
    assert (figures["M3"]["before"]["clients"], figures["M3"]["after"]["clients"]) == (0, 4)
    assert (figures["M1"]["went"], figures["M3"]["came"]) == (4, 4)
    assert figures["M3"]["after"]["classes"] == {"A": 0, "B": 0, "C": 4}
