"""Finds the tables in a folder of CSV files, or in one workbook, by their English, Russian or given names."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from connector.errors import AccessError, ConfigError
from connector.plugins.files.stamp import is_same, take
from connector.plugins.files.tables import BY_NAME, SHAPES
from connector.tables.csvtext import CsvSheet
from connector.tables.records import Sheet, TableError
from connector.tables.shape import Shape, find, normal
from connector.tomlfile import TomlFile, did_you_mean, read_toml

COLUMNS_TOML = "columns.toml"
OUTBOX = "outbox"
FORMAT = 1
"""Goes up when the same file would be read to other records than before: then all is read anew."""

_TEXT_FILES = frozenset({".csv", ".tsv", ".txt"})


@dataclass(frozen=True)
class Titles:
    """What `columns.toml` says: the firm's names of tables, and of columns by table; both lead to ours."""

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Folder:
    """One folder or workbook as it is now; AccessError where it cannot be read. Look again with a new one."""

    def __init__(self, path: Path, source: str, zone: str) -> None:
        self._path = path
        self._source = source
        self._zone = zone

    @cached_property
    def root(self) -> Path:
        """The folder that holds the tables, and where the outbox goes."""
        if not self._path.exists():
            raise self._error(f"there is no {self._path}", "mend `path`, or bring the disk back")
        return self._path if self._path.is_dir() else self._path.parent

    @cached_property
    def workbook(self) -> Path | None:
        """The workbook that holds the tables; None where they are CSV files."""
        if not self.root.samefile(self._path):
            return self._path
        books = [
            file for file in sorted(self.root.glob("*.xlsx")) if not file.name.startswith(("~$", OUTBOX))
        ]
        return books[0] if len(books) == 1 and not self._texts else None

    @cached_property
    def titles(self) -> Titles:
        """The firm's own names; AccessError with file:line:column where columns.toml is wrong."""
        path = self.root / COLUMNS_TOML
        try:
            return _read_titles(read_toml(path)) if path.exists() else Titles()
        except ConfigError as error:
            raise AccessError(error.message, hint=error.hint, where=error.where) from error

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """Every table that is there, by our name for it."""
        found: dict[str, Sheet] = {}
        for title, sheet in self._everything.items():
            shape = self._shape(title)
            if shape is not None:
                found.setdefault(shape.name, sheet)
        return found

    @cached_property
    def unread(self) -> list[str]:
        """What lies beside the tables and is none, each with the nearest name that would be read."""
        taken = [sheet.place for sheet in self.sheets.values()]
        names = [name for shape in SHAPES for name in shape.names]
        return [
            f"{sheet.place} is not read{did_you_mean(title, names)}"
            for title, sheet in self._everything.items()
            if sheet.place not in taken
        ]

    def stamp(self, table: str) -> str:
        """Return what tells whether the table, which must be there, changes from now on."""
        return str(take(self._file(table), self._manner(table)))

    def unchanged(self, table: str, stamp: str) -> bool:
        """Tell whether the table, which must be there, is what it was when that stamp was taken."""
        return is_same(self._file(table), self._manner(table), stamp)

    def _file(self, table: str) -> Path:
        return self.workbook or self.root / self.sheets[table].place

    def _manner(self, table: str) -> str:
        titles = sorted(self.titles.columns.get(table, {}).items())
        told = json.dumps([titles, self.sheets[table].place, self._zone, FORMAT])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @cached_property
    def _texts(self) -> dict[str, Sheet]:
        files = (file for file in sorted(self.root.iterdir()) if file.suffix.lower() in _TEXT_FILES)
        return {file.stem: CsvSheet(file) for file in files if file.is_file() and file.stem != OUTBOX}

    @cached_property
    def _everything(self) -> dict[str, Sheet]:
        if self.workbook is None:
            return self._texts
        # Loaded here, since few firms keep a workbook and all would wait for the library
        reader = importlib.import_module("connector.tables.workbook")
        try:
            titles = reader.sheet_titles(self.workbook)
        except TableError as error:
            raise self._error(f"{self.workbook.name} {error}", "save it anew as .xlsx") from error
        return {title: reader.WorkbookSheet(self.workbook, title) for title in titles}

    def _shape(self, title: str) -> Shape | None:
        named = {normal(given): name for given, name in self.titles.tables.items()}
        return find(named.get(normal(title), title), SHAPES)

    def _error(self, message: str, hint: str) -> AccessError:
        return AccessError(message, hint=hint, where=self._source)


def _read_titles(file: TomlFile) -> Titles:
    """Return the names; ConfigError at the first table or column that is not ours."""
    tables: dict[str, str] = {}
    columns: dict[str, dict[str, str]] = {}
    for table, given in file.data.items():
        if table != "tables" and table not in BY_NAME:
            raise _wrong(file, (table,), f"no table {table!r}{did_you_mean(table, ['tables', *BY_NAME])}")
        known = list(BY_NAME) if table == "tables" else [column.name for column in BY_NAME[table].columns]
        for title, name in (given if isinstance(given, dict) else {}).items():
            if name not in known:
                raise _wrong(
                    file, (table, title), f"{name!r} is no name of ours{did_you_mean(str(name), known)}"
                )
            (tables if table == "tables" else columns.setdefault(table, {}))[title] = name
    return Titles(tables, columns)


def _wrong(file: TomlFile, keys: tuple[str, ...], message: str) -> ConfigError:
    return ConfigError(message, where=file.place(keys), hint='write "your title" = "our name"')
