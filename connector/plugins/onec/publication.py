"""What every stream and write of one base shares: the way to it, its profile, what was looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from connector.plugins.onec.answers import UnpublishedError
from connector.plugins.onec.api import Api
from connector.plugins.onec.cellreader import CellReader
from connector.plugins.onec.entities import MARKED, Builder
from connector.plugins.onec.lookups import Lookups
from connector.plugins.onec.owncells import with_own
from connector.plugins.onec.profile import Cell, Profile, Purpose, Table
from connector.plugins.onec.reading import Reader
from connector.plugins.onec.registers import RecordReader, TurnoverReader
from connector.plugins.onec.settings import OneCConfig
from connector.plugins.onec.versions import Versions

Readers = Reader | RecordReader | TurnoverReader


@dataclass
class Publication:
    """One published base as one source; `resolved` returns its profile and may ask the base for it."""

    name: str
    zone: ZoneInfo
    config: OneCConfig
    api: Api
    resolved: Callable[[], Profile]
    versions_at: Path | None = None

    @cached_property
    def profile(self) -> Profile:
        """The profile as this base has it, with the additional attributes that the settings name."""
        found = self.resolved()
        tables = tuple(with_own(found, _with_marks(found, table), self.config) for table in found.tables)
        return replace(found, tables=tables)

    @cached_property
    def lookups(self) -> Lookups:
        """What references lead to."""
        return Lookups(self.api, self.config.page_bytes)

    @cached_property
    def cells(self) -> CellReader:
        """What reads cells of rows."""
        found = CellReader(self.lookups, self.profile.bridges)
        for purpose in ("attribute", "fact"):
            target = self.profile.targets.get(purpose)
            column = {**target.columns, **target.line}.get("property") if target else None
            found.attributes.want(column.targets if column else ())
        return found

    @cached_property
    def builder(self) -> Builder:
        """What builds canonical records."""
        config = self.config
        return Builder(
            self.name,
            self.zone,
            self.profile,
            self.cells,
            roles=config.roles,
            kinds=config.event_kinds,
            flags=[name for name, title in config.flags.items() if self._is_read(title)],
        )

    def _is_read(self, title: str) -> bool:
        """Tell whether a flag that is nowhere says no: not where its register is not published."""
        profile = self.profile
        return profile.keeping(title) == "attribute" or "fact" in profile.targets

    @cached_property
    def versions(self) -> Versions:
        """What the store holds, by version."""
        return Versions(self.versions_at)

    def table(self, name: str) -> Table:
        """Return a table of the profile; UnpublishedError with what the base lacks for it."""
        found = self._tables.get(name)
        if found is None:
            lack = next(
                (each for each in self.profile.missing if each.table == name and not each.field), None
            )
            said = lack.message if lack else "the base does not publish it"
            raise UnpublishedError(said, where=f"{self.name}: {name}", hint=lack.hint if lack else "")
        return found

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.name: table for table in self.profile.tables}

    def reader(self, name: str) -> Readers:
        """Return what reads a table, the same one each time: it knows what its last pass saw."""
        if name not in self._readers:
            table = self.table(name)
            if table.virtual:
                made: Readers = TurnoverReader(self.api, table, self.config, self.cells)
            elif table.key != ("Ref_Key",):
                made = RecordReader(self.api, table, self.config, self.cells)
            else:
                made = Reader(self.api, table, self.config, self.versions, self.cells)
            self._readers[name] = made
        return self._readers[name]

    def single(self, table: Table) -> Reader:
        """Return what reads single records of a table by their keys."""
        return Reader(self.api, table, self.config, self.versions, self.cells)

    @cached_property
    def _readers(self) -> dict[str, Readers]:
        return {}


def _with_marks(profile: Profile, table: Table) -> Table:
    """Add the text in which our marks stand to the tables that hold what we write."""
    purposes: tuple[Purpose, ...] = ("task", "call", "meeting")
    targets = (profile.targets.get(purpose) for purpose in purposes)
    columns = [each.columns["text"] for each in targets if each and each.set == table.set]
    if not columns or table.entity not in {"task", "event"}:
        return table
    return replace(table, fields={**table.fields, MARKED: (Cell((columns[0],)),)})
