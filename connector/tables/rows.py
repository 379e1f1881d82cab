"""Turns the cells of a row into values; the first cell that is wrong is named by file:line:column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from connector.tables.header import Header
from connector.tables.shape import Shape

LONGEST_QUOTE = 60


class CellError(ValueError):
    """A row that cannot be kept: `field` is the column's name, "" for the whole row."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def values(shape: Shape, header: Header, cells: Sequence[str], place: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return the value of each column that the file has, None for an empty cell; CellError if one is wrong.

    `place` is `file:line`. Trailing empty cells under no header are overlooked.
    """
    if header.problem:
        raise CellError(f"{place}: {header.problem}")
    _check_width(cells, len(header.positions) + len(header.others), place)
    found: dict[str, Any] = {}
    for column in shape.columns:
        position = header.positions.get(column.name)
        if position is None:
            continue
        cell = cells[position]
        try:
            found[column.name] = column.read(cell, zone) if cell else None
        except (ValueError, OverflowError) as error:
            message = f"{place}:{position + 1}: {column.name} is {_quoted(cell)}: {error}"
            raise CellError(message, column.name) from None
        if column.required and found[column.name] is None:
            raise CellError(f"{place}:{position + 1}: {column.name} is empty: fill it in", column.name)
    _check_span(shape, found, header, place)
    return found


def others(header: Header, cells: Sequence[str]) -> dict[str, str]:
    """Return the filled cells of the columns that the format does not know, by their titles."""
    return {title: cells[at] for at, title in header.others.items() if cells[at]}


def as_found(titles: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return the row as it stands in the file: each title with its cell; empty cells are left out."""
    return {title: cell for title, cell in zip(titles, cells, strict=False) if cell}


def key_of(shape: Shape, header: Header, cells: Sequence[str]) -> str:
    """Return what names the row in its table, "" where a part of it is missing."""
    parts = [
        cells[at] if (at := header.positions.get(name)) is not None and at < len(cells) else ""
        for name in shape.key
    ]
    return "|".join(parts) if parts[0] else ""


def _check_width(cells: Sequence[str], columns: int, place: str) -> None:
    if len(cells) < columns or any(cells[columns:]):
        raise CellError(f"{place}: {len(cells)} cells under {columns} columns: count the separators")


def _check_span(shape: Shape, found: Mapping[str, Any], header: Header, place: str) -> None:
    first, last = shape.span or ("", "")
    begins, ends = found.get(first), found.get(last)
    if begins is not None and ends is not None and ends < begins:
        raise CellError(f"{place}:{header.positions[last] + 1}: {last} is before {first}: swap them", last)


def _quoted(cell: str) -> str:
    return repr(cell if len(cell) <= LONGEST_QUOTE else f"{cell[:LONGEST_QUOTE]}…")


def problem_at(place: str, problem: str, column: int, header: Header) -> CellError:
    """Return the error of a row that cannot be read as cells; `column` from 1, 0 for the whole row."""
    if not column:
        return CellError(f"{place}: {problem}")
    name = next((name for name, at in header.positions.items() if at == column - 1), "")
    return CellError(f"{place}:{column}: {problem}", name)


Named = Mapping[str, str]
"""A firm's own titles of columns, each with ours."""
