"""Writes rows whether or not they are there yet, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

# The two have the same clause but no common class
_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Upsert:
    """`INSERT … ON CONFLICT DO UPDATE` for one table on one kind of database, compiled once.

    A row is a tuple in the order of the table's columns. Columns named in `keep` stay as they were in a row
    that is there already; with `keep` None such a row stays as it was altogether.
    """

    def __init__(self, table: Table, dialect: str, keep: tuple[str, ...] | None = ()) -> None:
        self._names = [column.name for column in table.columns]
        insert = _INSERT[dialect](table).values({name: bindparam(name) for name in self._names})
        keys = [column.name for column in table.primary_key]
        renewed = [] if keep is None else [n for n in self._names if n not in keys and n not in keep]
        self._statement = (
            insert.on_conflict_do_update(
                index_elements=keys, set_={name: insert.excluded[name] for name in renewed}
            )
            if renewed
            else insert.on_conflict_do_nothing(index_elements=keys)
        )
        self._sql: str | None = None

    def execute(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write the rows; none is fine."""
        if not rows:
            return
        if connection.dialect.positional:
            # Straight to the driver: twice as fast as a dict a row
            connection.exec_driver_sql(self._compiled(connection), list(rows))
        else:
            connection.execute(self._statement, [dict(zip(self._names, row, strict=True)) for row in rows])

    def _compiled(self, connection: Connection) -> str:
        if self._sql is None:
            self._sql = str(self._statement.compile(dialect=connection.dialect))
        return self._sql


@cache
def upsert(table: Table, dialect: str, keep: tuple[str, ...] | None = ()) -> Upsert:
    """Return the one `Upsert` of these arguments: to make it takes longer than to open a store."""
    return Upsert(table, dialect, keep)
