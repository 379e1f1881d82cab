"""Resolves a profile against what a base publishes: every cell is found, or named as missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from connector.plugins.onec.cells import Ways
from connector.plugins.onec.columns import AbsentError
from connector.plugins.onec.objects import FORM, branch
from connector.plugins.onec.profile import (
    ALL,
    Bridge,
    Cell,
    EntityName,
    Lack,
    Profile,
    Purpose,
    Table,
    Target,
)
from connector.plugins.onec.profile_reading import ProfileSource
from connector.plugins.onec.schema import Schema
from connector.plugins.onec.tables import TableResolving
from connector.plugins.onec.targets import resolve_target
from connector.tomlfile import KeyPath

ORDER: tuple[EntityName, ...] = ("employee", "client", "contact", "deal", "stage", "event", "task", "sale")
"""In which kinds are read: what is referred to comes first."""
_ENDS: Mapping[str, tuple[EntityName, ...]] = {
    "owner": ("employee",),
    "employee": ("employee",),
    "assignee": ("employee",),
    "head": ("employee",),
    "client": ("client", "contact"),
    "deal": ("deal",),
}
"""Field -> whose records a reference in it may mean."""


def resolve(source: ProfileSource, schema: Schema) -> Profile:
    """Return the profile as this base has it; what is not published is in `missing`, and nowhere else."""
    return _Resolving(source, Ways(schema, source.data.references)).profile()


@dataclass
class _Resolving:
    source: ProfileSource
    ways: Ways
    lacks: list[Lack] = field(default_factory=list)
    passed: list[Lack] = field(default_factory=list)

    def profile(self) -> Profile:
        tables = sorted(self._tables(), key=lambda table: ORDER.index(table.entity))
        bridges = tuple(self._bridges())
        ended = tuple(replace(table, fields=dict(self._ended(table, tables, bridges))) for table in tables)
        targets = dict(self._targets())
        data = self.source.data
        return Profile(
            self.source.name,
            data.title,
            ended,
            targets,
            bridges,
            tuple(self.lacks),
            tuple(self.passed),
            self._facts(),
        )

    def _facts(self) -> tuple[str, ...]:
        """Return the titles that the profile keeps in a register: all where it writes none to a card."""
        writes = self.source.data.writes
        fact = writes.get("fact")
        if fact is None:
            return ()
        return fact.titles if "attribute" in writes else (ALL,)

    def _tables(self) -> Iterator[Table]:
        for name, given in self.source.data.tables.items():
            try:
                yield TableResolving(name, given, self.ways, self._lack, self._pass_over).table()
            except AbsentError as error:
                self._lack(name, "", error, ("tables", name, "set"))

    def _bridges(self) -> Iterator[Bridge]:
        for name, given in self.source.data.bridges.items():
            try:
                by = self.ways.column(self.ways.published(name), given.by)
                self.ways.column(self.ways.published(given.to), given.by)
                yield Bridge(name, given.to, by)
            except AbsentError as error:
                self._lack(f"bridge {name}", "", error, ("bridges", name))

    def _targets(self) -> Iterator[tuple[Purpose, Target]]:
        for purpose, given in self.source.data.writes.items():
            try:
                yield purpose, resolve_target(purpose, given, self.ways)
            except AbsentError as error:
                self._lack(f"write {purpose}", "", error, ("writes", purpose))
                if purpose == "fact" and (titles := self._facts()):
                    self._unread(", ".join(titles), error)

    def _unread(self, titles: str, error: AbsentError) -> None:
        """Say that clients are read without what stands in a register that is not there."""
        for name, table in self.source.data.tables.items():
            if table.entity == "client":
                self._lack(name, titles, error, ("writes", "fact"))

    def _ended(
        self, table: Table, tables: list[Table], bridges: tuple[Bridge, ...]
    ) -> Iterator[tuple[str, tuple[Cell, ...]]]:
        """Yield the fields without references to records that no table reads; each of those is said."""
        for name, cells in table.fields.items():
            ends = {other.set for other in tables if other.entity in _ENDS.get(name, ())}
            ends |= {bridge.set for bridge in bridges if bridge.to in ends}
            kept = []
            for cell in cells:
                leads = cell.path[-1].targets if cell.path and name in _ENDS else ()
                if leads and ends and not ends & set(leads):
                    said = f"{table.set}.{cell.path[-1].name} leads to {' or '.join(leads)}"
                    error = AbsentError(f"{said}, which no table reads")
                    self._lack(table.name, name, error, ("tables", table.name, "fields", name))
                else:
                    kept.append(cell)
            if kept:
                yield name, tuple(kept)

    def _lack(self, table: str, name: str, error: AbsentError, at: KeyPath) -> None:
        self.lacks.append(self._told(table, name, error, at))

    def _pass_over(self, table: str, name: str, error: AbsentError, at: KeyPath) -> None:
        self.passed.append(self._told(table, name, error, at))

    def _told(self, table: str, name: str, error: AbsentError, at: KeyPath) -> Lack:
        if error.set:
            where = f"tick «{branch(error.set)}» in the form «{FORM}»"
            hint = f"{where}, or run `connector onec composition --code`"
        else:
            hint = f'name it in a profile of your own: extends = "{self.source.name}"'
        return Lack(table, name, str(error), hint, self.source.file.place(at), error.set)
