"""Resolves one table of a profile: its set, filters, dates, cells and joined records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from connector.plugins.onec.cells import Ways, misfit
from connector.plugins.onec.columns import AbsentError
from connector.plugins.onec.profile import Cell, Cells, Column, Filter, Join, Section, Table
from connector.plugins.onec.profile_fields import Taste, known_fields, needed
from connector.plugins.onec.profile_file import CellFile, Filters, JoinFile, TableFile
from connector.plugins.onec.schema import EntityType
from connector.tomlfile import KeyPath

Say = Callable[[str, str, AbsentError, KeyPath], None]
"""Keeps what is missing: table, field, why, and where in the profile it is named."""


@dataclass
class TableResolving:
    """One table; what only lacks a field that can be done without is said and left out.

    `pass_over` hears of what the profile itself calls optional.
    """

    name: str
    given: TableFile
    ways: Ways
    say: Say
    pass_over: Say

    def table(self) -> Table:
        """Return the table; AbsentError where it cannot be read at all."""
        given = self.given
        published = self.ways.published(given.set)
        type_ = self._rows(published)
        fields = {name: cells for name, cells in self._fields(type_) if cells}
        custom = {
            name: cells
            for name, given_cells in given.custom.items()
            if (cells := self._cells(type_, f"custom.{name}", given_cells, "list", self._at("custom", name)))
        }
        return Table(
            self.name,
            given.entity,
            published.name,
            fields,
            published.key,
            self._filters(type_, given.where),
            self._moment("date", type_),
            self._moment("changed", type_),
            self._sections(type_, [*fields.values(), *custom.values()]),
            tuple(self._joins()),
            given.virtual,
            given.negative,
            _is_versioned(type_),
            custom,
        )

    def _at(self, *keys: str) -> KeyPath:
        return ("tables", self.name, *keys)

    def _rows(self, published: EntityType) -> EntityType:
        if not self.given.virtual:
            return published
        found = self.ways.schema.result(self.given.virtual, published.name)
        if found is None:
            raise AbsentError(f"{published.name} has no virtual table {self.given.virtual}")
        return found

    def _filters(self, type_: EntityType, given: Filters) -> tuple[Filter, ...]:
        """Return the filters, all of them: without one, rows would come that nobody meant."""
        return tuple(Filter(self.ways.column(type_, name), value) for name, value in given.items())

    def _moment(self, key: str, type_: EntityType) -> Column | None:
        text = getattr(self.given, key)
        if not text:
            return None
        try:
            return self._fitting(self.ways.column(type_, text))
        except AbsentError as error:
            self.say(self.name, key, error, self._at(key))
            return None

    def _fitting(self, column: Column) -> Column:
        wrong = misfit(Cell((column,)), "time")
        if wrong:
            raise AbsentError(wrong)
        return column

    def _fields(self, type_: EntityType) -> Iterable[tuple[str, Cells]]:
        """Yield the fields; AbsentError where one is incomplete that the entity cannot do without."""
        tastes, wanted = (
            known_fields(self.given.entity),
            needed(self.given.entity, virtual=bool(self.given.virtual)),
        )
        for name, given in self.given.fields.items():
            at = self._at("fields", name)
            found = self._cells(type_, name, given, tastes[name], at, strict=name in wanted)
            if name in wanted and not found:
                raise AbsentError(f"{type_.name} has nothing for {name}")
            yield name, found

    def _cells(
        self,
        type_: EntityType,
        name: str,
        given: Iterable[CellFile],
        taste: Taste,
        at: KeyPath,
        *,
        strict: bool = False,
    ) -> Cells:
        """Return the cells that are there; AbsentError for one that is not, where the field must be whole."""
        found = []
        for one in given:
            try:
                found.append(self._cell(type_, one, taste))
            except AbsentError as error:
                if strict and not one.optional:
                    raise
                (self.pass_over if one.optional else self.say)(self.name, name, error, at)
        return tuple(found)

    def _cell(self, type_: EntityType, given: CellFile, taste: Taste) -> Cell:
        cell = self.ways.cell(type_, given)
        wrong = misfit(cell, taste)
        if wrong:
            raise AbsentError(f"{type_.name}: {wrong}")
        return cell

    def _sections(self, type_: EntityType, fields: Iterable[Cells]) -> Mapping[str, Section]:
        wanted = dict.fromkeys(cell.section for cells in fields for cell in cells if cell.section)
        return {name: self._section(type_, name) for name in wanted}

    def _section(self, type_: EntityType, name: str) -> Section:
        rows, own = self.ways.section(type_, name), f"{type_.name}_{name}"
        columns = {column.name: column for column in self.ways.columns(rows)}
        return Section(name, own if own in self.ways.schema.sets else "", columns)

    def _joins(self) -> Iterable[Join]:
        for name, given in self.given.joins.items():
            try:
                if given.set:
                    yield self._join(name, given)
            except AbsentError as error:
                fields = ", ".join(given.fields)
                self.say(f"{self.name}.{name}", fields, error, self._at("joins", name))

    def _join(self, name: str, given: JoinFile) -> Join:
        type_ = self.ways.published(given.set)
        by = self.ways.column(type_, given.by)
        if by.form == "plain":
            raise AbsentError(f"{type_.name}.{by.name} is no reference")
        tastes = known_fields(self.given.entity)
        order = self.ways.column(type_, given.order) if given.order else None
        where = self._filters(type_, given.where)
        fields = {
            field: tuple(self._cell(type_, one, tastes[field]) for one in cells)
            for field, cells in given.fields.items()
        }
        return Join(type_.name, by, fields, where, order, type_.key, _is_versioned(type_))


def _is_versioned(type_: EntityType) -> bool:
    return {"DataVersion", "DeletionMark"} <= type_.properties.keys()
