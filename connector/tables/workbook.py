"""Reads the sheets of an Excel workbook as text, as their cells were meant."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl

from connector.tables.csvtext import forbidden
from connector.tables.records import Record, TableError

_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#Н/Д", "#ССЫЛКА!"})


@dataclass(frozen=True)
class WorkbookSheet:
    """One sheet of a workbook."""

    path: Path
    title: str

    @property
    def place(self) -> str:
        """The file's name and the sheet's."""
        return f"{self.path.name}[{self.title}]"

    @property
    def manner(self) -> str:
        """How it is written."""
        return "xlsx"

    def records(self) -> Iterator[Record]:
        """Yield the header and the rows that have any text; formulas count as what they came to."""
        with _opened(self.path) as book:
            sheet = book[self.title]
            sheet.reset_dimensions()  # what a file says of its own size is often wrong
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = [as_text(value) for value in row]
                if any(cells):
                    yield _checked(Record(number, cells))


def sheet_titles(path: Path) -> list[str]:
    """Return the names of the workbook's sheets; TableError if it is no workbook."""
    with _opened(path) as book:
        return [sheet.title for sheet in book.worksheets]


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    book = _load(path)
    try:
        yield book
    finally:
        book.close()


def _load(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl does not know
            return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise TableError(f"cannot be read: {error.strerror or error}") from error
    except Exception as error:  # whatever is wrong inside a zip of XML: it names no base class
        raise TableError(f"is no Excel workbook (.xlsx): {error}") from error


def as_text(value: object) -> str:
    """Return what the cell shows, in the spelling of a CSV file: 5.0 is 5, TRUE is 1, midnight is a date."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value).strip()


def _checked(record: Record) -> Record:
    for column, cell in enumerate(record.cells, 1):
        problem = "the cell shows an error of Excel" if cell in _ERRORS else forbidden(cell)
        if problem:
            return Record(record.line, record.cells, problem, column)
    return record
