"""Reads one list that a person hands over, a CSV file or a workbook; each bad row is told with its place."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector.errors import ConfigError
from connector.tables import cells
from connector.tables.csvtext import CsvSheet
from connector.tables.header import Header, recognise
from connector.tables.records import Sheet, TableError
from connector.tables.rows import CellError, problem_at, values
from connector.tables.shape import Column, Shape, find

ASSIGNMENTS = Shape(
    "assign",
    (
        Column(
            "client",
            cells.text,
            ("Клиент", "Контрагент"),
            required=True,
            meaning="источник:код, код, ИНН или название",
        ),
        Column(
            "to",
            cells.text,
            ("Кому", "Новый ответственный", "Ответственный", "Менеджер"),
            required=True,
            meaning="человек: код, почта или ФИО",
        ),
        Column("why", cells.text, ("Почему", "Причина", "Комментарий"), meaning="причина для истории"),
    ),
    ("client",),
    ("Передать", "Список"),
)
"""The list that `connector assign` takes."""


@dataclass(frozen=True)
class Row:
    """One row: its values by column, and where each stands (`file:row:column`)."""

    values: Mapping[str, Any]
    places: Mapping[str, str]


@dataclass(frozen=True)
class HandedList:
    """The rows that can be read, and a line for each that cannot."""

    rows: tuple[Row, ...]
    problems: tuple[str, ...]


def read_list(path: Path, shape: Shape, zone: ZoneInfo) -> HandedList:
    """Return what the file holds; ConfigError where nothing of it can be read."""
    problems: list[str] = []
    sheet = _sheet(path, shape, problems)
    try:
        records = sheet.records()
        first = next(records, None)
        if first is None:
            raise ConfigError("the list is empty", where=str(path), hint="its first row names the columns")
        header = recognise(first.cells, shape)
        if header.problem:
            named = ", ".join(f"{each.name} ({each.russian[0]})" for each in shape.columns)
            raise ConfigError(header.problem, where=f"{path}:{first.line}", hint=f"columns: {named}")
        rows = tuple(_rows(sheet, shape, header, zone, problems))
    except TableError as error:
        raise ConfigError(str(error), where=str(path), hint="save it as CSV (UTF-8) or .xlsx") from error
    return HandedList(rows, tuple(problems))


def _sheet(path: Path, shape: Shape, problems: list[str]) -> Sheet:
    """Return the table of the file; of a workbook the sheet named like the list, else the first."""
    if not path.is_file():
        raise ConfigError("no such file", where=str(path), hint="check the path")
    if path.suffix.lower() != ".xlsx":
        return CsvSheet(path)
    # Loaded here, since few lists are workbooks and all would wait for the library
    reader = importlib.import_module("connector.tables.workbook")
    try:
        titles = reader.sheet_titles(path)
    except TableError as error:
        raise ConfigError(str(error), where=str(path), hint="save it as .xlsx anew") from error
    chosen = next((title for title in titles if find(title, [shape])), titles[0])
    sheets = {title: reader.WorkbookSheet(path, title) for title in titles}
    others = [sheets[title] for title in titles if title != chosen]
    problems += [
        f"{each.place}: not read: only the sheet {chosen!r} is"
        for each in others
        if next(each.records(), None) is not None
    ]
    sheet: Sheet = sheets[chosen]
    return sheet


def _rows(sheet: Sheet, shape: Shape, header: Header, zone: ZoneInfo, problems: list[str]) -> Iterator[Row]:
    records = sheet.records()
    next(records)
    for record in records:
        place = f"{sheet.place}:{record.line}"
        try:
            if record.problem:
                raise problem_at(place, record.problem, record.column, header)
            found = values(shape, header, record.cells, place, zone)
        except CellError as error:
            problems.append(str(error))
            continue
        places = {name: f"{place}:{at + 1}" for name, at in header.positions.items()}
        yield Row(found, places)
