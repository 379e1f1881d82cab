"""The outbox: a table to which each change is added once, for whoever carries it out."""

from __future__ import annotations

import csv
import io
import os
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from connector import clock
from connector.changes import AddNote, Change, ChangeOwner, CreateTask, PlanContact, SetField, SetFlag
from connector.errors import AccessError
from connector.tables.csvtext import CsvSheet
from connector.tables.records import Record, TableError

COLUMNS = ("key", "kind", "client", "employee", "title", "due", "field", "value", "reason", "at")

OutboxRow = Sequence[str]
"""The cells of one change, in the order of COLUMNS."""


class Outbox(Protocol):
    """What changes are added to."""

    @abstractmethod
    def keys(self) -> Mapping[str, int]:
        """Return the key of every whole row and its line."""

    @abstractmethod
    def add(self, rows: Sequence[OutboxRow]) -> None:
        """Add the rows, all or none; AccessError where that cannot be."""


class CsvOutbox:
    """`outbox.csv`: UTF-8 with commas when it is made by us, else as it was saved last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sheet = CsvSheet(path)

    def keys(self) -> Mapping[str, int]:
        """Return the key of every whole row and its line; a row that a crash cut short is none."""
        if self._is_new:
            return {}
        header, records = self._read()
        if tuple(header) != COLUMNS or self._sheet.encoding.startswith("utf-16"):
            raise changed_header(self._path)
        whole = [record for record in records if len(record.cells) >= len(COLUMNS)]
        cut = None if self._ended or not records else records[-1]
        return {record.cells[0]: record.line for record in whole if record is not cut}

    def add(self, rows: Sequence[OutboxRow]) -> None:
        """Append the rows in one write and wait until the disk has them."""
        text = io.StringIO()
        fresh = self._is_new
        if not fresh and not self._ended:
            text.write("\r\n")
        writer = csv.writer(text, delimiter="," if fresh else self._sheet.separator)
        writer.writerows([COLUMNS, *rows] if fresh else rows)
        encoding = "utf-8" if fresh else self._sheet.encoding.replace("-sig", "")
        try:
            _append(self._path, text.getvalue().encode(encoding, errors="backslashreplace"))
        except OSError as error:
            raise not_written(self._path, error) from error

    def _read(self) -> tuple[list[str], list[Record]]:
        """Return the header and the rows."""
        try:
            header, *records = [*self._sheet.records()] or [Record(1, [])]
        except TableError as error:
            raise AccessError(str(error), where=str(self._path), hint="check its rights") from error
        return header.cells, records

    @property
    def _is_new(self) -> bool:
        return not self._path.exists() or self._path.stat().st_size == 0

    @property
    def _ended(self) -> bool:
        """Whether the last line is whole."""
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"


def outbox_row(change: Change) -> OutboxRow:
    """Return the cells of a change; a flag is 1 or 0, an empty value an empty cell. Times have an offset."""
    at = clock.now().isoformat(timespec="seconds")
    told = {"employee": "", "title": "", "due": "", "field": "", "value": ""} | _told(change)
    return (
        change.key,
        str(type(change).model_fields["kind"].default),
        change.target,
        *told.values(),
        change.reason,
        at,
    )


def _told(change: Change) -> dict[str, str]:
    match change:
        case CreateTask():
            due = change.due.isoformat()
            return {"employee": change.assignee, "title": change.title, "due": due, "value": change.text}
        case PlanContact():
            due = change.due.isoformat()
            told = {"employee": change.assignee, "title": change.title, "due": due, "value": change.text}
            return told | {"field": change.contact}
        case SetField():
            return {"field": change.field, "value": "" if change.new is None else str(change.new)}
        case SetFlag():
            return {"field": change.flag, "value": str(int(change.new))}
        case ChangeOwner():
            return {"employee": change.new, "field": "owner", "value": change.new}
        case AddNote():
            return {"value": change.text}
    raise TypeError(f"no row is known for {type(change).__name__}")


def _append(path: Path, data: bytes) -> None:
    """Add the bytes; what a full disk cut short is taken back."""
    with path.open("ab") as file:
        size = file.tell()
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(size)
            raise


def changed_header(path: Path) -> AccessError:
    """Return the error of an outbox whose columns somebody changed."""
    return AccessError(
        f"its columns are not {', '.join(COLUMNS)}", where=str(path), hint="rename it: a new one will be made"
    )


def not_written(path: Path, error: OSError) -> AccessError:
    """Return the error of an outbox that the system does not let us write."""
    return AccessError(
        f"cannot be written: {error.strerror or error}",
        where=str(path),
        hint="close it in Excel, check its rights",
    )
