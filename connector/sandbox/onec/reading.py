"""Chooses the rows of a set: rights, filter, order, page; and all the ways in which 1C loses rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from connector.sandbox.onec.addressing import Asked
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.edm import GUID, Columns, EntityType, Row
from connector.sandbox.onec.errors import (
    INCOMPARABLE,
    NO_MEMORY,
    NO_RIGHTS,
    ODataError,
    bad_option,
    unhandled,
)
from connector.sandbox.onec.expressions import MEMO, MIXED
from connector.sandbox.onec.filters import parse
from connector.sandbox.onec.paths import Paths
from connector.sandbox.onec.visibility import hidden

MEMORY = 200_000
"""Record sets of a register that the server can hold without a window of time."""
REMEMBERED = 4
KEYS = re.compile(r"Ref_Key eq guid'[0-9a-fA-F-]{36}'(?: or Ref_Key eq guid'[0-9a-fA-F-]{36}')*")
GUIDS = re.compile(r"guid'([0-9a-f-]{36})'")
SWITCHES = (
    "hidden_rows",
    "own_rows_only",
    "small_memory",
    "deletion_filter_lies",
    "strict_composite",
    "wrong_field_is_empty",
)
"""Faults that change which rows a query finds."""
Key = Callable[[Row], Any]


class Table:
    """What a query runs over: an entity set, or the lines of a tabular section as a set of their own."""

    def __init__(self, base: Base, entity: EntityType, section: str = "") -> None:
        self.base, self.entity, self.section = base, entity, section
        self.columns: Columns = entity.sections[section] if section else entity.columns
        self.sections = {} if section else entity.sections
        self.name = f"{entity.name}_{section}" if section else entity.name

    def rows(self) -> Iterable[Row]:
        """Walk all rows."""
        if not self.section:
            return self.base.rows(self.entity.name)
        return (line for row in self.base.rows(self.entity.name) for line in row[self.section])

    def paths(self) -> Paths:
        """Return the paths from a row."""
        return Paths(self.base, self.columns, self.sections)

    def presentation(self, row: Row) -> str:
        """Return how 1C shows a row in words."""
        if "Description" in row:
            return str(row["Description"])
        if "Number" in row:
            return f"{self.entity.name.partition('_')[2]} {row['Number']} от {row['Date'].replace('T', ' ')}"
        return ""


class Chosen:
    """The last few selections of a base, kept until anything in it changes: later pages are cheap."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], list[Row]] = {}
        self._stamp = -1

    def rows(self, table: Table, asked: Asked) -> list[Row]:
        """Return all rows of a query, in its order, before `$skip` and `$top`."""
        base = table.base
        if self._stamp != base.changes:
            self._kept.clear()
            self._stamp = base.changes
        switched = tuple((base.faults.on(name), base.faults.text(name)) for name in SWITCHES)
        place = (table.name, asked.get("$filter"), asked.get("$orderby"), asked.allowed_only, switched)
        if place not in self._kept:
            if len(self._kept) >= REMEMBERED:
                self._kept.pop(next(iter(self._kept)))
            self._kept[place] = select(table, asked)
        return self._kept[place]


def select(table: Table, asked: Asked) -> list[Row]:
    """Filter, check rights and sort."""
    rows = filtered(table, asked.get("$filter"))
    closed = hidden(table.base, table.entity)
    if closed:
        kept = [row for row in rows if not closed(row)]
        if len(kept) < len(rows) and not asked.allowed_only:
            raise ODataError(401, 20, NO_RIGHTS)
        rows = kept
    return ordered(table, rows, asked.get("$orderby"))


def filtered(table: Table, text: str) -> list[Row]:
    """Return the rows that pass the filter."""
    faults = table.base.faults
    limit = faults.number("small_memory") or MEMORY
    windowed = "RecordSet/any" in text and "Period" in text
    if (
        "RecordSet" in table.entity.sections
        and not windowed
        and len(table.base.records[table.entity.name]) > limit
    ):
        raise unhandled(NO_MEMORY)
    if not table.section and KEYS.fullmatch(text):
        return by_keys(table, text)
    rows = list(table.rows())
    if not text:
        return rows
    if faults.covers("deletion_filter_lies", table.name):
        text = text.replace("DeletionMark eq false", "true")
    try:
        test = parse(text, table.paths(), strict_mixed=faults.on("strict_composite"))
    except ODataError as error:
        if error.code == 6 and faults.on("wrong_field_is_empty"):
            return []
        raise
    return [row for row in rows if test(row)]


def by_keys(table: Table, text: str) -> list[Row]:
    """Return the objects with the keys of the filter, as the index of the database finds them."""
    found = (table.base.get(table.entity.name, key) for key in dict.fromkeys(GUIDS.findall(text.lower())))
    return [record.row for record in found if record is not None]


def ordered(table: Table, rows: list[Row], text: str) -> list[Row]:
    """Sort by `$orderby`; a register of a recorder accepts any order and keeps its own."""
    terms = [part.split() for part in text.split(",") if part.strip()]
    for term in terms:
        if len(term) > 2 or (len(term) == 2 and term[1] not in ("asc", "desc")):
            raise bad_option("$orderby")
    keys = [(sort_key(table, term[0]), term[-1] == "desc") for term in terms]
    if "Recorder" in table.columns:
        return rows
    for key, falling in reversed(keys):
        rows = sorted(rows, key=key, reverse=falling)
    return rows


def sort_key(table: Table, path: str) -> Key:
    """Return what to sort by: a reference sorts by how it is shown and not by its key, as 1C does."""
    if path.endswith(("+desc", "+asc")):
        raise bad_option("$orderby")
    found = table.paths().cell(path)
    if found.kind == MEMO:
        raise unhandled(INCOMPARABLE)
    if found.kind == GUID and path == "Ref_Key":
        return lambda row: (shown(table, row).lower(), str(row["Ref_Key"])[::-1])
    if found.kind in (GUID, MIXED):
        return lambda row: str(found.get({"": row}))[::-1]
    return lambda row: lowered(found.get({"": row}))


def shown(table: Table, row: Row) -> str:
    """Return the presentation of the object a row belongs to."""
    if not table.section:
        return table.presentation(row)
    record = table.base.get(table.entity.name, row["Ref_Key"])
    return Table(table.base, table.entity).presentation(record.row) if record else ""


def lowered(value: Any) -> Any:
    """Return a value as the database sorts it: letters without their case."""
    return value.lower() if isinstance(value, str) else value


def page(table: Table, rows: list[Row], asked: Asked) -> list[Row]:
    """Cut the page: first `$skip`, then `$top`; ties fall differently on every page."""
    skip, top = asked.whole("$skip") or 0, asked.whole("$top")
    if asked.get("$inlinecount") == "allpages" and table.base.faults.on("count_pulls_all"):
        return rows
    if skip:
        rows = unsettled(table, rows, asked.get("$orderby"), skip)
    return rows[skip:] if top is None else rows[skip : skip + top]


def unsettled(table: Table, rows: list[Row], order: str, skip: int) -> list[Row]:
    """Return the rows as a later request finds them: without a whole order the database begins elsewhere.

    Without any order everything moves by a row; lines of a tabular section sorted by Ref_Key alone come in
    another order within each object.
    """
    if "Recorder" in table.columns:
        return rows
    if not order:
        turn = 1 + skip % 3
        return rows[turn:] + rows[:turn]
    names = {term.split()[0] for term in order.split(",")}
    if table.section and "Ref_Key" in names and "LineNumber" not in names:
        return sorted(
            rows, key=lambda row: (shown(table, row).lower(), row["Ref_Key"][::-1], -row["LineNumber"])
        )
    return rows


def table_of(base: Base, name: str) -> Table | None:
    """Return the table of a set or of a tabular section's own set, None if the composition has none."""
    types = base.published()
    if name in types:
        return Table(base, types[name])
    if name.endswith("_RecordType"):
        register = types.get(name.removesuffix("_RecordType"))
        return Table(base, register, "RecordSet") if register and "RecordSet" in register.sections else None
    for entity in types.values():
        section = name.removeprefix(f"{entity.name}_")
        if section != name and section in entity.sections and section != "RecordSet":
            return Table(base, entity, section)
    return None
