"""Reads a policy's decision table, from `[[table]]` or from a spreadsheet's file, with all its mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.rules.decision_table import DecisionTable, Result, Row
from connector.rules.place import Place
from connector.rules.policy_mistakes import Mistake, place_of
from connector.rules.policy_source import PolicySource
from connector.rules.table_cells import CellError, read_cell
from connector.rules.where.condition import MISSING
from connector.rules.where.fields import CLIENT_FIELDS, CUSTOM, OWN, FieldSpec, custom_name, is_custom
from connector.rules.where.nodes import Node
from connector.tables.csvtext import CsvSheet
from connector.tables.records import Sheet, TableError
from connector.tables.shape import normal
from connector.tables.workbook import WorkbookSheet, sheet_titles

TABLE = "table"
MOST_ROWS = 1000
_FIELDS = {name: spec for name, spec in CLIENT_FIELDS.items() if name != MISSING}


@dataclass(frozen=True)
class Cell:
    """One filled cell: its column, what is written, and where."""

    column: str
    written: Any
    place: Place


@dataclass(frozen=True)
class RawRow:
    """One row as it is written."""

    place: Place
    cells: Sequence[Cell]


class TableReader:
    """Reads one table; `mistakes` are what is wrong with it."""

    def __init__(self, source: PolicySource, results: Mapping[str, Result]) -> None:
        self._source = source
        self._results = results
        self.mistakes: list[Mistake] = []

    def read(self) -> DecisionTable | None:
        """Return the table, None where the policy has none or it is wrong."""
        said = self._source.data.get(TABLE)
        if said is None:
            return None
        if not self._results:
            self._wrong(place_of(self._source, (TABLE,)), TABLE, "no_table_here")
            return None
        raw = list(self._from_file(said) if isinstance(said, str) else self._inline(said))
        rows = [row for each in raw if (row := self._row(each))]
        if not raw and not self.mistakes:
            self._wrong(place_of(self._source, (TABLE,)), TABLE, "empty_table")
        if len(raw) > MOST_ROWS:
            self._wrong(raw[MOST_ROWS].place, TABLE, "long_table", most=MOST_ROWS)
        return None if self.mistakes else DecisionTable(tuple(rows))

    def _wrong(self, place: Place, key: str, code: str, **about: Any) -> None:
        self.mistakes.append(Mistake(place, key, code, about))

    # -- where it stands ---------------------------------------------------------------------------------

    def _inline(self, said: Any) -> Iterator[RawRow]:
        if not isinstance(said, list) or not all(isinstance(row, dict) for row in said):
            self._wrong(place_of(self._source, (TABLE,)), TABLE, "table_form")
            return
        for number, row in enumerate(said):
            keys = (TABLE, number)
            cells = [
                Cell(column, value, place_of(self._source, (*keys, *path)))
                for column, path, value in _flat(row)
            ]
            yield RawRow(place_of(self._source, keys), cells)

    def _from_file(self, name: str) -> Iterator[RawRow]:
        file = self._source.home((TABLE,)).path.parent / name
        if not file.is_file():
            known = sorted(path.name for path in file.parent.glob("*.csv"))
            self._wrong(place_of(self._source, (TABLE,)), TABLE, "no_file", word=name, known=known)
            return
        try:
            yield from self._from_sheet(_sheet(file), str(file))
        except TableError as error:
            self._wrong(Place(str(file)), "", "unreadable_table", said=error)

    def _from_sheet(self, sheet: Sheet, path: str) -> Iterator[RawRow]:
        columns: list[str] | None = None
        for record in sheet.records():
            if record.problem:
                self._wrong(
                    Place(path, record.line, record.column), "", "unreadable_row", said=record.problem
                )
            elif columns is None:
                columns = self._header(record.cells, Place(path, record.line))
                if "" in columns:
                    return  # under a wrong header every row would be wrong
            elif len(record.cells) != len(columns):
                about = {"cells": len(record.cells), "columns": len(columns)}
                self._wrong(Place(path, record.line), "", "row_width", **about)
            else:
                places = (Place(path, record.line, at) for at in range(1, len(columns) + 1))
                cells = map(Cell, columns, record.cells, places)
                yield RawRow(Place(path, record.line), [cell for cell in cells if cell.column])

    def _header(self, titles: Sequence[str], place: Place) -> list[str]:
        """Return the column's name for each title, "" for what is told as a mistake."""
        known = self._titles()
        found: list[str] = []
        for at, title in enumerate(titles, 1):
            here = Place(place.path, place.line, at)
            name = title if is_custom(title) else known.get(normal(title), "")
            if not name:
                self._wrong(here, "", "unknown_column", word=title, known=self._known())
            elif name in found:
                self._wrong(here, name, "column_twice")
                name = ""
            found.append(name)
        return found

    def _titles(self) -> dict[str, str]:
        named = {name: (name, *spec.titles) for name, spec in _FIELDS.items()}
        named |= {name: (name, *result.titles) for name, result in self._results.items()}
        return {normal(title): name for name, titles in named.items() for title in titles}

    def _known(self) -> list[str]:
        return [*self._results, *_FIELDS, f"{CUSTOM}.NAME"]

    # -- what it says ------------------------------------------------------------------------------------

    def _row(self, raw: RawRow) -> Row | None:
        before = len(self.mistakes)
        conditions, results = [], []
        for cell in raw.cells:
            if cell.column in self._results:
                results += self._result(cell)
            elif spec := self._spec(cell):
                node = self._condition(cell, spec)
                conditions += [(cell.column, _written(cell.written), node)] if node else []
        if len(self.mistakes) == before and not results:
            self._wrong(raw.place, TABLE, "no_result", known=list(self._results))
        if len(self.mistakes) > before:
            return None
        return Row(raw.place, tuple(conditions), tuple(results))

    def _spec(self, cell: Cell) -> FieldSpec | None:
        if is_custom(cell.column) and custom_name(cell.column):
            return OWN
        if cell.column not in _FIELDS:
            self._wrong(cell.place, cell.column, "unknown_column", word=cell.column, known=self._known())
        return _FIELDS.get(cell.column)

    def _condition(self, cell: Cell, spec: FieldSpec) -> Node | None:
        try:
            return read_cell(cell.written, cell.column, spec)
        except CellError as error:
            self._wrong(cell.place, cell.column, error.code, **error.about)
            return None

    def _result(self, cell: Cell) -> list[tuple[str, int]]:
        result, value = self._results[cell.column], _whole(cell.written)
        if cell.written == "":
            return []
        if value is None:
            self._wrong(cell.place, cell.column, "whole_number", value=cell.written)
        elif not result.least <= value <= result.most:
            about = {"least": result.least, "most": result.most, "value": value}
            self._wrong(cell.place, cell.column, "between", **about)
        else:
            return [(cell.column, value)]
        return []


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Yield column, path in the row, and value; `custom."NAME" = ...` is a table within the row."""
    for column, value in row.items():
        if column == CUSTOM and isinstance(value, dict):
            yield from ((f"{CUSTOM}.{name}", (CUSTOM, name), inner) for name, inner in value.items())
        else:
            yield column, (column,), value


def _sheet(file: Path) -> Sheet:
    if file.suffix.lower() == ".xlsx":
        return WorkbookSheet(file, sheet_titles(file)[0])
    return CsvSheet(file)


def _whole(written: Any) -> int | None:
    """Return a whole number; a spreadsheet may have written 4 as 4,0."""
    if isinstance(written, bool) or not isinstance(written, int | str):
        return None
    bare = str(written).strip().removesuffix(",0").removesuffix(".0")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < len("1000000") else None


def _written(value: Any) -> str:
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)
