"""Reads CSV as programs write it; a broken line steps aside alone, whatever its quotes do."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from connector.tables.cells import LARGEST_TEXT
from connector.tables.encoding import detect
from connector.tables.records import Record, TableError

SEPARATORS = ",;\t"
LONGEST_ROW = 1000
"""Lines of one row: a quote that is still open after so many was never meant to be closed."""

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}

csv.field_size_limit(2**31 - 1)  # a cell too long for us is to be kept and told of, not to stop the file


@dataclass(frozen=True)
class CsvSheet:
    """One CSV file; encoding and separator are found out."""

    path: Path

    @property
    def place(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def manner(self) -> str:
        """The encoding and the separator, in words."""
        return f"{self.encoding}, {_NAMES[self.separator]}"

    @cached_property
    def encoding(self) -> str:
        """The encoding by the file's bytes."""
        return detect(self.path)

    @cached_property
    def separator(self) -> str:
        """The separator that the first line with text has most of; a line `sep=;` of Excel names it."""
        for line in self._lines():
            if named := _named_separator(line):
                return named
            if line.strip():
                bare = "".join(line.split('"')[::2])
                return max(SEPARATORS, key=bare.count)
        return SEPARATORS[0]

    def records(self) -> Iterator[Record]:
        """Yield the header and the rows; rows of separators alone at the end of the file are none."""
        hollow: list[Record] = []
        for record in _Splitter(self._lines(), self.separator):
            if not record.problem and not any(record.cells):
                if record.cells:
                    hollow.append(record)
                continue
            yield from hollow
            hollow.clear()
            yield record

    def _lines(self) -> Iterator[str]:
        try:
            with self.path.open(encoding=self.encoding, errors="surrogateescape", newline="") as file:
                yield from file
        except OSError as error:
            raise TableError(f"cannot be read: {error.strerror}") from error
        except UnicodeError as error:  # UTF-16 cut in the middle of a character
            raise TableError(f"is no {self.encoding} text: {error}") from error


class _Splitter:
    """Cuts lines into rows; of one that cannot be cut the first line steps aside, the rest is tried anew."""

    def __init__(self, lines: Iterator[str], separator: str) -> None:
        self._lines = lines
        self._separator = separator
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0

    def __iter__(self) -> Iterator[Record]:
        reader = self._reader()
        while True:
            self._taken.clear()
            first = self._line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _UnclosedError) as error:
                yield Record(first, [_legible(self._give_back())], _said(error))
                reader = self._reader()
                continue
            if first == 1 and _named_separator(self._taken[0]):
                continue
            yield _checked(Record(first, [cell.strip() for cell in cells]))

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), delimiter=self._separator, strict=True)

    def _feed(self) -> Iterator[str]:
        while True:
            if len(self._taken) >= LONGEST_ROW:
                raise _UnclosedError
            line = self._waiting.popleft() if self._waiting else next(self._lines, None)
            if line is None:
                return
            self._line += 1
            self._taken.append(line)
            yield line

    def _give_back(self) -> str:
        """Return the broken row's first line; those after it will be read again."""
        bad, *rest = self._taken
        self._waiting.extendleft(reversed(rest))
        self._line -= len(rest)
        return bad.rstrip("\r\n")


class _UnclosedError(Exception):
    """A quote that is never closed."""


def _said(error: Exception) -> str:
    if isinstance(error, _UnclosedError) or "unexpected end" in str(error):
        return "a quote is opened and never closed; double the quotes inside a cell"
    return f"{error}; double the quotes inside a cell"


def _checked(record: Record) -> Record:
    """Return the row, with the first cell named that no table of ours may hold."""
    for column, cell in enumerate(record.cells, 1):
        if problem := forbidden(cell):
            return Record(record.line, [_legible(each) for each in record.cells], problem, column)
    return record


def _legible(cell: str) -> str:
    r"""Return the text with bytes that could not be decoded as `\xNN`, so that it can be kept."""
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def forbidden(cell: str) -> str:
    """Return why the text may not be kept, "" if it may."""
    if len(cell) > LARGEST_TEXT:
        return f"{len(cell)} characters in one cell, more than {LARGEST_TEXT}"
    if "\x00" in cell:
        return "a NUL character in the cell: the file is damaged"
    if not cell.isascii() and any("\ud800" <= letter <= "\udfff" for letter in cell):
        return "bytes that do not belong to the file's encoding: save it anew as UTF-8"
    return ""


def _named_separator(line: str) -> str:
    """Return the separator of a line such as `sep=;`, "" for any other line."""
    bare = line.strip("\ufeff\r\n")
    return bare[4] if len(bare) == 5 and bare[:4].lower() == "sep=" and bare[4] in SEPARATORS else ""
