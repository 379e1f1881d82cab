"""Turns chosen rows into what a client asked to see: `$select`, `$expand`, presentations, metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.sandbox.onec.addressing import Asked
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.edm import COUNT, ZERO, Column, Columns, Row, referenced
from connector.sandbox.onec.errors import unknown_segment
from connector.sandbox.onec.reading import Table

SHOWN, OWN = "____Presentation", "Presentation"
Cell = Callable[[Row], Any]
Shape = dict[str, Cell]


class Shaper:
    """Shapes the rows of one request; `metadata` is none, minimal or full."""

    def __init__(self, table: Table, asked: Asked, metadata: str) -> None:
        self._table, self._metadata = table, metadata
        self._expanded = [one.strip() for one in asked.get("$expand").split(",") if one.strip()]
        for way in self._expanded:
            self._known(way.partition("/")[0])
        self._wanted = [one.strip() for one in asked.get("$select").split(",") if one.strip()] or ["*"]
        self._shape = self._cells()
        self._links = self._navigation() if metadata != "none" else []

    def row(self, row: Row) -> dict[str, Any]:
        """Return one row as a client sees it."""
        made = {name: cell(row) for name, cell in self._shape.items()}
        for name, column in self._links:
            if row[column.name] not in (ZERO, ""):
                made[f"{name}@navigationLinkUrl"] = f"{self._table.name}(guid'{row['Ref_Key']}')/{name}"
        return made

    def _cells(self) -> Shape:
        shape: Shape = {}
        for path in self._wanted:
            shape |= self._selected(path)
        return shape

    def _selected(self, path: str) -> Shape:
        table = self._table
        if path in ("*", "**"):
            return plain(table.columns) | (whole(table.sections) if path == "*" else {})
        if path == f"*{SHOWN}":
            ways = [column.navigation for column in table.columns.values() if column.targets]
            return {f"{way}{SHOWN}": self._presented(way) for way in ways}
        if path == OWN:
            return {OWN: table.presentation}
        if path.endswith(SHOWN):
            return {path: self._presented(path.removesuffix(SHOWN))}
        if path in table.columns:
            return plain({path: table.columns[path]})
        if path in table.sections:
            return whole({path: table.sections[path]})
        return self._deep(*path.partition("/")[::2])

    def _deep(self, first: str, rest: str) -> Shape:
        if first in self._table.sections and rest:
            return {first: section_part(first, self._table.sections[first], self._parts(first))}
        self._known(first)
        if rest and first in self._expanded:
            return {
                first: self._other(
                    first, [path.partition("/")[2] for path in self._wanted if path.startswith(f"{first}/")]
                )
            }
        if rest:
            return {}
        raise unknown_segment(first)

    def _parts(self, section: str) -> list[str]:
        found = [path.partition("/")[2] for path in self._wanted if path.startswith(f"{section}/")]
        for name in found:
            if name not in self._table.sections[section]:
                raise unknown_segment(name)
        return found

    def _known(self, way: str) -> None:
        if way not in {column.navigation for column in self._table.columns.values()} or not way:
            raise unknown_segment(way)

    def _other(self, way: str, names: list[str]) -> Cell:
        base, columns = self._table.base, self._table.columns

        def expanded(row: Row) -> dict[str, Any] | None:
            ref = referenced(row, way, columns)
            record = base.get(ref.set, ref.key) if ref else None
            return {name: record.row[name] for name in names if name in record.row} if record else None

        return expanded

    def _presented(self, name: str) -> Cell:
        base, columns = self._table.base, self._table.columns
        way = name.removesuffix("_Key")
        if way not in columns and f"{way}_Key" not in columns:
            raise unknown_segment(name)
        return lambda row: presented(base, columns, row, way)

    def _navigation(self) -> list[tuple[str, Column]]:
        if "Ref_Key" not in self._table.columns or self._table.section:
            return []
        return [
            (column.navigation, column)
            for column in self._table.columns.values()
            if column.targets and not column.mixed and column.name in self._shape
        ]


def presented(base: Base, columns: Columns, row: Row, way: str) -> str:
    """Return in words what a reference leads to, or the plain value of a field."""
    ref = referenced(row, way, columns)
    if ref is None:
        return str(row.get(way, ""))
    record, entity = base.get(ref.set, ref.key), base.types.get(ref.set)
    if record is None or entity is None:
        return f"<Объект не найден> ({ref.key})"
    return Table(base, entity).presentation(record.row)


def plain(columns: Columns) -> Shape:
    """Return the cells of columns; whole numbers of 64 bits are text."""
    return {name: getter(name, as_text=column.kind == COUNT) for name, column in columns.items()}


def getter(name: str, *, as_text: bool) -> Cell:
    """Return how one cell is read."""
    return (lambda row: str(row[name])) if as_text else (lambda row: row[name])


def whole(sections: dict[str, Columns]) -> Shape:
    """Return the cells of tabular sections."""
    return {name: section_part(name, columns, list(columns)) for name, columns in sections.items()}


def section_part(section: str, columns: Columns, names: list[str]) -> Cell:
    """Return how the lines of a tabular section are read, with these columns only."""
    counted = [name for name in names if columns[name].kind == COUNT]

    def lines(row: Row) -> list[dict[str, Any]]:
        made = []
        for line in row[section]:
            shown = {name: line[name] for name in names}
            for name in counted:
                shown[name] = str(line[name])
            made.append(shown)
        return made

    return lines
