"""The `company/` folder: people, absences, pins, links, approved moves, each mistake by its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

from connector.company.folder import CompanyFolder, read_company

MOSCOW = ZoneInfo("Europe/Moscow")


def written(folder: Path, **files: str) -> CompanyFolder:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_company(folder, MOSCOW)


def test_no_folder_is_nothing(tmp_path: Path) -> None:
    assert read_company(tmp_path / "company", MOSCOW) == CompanyFolder()


def test_every_table(tmp_path: Path) -> None:
    firm = written(
        tmp_path,
        people="person;name;role;skills;capacity;ramp_until;bitrix;onec\n"
        "anna;Петрова Анна;chief;ВЭД|тендеры;12;31.10.2026;17;\n",
        absences="person;from_date;to_date;deputy\nanna;2026-09-07;2026-09-18;oleg\n",
        pins="client;until;by;why\n7707083893;;oleg;обещано\n",
        links="client;other;verdict\na:1;b:2;разные\n",
        approved_moves="client;to;by;date\nЁлка;anna;oleg;2026-09-10\n",
    )
    assert firm.problems == ()
    (anna,) = firm.people
    assert (anna["role"], anna["skills"], anna["capacity"], anna["ramp_until"]) == (
        "chief", ("ВЭД", "тендеры"), 12, date(2026, 10, 31),
    )  # fmt: skip
    assert anna.accounts == {"bitrix": "17"}
    assert (firm.absences[0]["from_date"], firm.absences[0]["deputy"]) == (date(2026, 9, 7), "oleg")
    assert (firm.pins[0]["client"], firm.pins[0]["until"]) == ("7707083893", None)
    assert firm.links[0]["verdict"] == "different"
    assert firm.approved_moves[0].place == "approved_moves.csv:2"


def test_a_bad_row_is_told_and_hinders_no_other(tmp_path: Path) -> None:
    firm = written(
        tmp_path,
        absences="person;from_date;to_date\nанна;вчера;2026-09-18\noleg;2026-09-01;2026-09-02\n",
        pins="client;unitl\nC1;\n",
        notes="a\n1\n",
    )
    assert [entry["person"] for entry in firm.absences] == ["oleg"]
    assert firm.problems == (
        "absences.csv:2:2: from_date is 'вчера': write a date as 2026-12-31 or 31.12.2026",
        "notes.csv: no table of ours: people, absences, pins, links, approved_moves are",
    )


def test_a_missing_column_is_one_line(tmp_path: Path) -> None:
    firm = written(tmp_path, absences="persn;from_date;to_date\nanna;2026-09-01;2026-09-02\n")
    assert firm.problems == ("absences.csv:1: column 'person' is missing, did you mean 'persn'?",)


def test_of_two_rows_about_one_the_last_counts(tmp_path: Path) -> None:
    firm = written(tmp_path, people="person;name\nanna;Анна\nanna;Анна Петрова\n")
    assert [entry["name"] for entry in firm.people] == ["Анна Петрова"]
    assert firm.problems == ("people.csv:2: the same again at people.csv:3, which counts",)


def test_workbooks_are_read_by_their_name_or_their_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Человек", "ФИО"])
    book.active.append(["anna", "Анна"])
    book.save(tmp_path / "Люди.xlsx")
    book.active.title = "Отпуска"
    book.active.delete_rows(1, 2)
    book.active.append(["Человек", "С", "По"])
    book.active.append(["anna", date(2026, 9, 7), date(2026, 9, 18)])
    book.save(tmp_path / "Разное.xlsx")
    firm = read_company(tmp_path, MOSCOW)
    assert firm.problems == ()
    assert [entry["name"] for entry in firm.people] == ["Анна"]
    assert firm.absences[0].place == "Разное.xlsx[Отпуска]:2"


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "people.xlsx").write_bytes(b"x")
    (line,) = read_company(tmp_path, MOSCOW).problems
    assert line.startswith("people.xlsx: is no Excel workbook")
