"""CSV files as programs and people leave them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from connector.tables.cells import LARGEST_TEXT
from connector.tables.csvtext import CsvSheet
from connector.tables.records import Record, TableError


def sheet(folder: Path, text: str | bytes, encoding: str = "utf-8") -> CsvSheet:
    path = folder / "clients.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return CsvSheet(path)


def rows(found: CsvSheet) -> list[list[str]]:
    return [record.cells for record in found.records()]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_encodings_and_separators_are_found_out(tmp_path: Path, encoding: str, separator: str) -> None:
    text = f"id{separator}name\r\nC1{separator}ООО «Ёлка»\r\n"
    found = sheet(tmp_path, text, encoding)
    assert rows(found) == [["id", "name"], ["C1", "ООО «Ёлка»"]]
    assert found.manner.startswith(encoding)


def test_a_comma_inside_quotes_is_no_separator(tmp_path: Path) -> None:
    assert rows(sheet(tmp_path, 'id;"a,b,c,d"\n1;2\n')) == [["id", "a,b,c,d"], ["1", "2"]]


def test_a_line_of_excel_names_the_separator(tmp_path: Path) -> None:
    found = list(sheet(tmp_path, "sep=;\nid;name\n1;а,б,в,г\n").records())
    assert [(record.line, record.cells) for record in found] == [(2, ["id", "name"]), (3, ["1", "а,б,в,г"])]


def test_cells_of_several_lines_keep_their_place(tmp_path: Path) -> None:
    found = list(sheet(tmp_path, 'id,name\n1,"а\nб ""в"""\n2,г\n').records())
    assert found == [Record(1, ["id", "name"]), Record(2, ["1", 'а\nб "в"']), Record(4, ["2", "г"])]


def test_lines_without_text_are_no_rows_only_at_the_end(tmp_path: Path) -> None:
    found = sheet(tmp_path, "id,name\n\n1,а\n,\n2,б\n,\n,\n\n")
    assert rows(found) == [["id", "name"], ["1", "а"], ["", ""], ["2", "б"]]


def test_a_quote_that_is_never_closed_costs_one_line(tmp_path: Path) -> None:
    found = list(sheet(tmp_path, 'id,name\n1,"ООО\n2,б\n3,в\n').records())
    assert [(record.line, record.cells, bool(record.problem)) for record in found] == [
        (1, ["id", "name"], False),
        (2, ['1,"ООО'], True),
        (3, ["2", "б"], False),
        (4, ["3", "в"], False),
    ]
    assert "never closed" in found[1].problem


def test_quotes_that_are_not_doubled_cost_one_line(tmp_path: Path) -> None:
    found = list(sheet(tmp_path, 'id,name\n1,"ООО "Ёлка" и Ко"\n2,б\n').records())
    assert [record.cells for record in found if not record.problem] == [["id", "name"], ["2", "б"]]
    assert "double the quotes" in found[1].problem


def test_quotes_inside_an_unquoted_cell_are_letters(tmp_path: Path) -> None:
    assert rows(sheet(tmp_path, 'id,name\n1,ООО "Ёлка", 5"\n'.replace(", 5", " 5"))) == [
        ["id", "name"],
        ["1", 'ООО "Ёлка" 5"'],
    ]


def test_many_open_quotes_in_a_long_file_take_no_square_of_time(tmp_path: Path) -> None:
    lines = "".join(f'{n},"х\n' if n % 50_000 == 1 else f"{n},х\n" for n in range(200_000))
    found = sheet(tmp_path, "id,name\n" + lines)
    begun = time.monotonic()
    bad = [record for record in found.records() if record.problem]
    assert len(bad) == 4
    assert time.monotonic() - begun < 20


def test_a_byte_that_does_not_belong_costs_one_row(tmp_path: Path) -> None:
    text = "id,name\n1,Ёлка\n2,Сосна\n".encode() + b"3,\xcf\xee\xeb\xe5\n"
    found = list(sheet(tmp_path, text).records())
    assert [record.cells for record in found[:3]] == [["id", "name"], ["1", "Ёлка"], ["2", "Сосна"]]
    assert (found[3].line, found[3].column) == (4, 2)
    assert "encoding" in found[3].problem


@pytest.mark.parametrize(
    ("cell", "said"),
    [("a" * (LARGEST_TEXT + 1), "characters in one cell"), ("a\x00b", "NUL")],
    ids=["huge", "nul"],
)
def test_a_cell_that_cannot_be_is_named(tmp_path: Path, cell: str, said: str) -> None:
    found = list(sheet(tmp_path, f"id,name\n1,{cell}\n2,б\n").records())
    assert (found[1].line, found[1].column, found[1].cells[1]) == (2, 2, cell)
    assert said in found[1].problem
    assert not found[2].problem


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert rows(sheet(tmp_path, "")) == []
    assert rows(sheet(tmp_path, "\ufeff")) == []


def test_a_file_that_is_cut_short_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="utf-16"):
        list(sheet(tmp_path, "id;name\n1;Ёлка\n".encode("utf-16")[:-1]).records())
