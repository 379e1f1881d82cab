"""Reads and writes the neutral company as a folder of CSV files; a slip in an example is an error."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connector import clock
from connector.errors import ConfigError
from connector.sandbox.company.cells import reader
from connector.sandbox.company.records import records
from connector.sandbox.company.renumber import renumber
from connector.sandbox.company.tables import COLUMNS, Company, Row

__all__ = ["REQUIRED", "read_folder", "renumber", "write_folder"]

REQUIRED: dict[str, tuple[str, ...]] = {
    "employees": ("id", "name"),
    "clients": ("id", "name"),
    "contacts": ("id", "client", "name"),
    "events": ("id", "client", "kind", "status"),
    "deals": ("id", "client", "stage", "stage_kind"),
    "stage_history": ("deal", "stage", "entered_at"),
    "sales": ("id", "client", "date", "amount"),
    "ownership": ("client", "employee", "valid_from"),
    "absences": ("employee", "from_date", "to_date"),
    "field_changes": ("client", "field", "at"),
    "answers": ("client", "criterion", "answer"),
}
"""The columns every file must have; their cells must be filled."""


def read_folder(path: Path, as_of: datetime, zone: str = "Europe/Moscow") -> Company:
    """Read `<table>.csv` files, UTF-8 or cp1251, `,` or `;`; a file or an optional column may be missing.

    Times come out with the zone's offset (a naive one is a reading of the zone's clock, a bare date its
    midnight), flags as 1/0, decimals with a point; other text is left as it is. ConfigError with file:line at
    the first column, id or cell that is wrong.
    """
    if not path.is_dir():
        raise ConfigError("no such folder", where=str(path), hint="name a folder of CSV files")
    local = clock.zone(zone)
    tables = {table: read_table(path / f"{table}.csv", table, local) for table in COLUMNS}
    return Company(as_of=clock.aware(as_of, local), zone=zone, tables=tables)


def write_folder(company: Company, path: Path) -> None:
    """Write every non-empty table as `<table>.csv` in UTF-8; the file of a table that is empty now goes."""
    path.mkdir(parents=True, exist_ok=True)
    for table, columns in COLUMNS.items():
        target = path / f"{table}.csv"
        if rows := company.tables.get(table):
            write_table(target, columns, rows)
        else:
            target.unlink(missing_ok=True)


def write_table(target: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Write one table, header first."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def read_table(file: Path, table: str, local: ZoneInfo) -> list[Row]:
    """Read one file into rows of all the table's columns; a missing file is an empty table."""
    if not file.exists():
        return []
    lines = records(file)
    line, titles = next(lines, (1, []))
    header = [title.strip() for title in titles]
    check_header(header, table, f"{file}:{line}")
    rows: list[Row] = []
    seen: dict[str, int] = {}
    cell_readers = {column: found for column in header if (found := reader(column, local))}
    for line, cells in lines:
        where = f"{file}:{line}"
        row = read_row(header, cells, table, cell_readers, where)
        check_id(row, seen, line, where)
        rows.append(row)
    return rows


def check_header(header: list[str], table: str, where: str) -> None:
    """Raise ConfigError for an unknown, a repeated or a missing required column."""
    if unknown := [column for column in header if column not in COLUMNS[table]]:
        raise ConfigError(
            f"unknown column {unknown[0]!r}", where=where, hint=f"{table} has {', '.join(COLUMNS[table])}"
        )
    if repeated := [column for column in header if header.count(column) > 1]:
        raise ConfigError(f"column {repeated[0]!r} stands twice", where=where, hint="keep one of them")
    if missing := [column for column in REQUIRED[table] if column not in header]:
        raise ConfigError(f"column {missing[0]!r} is missing", where=where, hint="add it to the header")


def read_row(
    header: list[str],
    cells: list[str],
    table: str,
    cell_readers: dict[str, tuple[str, Callable[[str], str]]],
    where: str,
) -> Row:
    """Return the row with every column of its table, typed cells in their one form."""
    if len(cells) != len(header):
        raise ConfigError(
            f"{len(cells)} cells under {len(header)} columns", where=where, hint="count the separators"
        )
    row = dict.fromkeys(COLUMNS[table], "") | dict(zip(header, cells, strict=True))
    if empty := [column for column in REQUIRED[table] if not row[column].strip()]:
        raise ConfigError(f"{empty[0]} is empty", where=where, hint="fill it in")
    for column, (wanted, read) in cell_readers.items():
        row[column] = read_cell(row[column], column, wanted, read, where)
    return row


def read_cell(text: str, column: str, wanted: str, read: Callable[[str], str], where: str) -> str:
    """Return the cell in its one form; an empty one stays empty."""
    try:
        return read(text) if text.strip() else ""
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{column} = {text!r}", where=where, hint=f"write {wanted}") from error


def check_id(row: Row, seen: dict[str, int], line: int, where: str) -> None:
    """Raise ConfigError when the table has ids and this one stood before."""
    if "id" not in row:
        return
    if row["id"] in seen:
        raise ConfigError(
            f"id {row['id']!r} is already on line {seen[row['id']]}",
            where=where,
            hint="give each row its own id",
        )
    seen[row["id"]] = line
