"""Reads the `company/` folder; what is wrong is told by file:line:column and hinders no other row."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector.company.shapes import ABSENCES, APPROVED_MOVES, LINKS, PEOPLE, PINS, SHAPES
from connector.tables.csvtext import CsvSheet
from connector.tables.header import Header, recognise
from connector.tables.records import Record, Sheet, TableError
from connector.tables.rows import CellError, key_of, others, problem_at, values
from connector.tables.shape import Shape, find

Values = dict[str, Any]

CALENDAR = "calendar.toml"


@dataclass(frozen=True)
class Entry:
    """One row: its place (`file:line`), its values by column, and the cells of columns named like sources."""

    place: str
    values: Values
    accounts: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)


@dataclass(frozen=True)
class CompanyFolder:
    """What the firm keeps itself; `problems` has a line for each row or file that could not be read."""

    people: tuple[Entry, ...] = ()
    absences: tuple[Entry, ...] = ()
    pins: tuple[Entry, ...] = ()
    links: tuple[Entry, ...] = ()
    approved_moves: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()


def read_company(folder: Path, zone: ZoneInfo) -> CompanyFolder:
    """Return what the folder holds; a folder or table that is not there is empty."""
    if not folder.is_dir():
        return CompanyFolder()
    problems: list[str] = []
    found: dict[str, tuple[Entry, ...]] = {shape.name: () for shape in SHAPES}
    for title, sheet in _sheets(folder, problems):
        shape = find(title, SHAPES)
        if shape is None:
            problems.append(f"{sheet.place}: no table of ours: {', '.join(found)} are")
        elif found[shape.name]:
            problems.append(f"{sheet.place}: a second table of {shape.name}: keep one")
        else:
            found[shape.name] = tuple(_entries(shape, sheet, zone, problems))
    return CompanyFolder(
        found[PEOPLE.name],
        found[ABSENCES.name],
        found[PINS.name],
        found[LINKS.name],
        found[APPROVED_MOVES.name],
        tuple(problems),
    )


def _sheets(folder: Path, problems: list[str]) -> Iterator[tuple[str, Sheet]]:
    """Yield every table with its title: a CSV file, a workbook named like a table, or a workbook's sheets."""
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in (".csv", ".tsv", ".txt"):
            yield file.stem, CsvSheet(file)
        elif file.suffix.lower() == ".xlsx" and not file.name.startswith("~$"):
            # Loaded here, since few firms keep a workbook and all would wait for the library
            reader = importlib.import_module("connector.tables.workbook")
            try:
                titles = reader.sheet_titles(file)
            except TableError as error:
                problems.append(f"{file.name}: {error}")
                continue
            named = find(file.stem, SHAPES) is not None
            for title in titles[:1] if named else titles:
                yield file.stem if named else title, reader.WorkbookSheet(file, title)


def _entries(shape: Shape, sheet: Sheet, zone: ZoneInfo, problems: list[str]) -> Iterator[Entry]:
    """Yield the rows that can be read; of two with the same key the last one."""
    kept: dict[str, Entry] = {}
    try:
        records = sheet.records()
        first = next(records, None)
        header = recognise(first.cells, shape) if first else Header({}, {})
        if header.problem:
            problems.append(f"{sheet.place}:1: {header.problem}")
            return
        for record in records:
            try:
                entry = _entry(shape, header, record, sheet.place, zone)
            except CellError as error:
                problems.append(str(error))
                continue
            key = key_of(shape, header, record.cells)
            if key in kept:
                problems.append(f"{kept[key].place}: the same again at {entry.place}, which counts")
            kept[key] = entry
    except TableError as error:
        problems.append(f"{sheet.place}: {error}")
    yield from kept.values()


def _entry(shape: Shape, header: Header, record: Record, file: str, zone: ZoneInfo) -> Entry:
    place = f"{file}:{record.line}"
    if record.problem:
        raise problem_at(place, record.problem, record.column, header)
    return Entry(place, values(shape, header, record.cells, place, zone), others(header, record.cells))
