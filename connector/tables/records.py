"""What readers of tables give: the rows with their lines, and a word about how the table is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the line on which it begins (from 1) and its cells as text, trimmed.

    `problem` says why the row cannot be read as cells, at `column` (from 1; 0: the whole row).
    """

    line: int
    cells: list[str]
    problem: str = ""
    column: int = 0


class TableError(Exception):
    """The table cannot be read at all: the message says why."""


class Sheet(Protocol):
    """A table that can be read from its beginning any number of times."""

    @property
    def place(self) -> str:
        """The file's name, with the sheet's where there are several."""

    @property
    def manner(self) -> str:
        """How it is written: encoding and separator; for people."""

    def records(self) -> Iterator[Record]:
        """Yield the header first, then the rows; lines without any text are no rows. TableError."""
