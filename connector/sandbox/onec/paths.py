"""Finds what a path in a query means: a column, one of another object, or one of a tabular section's line."""

from __future__ import annotations

from collections.abc import Callable

from connector.sandbox.onec.base import Base
from connector.sandbox.onec.edm import Column, Columns, EntityType, Row, referenced
from connector.sandbox.onec.errors import bad_option, unknown_segment
from connector.sandbox.onec.expressions import Expression, Scope, cell

DEEPEST = 4
Way = Callable[[Row], Row | None]


class Paths:
    """Paths from the rows of one set, and from the variables of lambdas that are open."""

    def __init__(self, base: Base, columns: Columns, sections: dict[str, Columns] | None = None) -> None:
        self._base = base
        self._columns = {"": columns}
        self._sections = sections or {}

    @classmethod
    def of(cls, base: Base, entity: EntityType) -> Paths:
        """Return the paths from an entity set."""
        return cls(base, entity.columns, entity.sections)

    def cell(self, path: str) -> Expression:
        """Return the expression of a path; ODataError 6 if a step is not there."""
        first, _, rest = path.partition("/")
        if first in self._columns and rest:
            return self._walk(first, rest.split("/"))
        return self._walk("", path.split("/"))

    def column(self, path: str) -> Column:
        """Return the column at the end of a path."""
        return self._steps(self._columns[""], path.split("/"))[0]

    def enter(self, section: str, variable: str) -> Callable[[Scope], list[Row]]:
        """Open a lambda over a tabular section; ODataError 6 if there is no such section."""
        if section not in self._sections:
            raise unknown_segment(section)
        self._columns[variable] = self._sections[section]
        return lambda scope: list(scope[""].get(section, ()))

    def leave(self, variable: str) -> None:
        """Close a lambda."""
        self._columns.pop(variable, None)

    def _walk(self, variable: str, steps: list[str]) -> Expression:
        column, ways = self._steps(self._columns[variable], steps)
        return cell(column, variable, ways)

    def _steps(self, columns: Columns, steps: list[str]) -> tuple[Column, list[Way]]:
        if len(steps) > DEEPEST:
            raise bad_option("$filter")
        ways: list[Way] = []
        for step in steps[:-1]:
            ways.append(self._way(columns, step))
            columns = self._target(columns, step).columns
        if steps[-1] not in columns:
            raise unknown_segment(steps[-1])
        return columns[steps[-1]], ways

    def _target(self, columns: Columns, step: str) -> EntityType:
        for column in columns.values():
            if step and column.navigation == step:
                found = self._base.published().get(column.targets[0])
                if found is not None:
                    return found
        raise unknown_segment(step)

    def _way(self, columns: Columns, step: str) -> Way:
        self._target(columns, step)

        def follow(row: Row) -> Row | None:
            ref = referenced(row, step, columns)
            record = self._base.get(ref.set, ref.key) if ref else None
            return record.row if record else None

        return follow
