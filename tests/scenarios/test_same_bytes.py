"""The same firm gives the same bytes: on every run, in any order of rows, in whatever form it is exported."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Project, firm

from connector.sandbox.company.bundle import write_folder

Rows = list[list[str]]
AS_OF = "2026-10-01T00:00"
RUSSIAN = {
    "clients": {"id": "Код", "name": "Наименование", "owner": "Ответственный", "created_at": "Дата создания"},
    "events": {"id": "Код", "client": "Клиент", "completed_at": "Факт", "kind": "Вид"},
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """Return the tables of a made-up firm, the header first."""
    folder = tmp_path_factory.mktemp("company")
    write_folder(firm(clients=40, seed=5, as_of=AS_OF, events=12.0), folder)
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.reader(file))
    return tables


def as_exported(folder: Path, tables: dict[str, Rows]) -> Path:
    return as_csv(folder, tables, "utf-8", ",")


def shuffled_rows(folder: Path, tables: dict[str, Rows]) -> Path:
    mixed = {name: [rows[0], *shuffled(rows[1:], name)] for name, rows in tables.items()}
    return as_csv(folder, mixed, "utf-8", ",")


def shuffled_columns_in_cp1251(folder: Path, tables: dict[str, Rows]) -> Path:
    mixed = {}
    for name, rows in tables.items():
        order = shuffled(list(range(len(rows[0]))), name)
        titles = [RUSSIAN.get(name, {}).get(title, title) for title in rows[0]]
        mixed[name] = [[row[at] for at in order] for row in [titles, *shuffled(rows[1:], name)]]
    return as_csv(folder, mixed, "cp1251", ";")


def repeated_rows(folder: Path, tables: dict[str, Rows]) -> Path:
    doubled = {name: [rows[0], *shuffled(rows[1:] * 2, name)] for name, rows in tables.items()}
    return as_csv(folder, doubled, "utf-8-sig", "\t")


def as_workbook(folder: Path, tables: dict[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in [rows[0], *shuffled(rows[1:], name)]:
            sheet.append(row)
    folder.mkdir()
    book.save(folder / "firm.xlsx")
    return folder / "firm.xlsx"


def as_csv(folder: Path, tables: dict[str, Rows], encoding: str, separator: str) -> Path:
    folder.mkdir()
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding=encoding, errors="strict", newline="") as file:
            csv.writer(file, delimiter=separator).writerows(rows)
    return folder


def shuffled(items: list[Any], seed: str) -> list[Any]:
    mixed = list(items)
    random.Random(seed).shuffle(mixed)
    return mixed


FORMS: list[Callable[[Path, dict[str, Rows]], Path]] = [
    shuffled_rows, shuffled_columns_in_cp1251, repeated_rows, as_workbook,
]  # fmt: skip


def decisions(project: Project, data: Path) -> str:
    """Return what is decided with the policies as `init` writes them; nothing may be in quarantine unseen."""
    assert project("init", "--source", "files", "--name", "firm", str(data)).code == 0
    project("pull")
    result = project("decide", "--as-of", AS_OF, "--format", "jsonl")
    assert result.code == 0, result.err
    return result.out


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_form_of_the_files_changes_no_byte(
    form: Callable[[Path, dict[str, Rows]], Path],
    company: dict[str, Rows],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain = decisions(Project(tmp_path / "plain", capsys), as_exported(tmp_path / "a", company))
    other = decisions(Project(tmp_path / "other", capsys), form(tmp_path / "b", company))
    assert len(plain.splitlines()) > 100
    assert other == plain


def test_the_second_run_says_the_same(project: Project, company: dict[str, Rows], tmp_path: Path) -> None:
    first = decisions(project, as_exported(tmp_path / "a", company))
    assert project("pull").code == 0
    assert project("pull", "--full").code == 0
    assert project("decide", "--as-of", AS_OF, "--format", "jsonl").out == first


def test_control_one_call_less_is_another_answer(
    company: dict[str, Rows], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fewer = company | {"events": company["events"][:-200]}
    plain = decisions(Project(tmp_path / "plain", capsys), as_exported(tmp_path / "a", company))
    assert decisions(Project(tmp_path / "other", capsys), as_exported(tmp_path / "b", fewer)) != plain
