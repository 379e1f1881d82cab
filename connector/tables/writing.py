"""Writes a table for people: a workbook, or CSV that a Russian Excel opens as it is."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (owasp.org, CSV Injection)."""


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write the rows, `.xlsx` as a workbook and anything else as CSV; return how many there are.

    The file is written anew beside itself and never half. No text becomes a formula; an unknown value is
    empty.
    """
    beside = path.with_name(f"~{path.name}")
    write = _workbook if path.suffix.lower() == ".xlsx" else _csv
    count = write(beside, header, rows)
    beside.replace(path)
    return count


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(header)
        for row in rows:
            writer.writerow([_harmless(value) for value in row])
            count += 1
    return count


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def _workbook(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    # Loaded here, since few commands write a workbook and all would wait for the library
    book = importlib.import_module("openpyxl").Workbook()
    sheet = book.active
    sheet.append(list(header))
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a name that begins with = is no formula
    book.save(path)
    return int(sheet.max_row) - 1
