"""`connector link`, `unlink`, `links`: what is one client, how much is linked, and a list to work on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from conftest import Project
from openpyxl import load_workbook

from connector import clock

CARDS = "id;name;inn;phones;emails;site;region;owner\n"
STAFF = "id;name;email\n1;Иванов Пётр;i@x.ru\n"
ONEC = (
    CARDS
    + "1;ООО Ромашка;7707083893;;;;;1\n"
    + "2;ООО Василёк;;;;vasilek.ru;;1\n"
    + "3;ЗАО Металлоконструкция;;;;;;1\n"
    + "4;Одинокий;;;;;;1\n"
)
BITRIX = (
    CARDS
    + "71;Ромашка;7707083893;;;;;1\n"
    + "72;Цветы;;;zakaz@vasilek.ru;;;1\n"
    + "73;Металлоконструкции;;;;;;1\n"
    + "74;=1+1;;;;;;9\n"
)
SALES = "id;client;date;amount\n1;1;{year}-06-01;900\n2;2;{year}-06-01;75,50\n3;4;{year}-06-02;24,50\n"


@pytest.fixture
def linked(project: Project) -> Project:
    """Return a project of two sources with one client in common."""
    year = clock.now().year if clock.now().month > 6 else clock.now().year - 1
    staff = STAFF + "2;Сидорова;\n"
    tables = {
        "onec": {"clients": ONEC, "employees": staff, "sales": SALES.format(year=year)},
        "bitrix": {"clients": BITRIX, "employees": STAFF.replace("1;", "5;") + "9;Петров;\n"},
    }
    for name, files in tables.items():
        data = project.folder / "data" / name
        data.mkdir(parents=True)
        for table, text in files.items():
            (data / f"{table}.csv").write_text(text, encoding="utf-8")
        assert project("init", "--source", "files", "--name", name, str(data)).code == 0
    assert project("pull").code == 0
    return project


def test_the_shares_by_count_and_by_turnover(linked: Project) -> None:
    found = linked("links", "--format", "json").json
    assert found["sources"] == {
        "bitrix": {
            "clients": 4, "linked": 1, "turnover": 0, "linked_turnover": 0, "share": 0.25,
            "turnover_share": None,
        },
        "onec": {
            "clients": 4, "linked": 1, "turnover": 100_000, "linked_turnover": 90_000, "share": 0.25,
            "turnover_share": 0.9,
        },
    }  # fmt: skip
    strangers = [(one["source"], one["id"], one["clients"]) for one in found["unmatched_employees"]]
    assert strangers == [("bitrix", "9", 1), ("onec", "2", 0)]
    said = linked("links").out
    assert "onec           1 of 4 clients linked (25.0%, 90.0% of its turnover)" in said
    assert "unmatched employee: bitrix:9 Петров, 1 clients" in said
    status = linked("status", "--format", "json").json["linked"]
    assert status == found
    assert "1 of 4 clients linked" in linked("status").out
    lines = [
        line
        for line in linked("doctor").out.splitlines()
        if " store: links" in line or " store: employees" in line
    ]
    assert lines == [
        "[ok] store: links: clients that another source has, too: bitrix 25%, onec 25%",
        "[warn] store: employees: 1 have no counterpart in another source: bitrix:9 Петров"
        " — name them in company/people; nobody loses a client that they may share until then",
    ]


def test_the_list_names_the_largest_first_with_candidates(linked: Project, tmp_path: Path) -> None:
    path = tmp_path / "work.xlsx"
    result = linked("links", "--unmatched", "-o", str(path), "--format", "json")
    assert (result.code, result.json["rows"]) == (0, 6)
    header, *rows = load_workbook(path).active.iter_rows(values_only=True)
    assert header[0] == "Клиент"
    assert header[-1] == "Вывод"
    assert [(row[0], row[3], row[4], row[6]) for row in rows] == [
        ("onec:2", 75.5, "bitrix:72", "domain vasilek.ru"),
        ("onec:4", 24.5, None, None),
        ("bitrix:72", None, "onec:2", "domain vasilek.ru"),
        ("bitrix:73", None, "onec:3", "name ~ 0.92"),
        ("bitrix:74", None, None, None),
        ("onec:3", None, "bitrix:73", "name ~ 0.92"),
    ]
    assert {row[1] for row in rows} >= {"=1+1"}


def test_the_list_comes_back_with_verdicts(linked: Project, tmp_path: Path) -> None:
    path = tmp_path / "work.csv"
    assert linked("links", "--unmatched", "-o", str(path)).code == 0
    text = path.read_text(encoding="utf-8-sig").splitlines()
    rows = list(csv.reader(text, delimiter=";"))
    assert rows[5][1] == "'=1+1"
    answers = {"onec:2": "один", "onec:3": "разные"}
    for row in rows[1:]:
        row[-1] = answers.get(row[0], "")
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, delimiter=";").writerows(rows)
    taken = linked("links", "import", str(path), "--format", "json")
    assert (taken.code, taken.json) == (0, {"taken": 2, "problems": []})
    assert linked("links", "--format", "json").json["sources"]["onec"]["linked"] == 2
    assert linked("links", "show", "onec:2", "--format", "json").json["records"] == ["bitrix:72", "onec:2"]
    left = linked("links", "--unmatched", "--format", "jsonl").lines
    assert [(row["client"], row["other"]) for row in left] == [
        ("onec:4", None), ("bitrix:73", None), ("bitrix:74", None), ("onec:3", None),
    ]  # fmt: skip


def test_bad_answers_are_told_by_place_and_the_others_taken(linked: Project, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(
        "Клиент;Другой;Вывод\nonec:2;bitrix:72;да\nonec:99;bitrix:72;да\nonec:3;bitrix:73;может быть\n",
        encoding="utf-8",
    )
    result = linked("links", "import", str(path), "--format", "json")
    assert (result.code, result.json["taken"]) == (3, 1)
    shown, missing = result.json["problems"]
    assert shown.startswith("answers.csv:4:3: verdict is 'может быть'")
    assert missing == "answers.csv:3:1: no record 'onec:99'"


def test_the_firms_own_file_is_not_overruled(linked: Project) -> None:
    (linked.folder / "company").mkdir(exist_ok=True)
    file = linked.folder / "company" / "links.csv"
    file.write_text(
        "client;other;verdict\nonec:2;bitrix:72;same\nonec:1;bitrix:71;different\n", encoding="utf-8"
    )
    assert linked("links", "show", "onec:2", "--format", "json").json["records"] == ["bitrix:72", "onec:2"]
    assert linked("links", "show", "onec:1", "--format", "json").json["records"] == ["onec:1"]
    for command in (("unlink", "onec:2"), ("link", "onec:1", "bitrix:71")):
        refused = linked(*command)
        assert refused.code == 4
        assert "links.csv:" in refused.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("link", "onec:1", "nobody"), "no record 'nobody'"),
        (("link", "onec:1", "onec:77"), "no record 'onec:77'"),
        (("link", "onec:1", "onec:1"), "is one record"),
        (("links", "-o", "x.csv"), "-o goes with --unmatched"),
    ],
)
def test_what_cannot_be_done_is_one_line(linked: Project, arguments: tuple[str, ...], said: str) -> None:
    result = linked(*arguments)
    assert (result.code, said in result.err) == (4, True)


def test_words_that_contradict_each_other_are_refused(linked: Project) -> None:
    assert linked("unlink", "bitrix:71").code == 0
    assert linked("link", "onec:4", "onec:1").code == 0
    assert linked("link", "bitrix:71", "bitrix:74").code == 0
    refused = linked("link", "onec:4", "bitrix:74")
    assert refused.code == 4
    assert "were called different" in refused.err
    assert linked("links", "show", "onec:4", "--format", "json").json["records"] == ["onec:1", "onec:4"]


def test_one_source_is_said_in_a_line(project: Project) -> None:
    data = project.folder / "data"
    data.mkdir(parents=True)
    (data / "clients.csv").write_text(ONEC, encoding="utf-8")
    assert project("init", "--source", "files", "--name", "firm", str(data)).code == 0
    assert project("pull").code == 0
    assert project("links").out == "There is one source: each record is a client of its own.\n"
    assert project("link", "firm:1", "firm:2").code == 0
    assert project("links", "show", "firm:1", "--format", "json").json["records"] == ["firm:1", "firm:2"]
