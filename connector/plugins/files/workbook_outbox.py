"""The outbox of a firm that keeps its tables in a workbook: `outbox.xlsx` beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from connector.errors import AccessError
from connector.plugins.files.outbox import COLUMNS, OutboxRow, changed_header, not_written


class WorkbookOutbox:
    """Rows on the first sheet; the file is written anew beside itself and never half."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self) -> Mapping[str, int]:
        """Return the key of every row and its line."""
        rows = self._book().active.iter_rows(min_row=2, max_col=1, values_only=True)
        return {str(key): line for line, (key,) in enumerate(rows, 2) if key}

    def add(self, rows: Sequence[OutboxRow]) -> None:
        """Append the rows; AccessError where the file cannot be written."""
        book = self._book()
        for row in rows:
            book.active.append(row)
            for cell in book.active[book.active.max_row]:
                cell.data_type = "s"  # a title that begins with = is no formula
        beside = self._path.with_name(f"~{self._path.name}")
        try:
            book.save(beside)
            beside.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise not_written(self._path, error) from error

    def _book(self) -> Any:
        if not self._path.exists():
            book = Workbook()
            book.active.append(COLUMNS)
            return book
        try:
            book = load_workbook(self._path)
        except Exception as error:  # whatever is wrong inside a zip of XML: it names no base class
            raise AccessError(
                f"is no workbook: {error}", where=str(self._path), hint="rename it: a new one will be made"
            ) from error
        if tuple(cell.value for cell in book.active[1]) != COLUMNS:
            raise changed_header(self._path)
        return book
