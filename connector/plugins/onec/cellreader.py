"""Reads the cells of a resolved profile in a row: columns, lines of sections, references to other sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from connector.identifiers import phone
from connector.plugins.onec.lookups import Lookups
from connector.plugins.onec.profile import Bridge, Cell, Cells, Column, Join, Table
from connector.plugins.onec.query import both, either, refers, wanted
from connector.plugins.onec.values import NEVER, NOBODY, SPACE, UNDEFINED, dialled, key, text

Row = Mapping[str, Any]
Ref = tuple[str, str]
"""The set of an object and its key."""
PROPERTY = "Свойство"
"""The column by which a line of additional attributes names its attribute (БСП, all configurations)."""
_TITLES = ("Description", "Заголовок")
NAME = "Description"


class Attributes:
    """The additional attributes of a base: their keys by title."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._sets: set[str] = set()
        self._known: dict[str, set[str]] | None = None

    def want(self, sets: Sequence[str]) -> None:
        """Note the sets in which attributes are described."""
        for each in sets:
            self._lookups.want(each, _TITLES)
        self._sets |= set(sets)

    def keys(self, title: str) -> set[str]:
        """Return the keys of the attributes with this title; several cards may each have one of that name."""
        if self._known is None:
            self._known = {}
            for record in (record for each in sorted(self._sets) for record in self._lookups.all(each)):
                for name in _names(record):
                    self._known.setdefault(name, set()).add(str(record.get("Ref_Key")))
        return self._known.get(title.casefold(), set())


class CellReader:
    """Reads what cells say of a row; references are looked up in other sets, additional values by name."""

    def __init__(self, lookups: Lookups, bridges: Sequence[Bridge] = ()) -> None:
        self.lookups = lookups
        self.attributes = Attributes(lookups)
        self._bridges = {bridge.set: bridge for bridge in bridges}
        for bridge in bridges:
            for each in (bridge.set, bridge.to):
                lookups.want(each, bridge.by.select)

    def want(self, table: Table) -> None:
        """Note what the table's cells will look up in other sets."""
        for cell in (cell for cells in table.fields.values() for cell in cells):
            self._want(cell, table)
        for join in table.joins:
            self._want_joined(join)

    def _want_joined(self, join: Join) -> None:
        self.attributes.want(join.naming.targets if join.naming else ())
        for cell in (cell for cells in join.fields.values() for cell in cells):
            self._want_path(cell)
            for target in cell.path[-1].targets if cell.attribute else ():
                self.lookups.want(target, (NAME,))

    def meant(self, join: Join) -> str | None:
        """Return the filter of the records of a join that are meant; None where there can be none.

        A register of facts holds those of goods and documents, too: only our attributes are asked for.
        """
        if join.naming is None:
            return wanted(join.where)
        keys = {key for title in join.titles for key in self.attributes.keys(title)}
        if not keys:
            return None
        terms = [refers(join.naming.published, key) for key in sorted(keys)]
        return both(wanted(join.where), either(terms))

    def _want(self, cell: Cell, table: Table) -> None:
        self._want_path(cell)
        if cell.attribute:
            section = table.sections.get(cell.section)
            column = section.columns.get(PROPERTY) if section else None
            self.attributes.want(column.targets if column else ())
            for target in cell.path[-1].targets:
                self.lookups.want(target, (NAME,))

    def _want_path(self, cell: Cell) -> None:
        for column, after in zip(cell.path, cell.path[1:], strict=False):
            for target in column.targets:
                self.lookups.want(target, after.select)

    def prime(self, table: Table, rows: Sequence[Row]) -> None:
        """Fetch at once what the rows of a page refer to, step by step along each path."""
        paths = [cell for cells in table.fields.values() for cell in cells if cell.path]
        depth = max((len(cell.path) for cell in paths), default=0)
        for step in range(depth):
            wanted: dict[str, dict[str, None]] = {}
            for cell in paths:
                if len(cell.path) - (not cell.attribute) > step:
                    for ref in (ref for row in rows for ref in self._reached(cell, row, step)):
                        wanted.setdefault(ref[0], {})[ref[1]] = None
            for entity_set, keys in wanted.items():
                self.lookups.prime(entity_set, keys)

    def _reached(self, cell: Cell, row: Row, step: int) -> Iterator[Ref]:
        """Yield the objects to which the path leads after so many steps."""
        for line in self.lines(cell, row):
            at: Row | None = line
            for column in cell.path[:step]:
                ref = reference(column, at or {})
                at = self.lookups.get(*ref) if ref else None
            if at is not None and (ref := reference(cell.path[step], at)) is not None:
                yield ref

    def lines(self, cell: Cell, row: Row) -> Sequence[Row]:
        """Return the lines in which the cell is read: those of its section that fit, or the row itself.

        A record of a register of facts names its attribute as a line does.
        """
        if not cell.section:
            return (row,) if self._is_about(cell, row) else ()
        found = row.get(cell.section)
        lines = [line for line in found if isinstance(line, dict)] if isinstance(found, list) else []
        if cell.attribute:
            lines = [line for line in lines if self._is_about(cell, line)]
        for name, value in cell.where.items():
            lines = [line for line in lines if line.get(name) == value or text(line.get(name)) == value]
        return lines

    def _is_about(self, cell: Cell, line: Row) -> bool:
        keys = self.attributes.keys(cell.attribute) if cell.attribute else ()
        return not cell.attribute or line.get(cell.naming) in keys

    def texts(self, cells: Cells, row: Row, status: str = "") -> tuple[str, ...]:
        """Return what the first cell says that says anything, one text for each line that does."""
        for cell in cells:
            if cell.only and status not in cell.only:
                continue
            if found := tuple(self._said(cell, row)):
                return found
        return ()

    def first(self, cells: Cells, row: Row, status: str = "") -> str | None:
        """Return the first text that a cell says."""
        return next(iter(self.texts(cells, row, status)), None)

    def plain(self, cell: Cell, row: Row) -> str | None:
        """Return what the base says in a cell, before it is put into our words."""
        if not cell.path:
            return None
        return next((said for line in self.lines(cell, row) if (said := self._value(cell, line))), None)

    def typed(self, cell: Cell, row: Row) -> Iterator[str]:
        """Yield the phone of each line: as it was typed where that is a number, else its digits apart.

        What was typed may have an extension, which the digits kept apart lack.
        """
        if cell.otherwise is None:
            yield from self._said(cell, row)
            return
        for line in self.lines(cell, row):
            shown, digits = text(line.get(cell.otherwise.published)), self._value(cell, line)
            if shown and (phone(shown) or not digits):
                yield shown if phone(shown) else dialled(shown)
            elif digits:
                yield digits

    def refs(self, cells: Cells, row: Row) -> Iterator[Ref]:
        """Yield the objects to which the cells lead, with the sets in which they stand."""
        for cell in cells:
            if cell.path:
                yield from self._reached(cell, row, len(cell.path) - 1)

    def bridged(self, ref: Ref) -> Ref | None:
        """Return the employee whom a reference means; None where there is none of that name."""
        bridge = self._bridges.get(ref[0])
        if bridge is None:
            return ref
        record = self.lookups.get(*ref)
        name = text(record.get(bridge.by.published)) if record else None
        found = self._people.get(bridge.set, {}).get(name or "", ())
        return (bridge.to, found[0]) if len(found) == 1 else None

    def back(self, employee: str, wanted: Sequence[str]) -> Ref | None:
        """Return the object of one of the wanted sets that means this employee; None where none does."""
        for bridge in self._bridges.values():
            if bridge.set not in wanted or bridge.to in wanted:
                continue
            record = self.lookups.get(bridge.to, employee)
            name = text(record.get(bridge.by.published)) if record else None
            found = [
                str(each["Ref_Key"])
                for each in self.lookups.all(bridge.set)
                if text(each.get(bridge.by.published)) == name
            ]
            if name and len(found) == 1:
                return bridge.set, found[0]
        return None

    @cached_property
    def _people(self) -> dict[str, dict[str, list[str]]]:
        """By the set of a bridge: name -> keys of the employees with it."""
        found: dict[str, dict[str, list[str]]] = {}
        for bridge in self._bridges.values():
            names = found.setdefault(bridge.set, {})
            for record in self.lookups.all(bridge.to):
                name = text(record.get(bridge.by.published))
                names.setdefault(name or "", []).append(str(record["Ref_Key"]))
        return found

    def _said(self, cell: Cell, row: Row) -> Iterator[str]:
        if not cell.path:
            if cell.value is not None:
                yield str(text(cell.value))
            return
        for line in self.lines(cell, row):
            said = self._value(cell, line)
            if said is None and cell.otherwise is not None:
                said = text(line.get(cell.otherwise.published))
            if said is not None and cell.filled:
                said = text(cell.value)
            if said is not None and cell.words:
                said = cell.words.get(said)
            if said is not None:
                yield said

    def _value(self, cell: Cell, line: Row) -> str | None:
        at: Row | None = line
        for column in cell.path[:-1]:
            ref = reference(column, at or {})
            at = self.lookups.get(*ref) if ref else None
        if at is None:
            return None
        if cell.attribute and (ref := reference(cell.path[-1], at)) is not None:
            record = self.lookups.get(*ref)
            return text(record.get(NAME)) if record else ref[1]
        return said_by(cell.path[-1], at)


def reference(column: Column, row: Row) -> Ref | None:
    """Return the object to which a column leads in a row; None for an empty or a plain value."""
    found = key(row.get(column.published))
    if found is None or column.form == "plain":
        return None
    if column.form == "key":
        return (column.targets[0], found) if column.targets else None
    kind = str(row.get(f"{column.name}_Type") or "")
    return (kind.removeprefix(SPACE), found) if kind.startswith(SPACE) and kind != UNDEFINED else None


def said_by(column: Column, row: Row) -> str | None:
    """Return the value of a column in a row as text; None for what is empty."""
    said = text(row.get(column.published))
    if column.form == "composite" and row.get(f"{column.name}_Type") == UNDEFINED:
        return None
    return None if said == NOBODY or (said or "").startswith(NEVER) else said


def _names(record: Row) -> set[str]:
    """Return the titles of an attribute: БСП adds the kind of card in brackets to its own name."""
    found = [text(record.get(name)) for name in _TITLES]
    plain = {name.casefold() for name in found if name}
    return plain | {name.rpartition(" (")[0] for name in plain if name.endswith(")")}
