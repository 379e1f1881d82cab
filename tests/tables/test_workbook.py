"""Sheets of a workbook as text."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from connector.tables.records import Record, TableError
from connector.tables.workbook import WorkbookSheet, sheet_titles


def book(folder: Path, *rows: list[object]) -> WorkbookSheet:
    made = openpyxl.Workbook()
    made.active.title = "clients"
    for row in rows:
        made.active.append(row)
    made.save(folder / "firm.xlsx")
    return WorkbookSheet(folder / "firm.xlsx", "clients")


def test_cells_are_what_they_show(tmp_path: Path) -> None:
    values = [
        7707083893,
        5.0,
        1.5,
        True,
        date(2026, 9, 1),
        datetime.fromisoformat("2026-09-01T10:30"),
        " а ",
        None,
        "б",
    ]
    (record,) = book(tmp_path, values).records()
    assert record.cells == [
        "7707083893", "5", "1.5", "1", "2026-09-01", "2026-09-01T10:30:00", "а", "", "б",
    ]  # fmt: skip


def test_lines_are_those_of_excel_and_empty_ones_no_rows(tmp_path: Path) -> None:
    found = list(book(tmp_path, ["id"], [None], ["1"], [None, None]).records())
    assert [(record.line, record.cells[0]) for record in found] == [(1, "id"), (3, "1")]


def test_an_error_of_excel_is_named(tmp_path: Path) -> None:
    found = list(book(tmp_path, ["id", "name"], ["1", "#N/A"]).records())
    assert found[1] == Record(2, ["1", "#N/A"], "the cell shows an error of Excel", 2)


def test_the_place_names_file_and_sheet(tmp_path: Path) -> None:
    assert book(tmp_path, ["id"]).place == "firm.xlsx[clients]"
    assert sheet_titles(tmp_path / "firm.xlsx") == ["clients"]


@pytest.mark.parametrize(
    "content", [b"", b"id,name\n1,x\n", b"PK\x03\x04garbage"], ids=["empty", "csv", "torn"]
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "firm.xlsx").write_bytes(content)
    with pytest.raises(TableError, match="is no Excel workbook"):
        sheet_titles(tmp_path / "firm.xlsx")
