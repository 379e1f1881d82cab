"""What a table is made of: its columns, what their cells hold, and their names in English and Russian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

Reader = Callable[[str, ZoneInfo], Any]
"""Turns the trimmed text of a filled cell into a value; ValueError says what was expected."""


@dataclass(frozen=True)
class Column:
    """One column: its name in the format, how a cell is read, its Russian headers."""

    name: str
    read: Reader
    russian: tuple[str, ...] = ()
    required: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Shape:
    """One table: its name (of the file or sheet), its columns, its Russian names.

    `key` are the columns that name a row; of rows with the same key the last one counts (clarification 4).
    `span` are the columns of a first and a last day, where the last may not come before the first.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    russian: tuple[str, ...] = ()
    span: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the table may go by."""
        return (self.name, *self.russian)

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError if there is none."""
        return next(column for column in self.columns if column.name == name)


def normal(title: str) -> str:
    """Return a title as it is compared: case, ё, stars and the kind of blanks say nothing."""
    words = title.casefold().replace("ё", "е").replace("_", " ").replace("-", " ").strip("*: \t\n\ufeff")
    return " ".join(words.split())


def find(wanted: str, shapes: Sequence[Shape]) -> Shape | None:
    """Return the table that goes by the name."""
    name = normal(wanted)
    return next((shape for shape in shapes if name in map(normal, shape.names)), None)
