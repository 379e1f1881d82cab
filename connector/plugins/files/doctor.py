"""What `doctor` says of a folder of tables: each file with its encoding, its header, and what lies beside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from connector.errors import AccessError
from connector.plugins.base import Check
from connector.plugins.files.folder import COLUMNS_TOML, Folder
from connector.plugins.files.tables import BY_NAME
from connector.tables.header import recognise
from connector.tables.records import Sheet, TableError


def look(folder: Folder, *, writes: bool) -> Iterator[Check]:
    """Yield a line for the folder, then one for each table; nothing more where it cannot be read."""
    try:
        found = folder.sheets
    except AccessError as error:
        yield Check("folder", ok=False, detail=str(error).removesuffix(f" — {error.hint}"), hint=error.hint)
        return
    except OSError as error:
        yield Check("folder", ok=False, detail=str(error), hint="check the path and the right to read it")
        return
    hint = f"put clients.csv there, or name your files in {COLUMNS_TOML}"
    if "clients" not in found:
        yield Check("clients", ok=False, detail=f"no table of clients in {folder.root}", hint=hint)
    else:
        yield Check("folder", ok=True, detail=f"{folder.root}: {', '.join(found)}")
    for name, sheet in found.items():
        yield _table(folder, name, sheet)
    for line in folder.unread:
        yield Check("beside the tables", ok=True, detail=line)
    if writes:
        yield _outbox(folder)


def _table(folder: Folder, name: str, sheet: Sheet) -> Check:
    try:
        first = next(islice(sheet.records(), 1), None)
        manner = sheet.manner
    except TableError as error:
        return Check(name, ok=False, detail=f"{sheet.place} {error}", hint="save it anew")
    if first is None:
        return Check(name, ok=False, detail=f"{sheet.place} is empty", hint="write at least its header")
    header = recognise(first.cells, BY_NAME[name], folder.titles.columns.get(name))
    if header.problem:
        detail = f"{sheet.place}:{first.line}: {header.problem}"
        return Check(name, ok=False, detail=detail, hint=f"mend the header, or name it in {COLUMNS_TOML}")
    other = f"; not of the format: {', '.join(header.others.values())}" if header.others else ""
    return Check(name, ok=True, detail=f"{sheet.place} ({manner}){other}")


def _outbox(folder: Folder) -> Check:
    may = os.access(folder.root, os.W_OK)
    hint = "" if may else "let this user write there"
    return Check("outbox", ok=may, detail=f"{folder.root} can{'' if may else 'not'} be written", hint=hint)
