"""Drafts a profile for an unknown configuration: what was found, and what a person has to decide."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from connector.plugins.onec.draft_tables import DraftTable, quoted, tables_for
from connector.plugins.onec.probe import Fit, candidates, fits
from connector.plugins.onec.profile import Lack
from connector.plugins.onec.profile_reading import read_profile
from connector.plugins.onec.resolve import resolve
from connector.plugins.onec.schema import Schema

ENOUGH = 0.5
"""Share of the tables of a shipped profile from which on a draft builds upon it."""
_KINDS = {"write": "drop_writes", "bridge": "drop_bridges"}
"""First word of what a lack is about -> key under which a draft does without it; else it is a table."""
_DATES = ("date", "changed")
"""Lacks that are keys of a table, not fields in it."""
ROUNDS = 4
"""Times that a draft is tried: what goes may take with it what refers to it."""
_HEAD = """\
# Черновик профиля: его сделала команда `connector onec probe`. Ничего из этого не принято молча:
# проверьте каждую строку, положите файл рядом с plugins.toml и укажите в [[source]]: profile = "{name}".
"""
Lines = Iterator[str]


@dataclass
class Draft:
    """A profile in the making: what it extends, what of that it does without, and tables of its own."""

    name: str
    best: Fit | None
    tables: list[DraftTable] = field(default_factory=list)
    drops: dict[str, list[str]] = field(default_factory=dict)
    emptied: dict[str, list[str]] = field(default_factory=dict)
    """Table of the file -> keys in it that nothing fills."""
    remarks: list[str] = field(default_factory=list)

    def take(self, lack: Lack) -> None:
        """Do without what is missing, and say so."""
        self.remarks.append(f"# {lack.table}{'.' if lack.field else ''}{lack.field}: {lack.message}")
        own = next((table for table in self.tables if table.stream == lack.table), None)
        kind, _, name = lack.table.partition(" ")
        if own is not None and not own.refused:
            own.take(lack.field)
        elif not lack.field:
            self.drops.setdefault(_KINDS.get(kind, "drop"), []).append(name or kind)
        else:
            table, keys = _emptied(lack)
            self.emptied.setdefault(table, []).extend(keys)

    def text(self) -> str:
        """Return the file."""
        parts = [_HEAD.format(name=self.name), *self._begin(), ""]
        for table, names in self.emptied.items():
            if table.split(".")[0] not in self.drops.get("drop", ()):
                parts += [f"[tables.{table}]", *(f'{name} = ""' for name in dict.fromkeys(names)), ""]
        for own in self.tables:
            parts += [*own.lines(), ""]
        return "\n".join(parts).rstrip() + "\n"

    def _begin(self) -> Lines:
        alike = f", похожая на {self.best.name}" if self.best else ""
        yield f'title = "Своя конфигурация{alike}"'
        if self.best:
            yield f'extends = "{self.best.name}"'
        yield from self.remarks
        for key, names in self.drops.items():
            yield f"{key} = {quoted(names)}"
        if not self.best:
            yield "[tables]"


def draft(schema: Schema, name: str) -> str:
    """Return the text of the profile file `name`: it can be read, and lacks nothing of the base."""
    best = fits(schema)[0]
    upon = best if best.share >= ENOUGH and best.profile.of("client") else None
    made = Draft(name, upon)
    for lack in upon.profile.missing if upon else ():
        made.take(lack)
    for entity, those in candidates(schema).items():
        there = upon.profile.tables if upon else ()
        if not any(table.entity == entity for table in there):
            made.tables += tables_for(entity, those, schema)
    for _ in range(ROUNDS):
        lacks = _lacking(made, schema)
        for lack in lacks:
            made.take(lack)
        if not lacks:
            break
    return made.text()


def _emptied(lack: Lack) -> tuple[str, list[str]]:
    """Return the table of the file in which something has to be emptied, and its keys."""
    table, _, join = lack.table.partition(".")
    if join:
        return f"{table}.joins.{join}", ["set"]
    if lack.field in _DATES:
        return table, [lack.field]
    return f"{table}.fields", [lack.field]


def _lacking(made: Draft, schema: Schema) -> tuple[Lack, ...]:
    """Return what the draft lacks of the base, as anybody would be told who used it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / made.name
        path.write_text(made.text(), encoding="utf-8")
        return resolve(read_profile(path.name, path.parent), schema).missing
