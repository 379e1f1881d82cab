"""Resolves one cell of a profile: the way from a row to a value, each step of it found in `$metadata`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connector.plugins.onec.columns import AbsentError, all_columns, find_column, names
from connector.plugins.onec.profile import Cell, Column
from connector.plugins.onec.profile_fields import Taste
from connector.plugins.onec.profile_file import CellFile
from connector.plugins.onec.schema import EntityType, Schema

CONTACTS, ATTRIBUTES = "КонтактнаяИнформация", "ДополнительныеРеквизиты"
"""The tabular sections of every configuration with the library of subsystems (БСП)."""
DIGITS: Mapping[str, str] = {
    "Телефон": "НомерТелефона",
    "Факс": "НомерТелефона",
    "АдресЭлектроннойПочты": "АдресЭП",
}
"""Тип of a line of contact information -> the column that holds it without what people typed around it."""
SHOWN = "Представление"
STEP = "/"
_TYPES: Mapping[Taste, tuple[str, ...]] = {
    "time": ("Edm.DateTime",),
    "number": ("Edm.Double", "Edm.Decimal", "Edm.Int16", "Edm.Int32", "Edm.Int64"),
    "yes_no": ("Edm.Boolean",),
}
"""What a field takes -> types of a column that can give it; others give anything but a reference."""


@dataclass(frozen=True)
class Ways:
    """Knows the way from a set to a value behind its references."""

    schema: Schema
    references: Mapping[str, tuple[str, ...]]

    def published(self, text: str) -> EntityType:
        """Return the type of the first of the sets that is published; AbsentError names what to tick."""
        sets = names(text)
        for name in sets:
            found = self.schema.of_set(name)
            if found is not None:
                return found
        raise AbsentError(f"{' or '.join(sets)} is not in the composition", sets[0] if sets else text)

    def column(self, type_: EntityType, text: str) -> Column:
        """Return one column of a type; AbsentError where it has none of that name."""
        return find_column(type_, text, self.references)

    def columns(self, type_: EntityType) -> Iterator[Column]:
        """Yield every column of a type once."""
        return all_columns(type_, self.references)

    def path(self, type_: EntityType, steps: list[str]) -> tuple[Column, ...]:
        """Return the columns from the type to the end of the way; AbsentError says which step is missing."""
        column = self.column(type_, steps[0])
        if len(steps) == 1:
            return (column,)
        return (column, *self.path(self._behind(type_, column, steps[1]), steps[1:]))

    def section(self, type_: EntityType, name: str) -> EntityType:
        """Return the type of a section's lines; AbsentError where there is no such section."""
        found = self.schema.type(type_.sections.get(name, ""))
        if found is None:
            raise AbsentError(f"{type_.name} has no tabular section {name!r}")
        return found

    def _behind(self, type_: EntityType, column: Column, step: str) -> EntityType:
        """Return the type that a reference leads to and that has the next step."""
        if column.form == "plain":
            raise AbsentError(f"{type_.name}.{column.name} is no reference: nothing stands behind it")
        if not column.targets:
            raise AbsentError(f"{type_.name}.{column.name}: no reference of the profile says where it leads")
        found = [self.schema.of_set(name) for name in column.targets]
        for there in found:
            if there is not None and _has(there, step):
                return there
        return found[0] or self.published(column.targets[0])

    def cell(self, type_: EntityType, given: CellFile) -> Cell:
        """Return the cell as this base has it; AbsentError where a part of it is not published."""
        if given.contacts:
            return self._contacts(type_, given)
        if given.attribute:
            line = self.section(type_, ATTRIBUTES)
            value = self.column(line, "Значение")
            return Cell((value,), ATTRIBUTES, attribute=given.attribute, words=given.words, only=given.only)
        if not given.column:
            return Cell(value=given.value, only=given.only)
        steps = given.column.split(STEP)
        section = steps[0] if steps[0] in type_.sections else ""
        begin = self.section(type_, section) if section else type_
        path = self.path(begin, steps[1:] if section and len(steps) > 1 else steps)
        return Cell(
            path,
            section,
            where={self.column(begin, name).published: value for name, value in given.where.items()},
            value=given.value,
            filled=given.value is not None,
            words=given.words,
            only=given.only,
        )

    def _contacts(self, type_: EntityType, given: CellFile) -> Cell:
        line = self.section(type_, CONTACTS)
        shown = self.column(line, SHOWN)
        digits = DIGITS.get(given.contacts)
        return Cell(
            (self.column(line, digits) if digits else shown,),
            CONTACTS,
            where={self.column(line, "Тип").published: given.contacts},
            otherwise=shown if digits else None,
            only=given.only,
        )


def misfit(cell: Cell, taste: Taste) -> str:
    """Return why the cell cannot fill a field that takes such a value, "" where it can."""
    if not cell.path or cell.attribute or cell.filled:
        return ""
    last = cell.path[-1]
    refers = last.form != "plain"
    if taste == "reference":
        return "" if refers else f"{last.name} is {last.type}, not a reference"
    if refers:
        return f"{last.name} is a reference: name what is meant behind it, {last.name}/Description"
    wanted = _TYPES.get(taste)
    if wanted and not cell.words and last.type not in wanted:
        return f"{last.name} is {last.type}, not {' or '.join(wanted)}"
    return ""


def _has(type_: EntityType, step: str) -> bool:
    try:
        find_column(type_, step, {})
    except AbsentError:
        return False
    return True
