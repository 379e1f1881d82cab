"""Reads a table as a stream: all of its rows whenever it changed, each with its place in the file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from connector.errors import AccessError, RecordError, RefusedError
from connector.model import Entity, Ref
from connector.plugins.base import Cursor, Page, Row, Stream, Visibility
from connector.plugins.files.entities import ENTITIES, entity
from connector.plugins.files.folder import Folder
from connector.tables.header import Header, recognise
from connector.tables.records import Record, Sheet, TableError
from connector.tables.rows import CellError, as_found, key_of, others, problem_at, values
from connector.tables.shape import Shape

LOG = logging.getLogger("connector.files")

PAGE = 2000
"""Rows kept in one transaction."""


class Table:
    """One table of the folder as a stream; `source` is the name of the source."""

    def __init__(self, shape: Shape, look: Callable[[], Folder], source: str, zone: ZoneInfo) -> None:
        self._shape = shape
        self._look = look
        self._source = source
        self._zone = zone
        self._header = lru_cache(maxsize=8)(self._recognised)

    def stream(self) -> Stream:
        """Return the stream; a pass that reads anything reads everything there is."""
        return Stream(
            self._shape.name,
            ENTITIES[self._shape.name],
            self.read,
            self.parse,
            row_id=lambda row: str(row["name"]),
            visibility=lambda: Visibility("full"),
            gone=self.gone,
            whole=True,
        )

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the rows, nothing if the file is as it was at the last pass.

        AccessError where a file that was read before is gone or without a header: nobody deletes all by
        that. RefusedError, after the rows went into quarantine, where the header cannot be used.
        """
        folder, name = self._look(), self._shape.name
        sheet = folder.sheets.get(name)
        if sheet is None:
            if cursor.since:
                raise self._error(f"the table {name} was here before and is not", "put it back")
            return
        with self._readable(sheet):
            if cursor.since and folder.unchanged(name, cursor.since):
                return
            stamp = folder.stamp(name)
            LOG.info("%s: %s is read as %s", self._source, sheet.place, sheet.manner)
            yield from self._pages(sheet, stamp, known=cursor.since is not None)

    def parse(self, row: Row) -> Sequence[Entity]:
        """Return the row's record; RecordError with file:line:column where it cannot be one."""
        titles, cells = row["titles"], row["cells"]
        header = self._header(tuple(titles))
        place = f"{row['file']}:{row['line']}"
        try:
            if row["problem"]:
                raise problem_at(place, row["problem"], row["column"], header)
            found = values(self._shape, header, cells, place, self._zone)
        except CellError as error:
            raise RecordError(str(error), field=error.field) from error
        ref = Ref(self._source, key_of(self._shape, header, cells))
        raw = as_found(titles, cells)
        return (entity(self._shape.name, ref, found, others(header, cells), raw),)

    def gone(self, ids: Sequence[str]) -> Set[str]:
        """Return those of the ids that stand on no row: what the file does not hold does not exist."""
        sheet = self._look().sheets.get(self._shape.name)
        if sheet is None:
            return set()
        with self._readable(sheet):
            return set(ids).difference(key for _, key in self._keys(sheet))

    @contextmanager
    def _readable(self, sheet: Sheet) -> Iterator[None]:
        """Say in one line why the table cannot be read, if it cannot."""
        try:
            yield
        except TableError as error:
            raise self._error(f"{sheet.place} {error}", "save it anew and pull again") from error
        except OSError as error:
            raise self._error(f"{sheet.place}: {error.strerror}", "check the file and its rights") from error

    def _pages(self, sheet: Sheet, stamp: str, *, known: bool) -> Iterator[Page]:
        records = sheet.records()
        first = next(records, None)
        if first is None:
            if known:
                raise self._error(
                    f"{sheet.place} is empty, without even a header", "an empty table is a header alone"
                )
            LOG.warning("%s: %s is empty, without even a header", self._source, sheet.place)
            return
        header = self._header(tuple(first.cells))
        superseded = self._superseded(sheet)
        rows: list[dict[str, Any]] = []
        for record in records:
            rows.append(self._row(sheet, first.cells, record, superseded))
            if len(rows) == PAGE:
                yield Page(rows, watermark=stamp)
                rows = []
        yield Page(rows, watermark=stamp)
        if header.problem:
            raise RefusedError(header.problem, where=f"{sheet.place}:{first.line}", hint="mend the header")

    def _row(
        self, sheet: Sheet, titles: list[str], record: Record, superseded: Mapping[str, int]
    ) -> dict[str, Any]:
        """Return the row as it goes to quarantine if need be: whole, and with all that `parse` needs."""
        key = self._key(record, self._header(tuple(titles)))
        last = superseded.get(key, record.line)
        again = f"the same {', '.join(self._shape.key)} again on line {last}, which counts"
        return {
            "name": key if key and last == record.line else f"{key}#{record.line}",
            "file": sheet.place,
            "line": record.line,
            "titles": titles,
            "cells": record.cells,
            "problem": record.problem if last == record.line else again,
            "column": record.column,
        }

    def _superseded(self, sheet: Sheet) -> dict[str, int]:
        """Return each key that stands on several rows, with its last line; hashes take less room."""
        seen: set[int] = set()
        repeated: dict[str, int] = {}
        for line, key in self._keys(sheet):
            if hash(key) in seen:
                repeated[key] = line
            seen.add(hash(key))
        return repeated

    def _keys(self, sheet: Sheet) -> Iterator[tuple[int, str]]:
        records = sheet.records()
        header = self._header(tuple(first.cells)) if (first := next(records, None)) else Header({}, {})
        for record in records:
            if key := self._key(record, header):
                yield record.line, key

    def _key(self, record: Record, header: Header) -> str:
        """Return what names the row; "" for one that could not be cut into cells."""
        broken = record.problem and not record.column
        return "" if broken else key_of(self._shape, header, record.cells)

    def _recognised(self, titles: tuple[str, ...]) -> Header:
        return recognise(titles, self._shape, self._look().titles.columns.get(self._shape.name))

    def _error(self, message: str, hint: str) -> AccessError:
        return AccessError(message, hint=hint, where=self._source)
