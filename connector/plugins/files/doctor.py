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
        said = f"{error.where}: {error.message}" if error.where else error.message
        yield Check("folder", "failed", said, error.hint, vital=True)
        return
    except OSError as error:
        fix = "check the path and the right to read it"
        yield Check("folder", "failed", f"{error.filename}: {error.strerror}", fix, vital=True)
        return
    yield Check("folder", "ok", str(folder.root), vital=True)
    if "clients" not in found:
        fix = f"put clients.csv there, or name your file in {COLUMNS_TOML}"
        yield Check("clients", "failed", f"no table of clients in {folder.root}", fix)
    for name, sheet in found.items():
        yield _table(folder, name, sheet)
    for line in folder.unread:
        yield Check("beside", "warn", line, f"give it a name of ours, or name it in {COLUMNS_TOML}")
    if writes:
        yield _outbox(folder)


def _table(folder: Folder, name: str, sheet: Sheet) -> Check:
    try:
        first = next(islice(sheet.records(), 1), None)
        manner = sheet.manner
    except TableError as error:
        return Check(name, "failed", f"{sheet.place} {error}", "save it anew")
    if first is None:
        return Check(name, "failed", f"{sheet.place} is empty", "write at least its header")
    header = recognise(first.cells, BY_NAME[name], folder.titles.columns.get(name))
    if header.problem:
        fix = f"mend the header, or name the column in {COLUMNS_TOML}"
        return Check(name, "failed", f"{sheet.place}:{first.line}: {header.problem}", fix)
    other = f"; not of the format: {', '.join(header.others.values())}" if header.others else ""
    return Check(name, "ok", f"{sheet.place} ({manner}){other}")


def _outbox(folder: Folder) -> Check:
    if os.access(folder.root, os.W_OK):
        return Check("outbox", "ok", f"{folder.root} can be written")
    return Check("outbox", "failed", f"{folder.root} cannot be written", "let this user write there")
