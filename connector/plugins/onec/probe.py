"""Finds candidates in an unknown configuration: sets that look like clients, deals, and columns of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connector.plugins.onec.cells import Ways, misfit
from connector.plugins.onec.columns import AbsentError
from connector.plugins.onec.profile import Profile
from connector.plugins.onec.profile_fields import known_fields
from connector.plugins.onec.profile_file import CellFile, Part
from connector.plugins.onec.profile_reading import read_profile, shipped
from connector.plugins.onec.resolve import resolve
from connector.plugins.onec.schema import EntityType, Schema
from connector.tomlfile import read_toml

WORDS = Path(__file__).with_name("probe.toml")
VARIANT = "-"
"""In the names of profiles that read the same configuration another way: ut11-orders."""
MOST = 5
"""Candidates of a kind that are shown."""


class Look(Part):
    """What the set of one kind of record looks like: see the head of probe.toml."""

    prefixes: tuple[str, ...]
    words: dict[str, int]
    columns: dict[str, int]
    fields: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Candidate:
    """A set that may hold one kind of record: its weight, what speaks for it, and columns for our fields.

    `fields`: our field -> columns that are there and fit, the likeliest first.
    """

    entity: str
    set: str
    weight: int
    why: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Fit:
    """How well a shipped profile fits: tables and cells that were found, of how many, and the profile."""

    name: str
    found: int
    wanted: int
    profile: Profile

    @property
    def share(self) -> float:
        """The share of its tables that the base has."""
        return self.found / self.wanted


def looks() -> dict[str, Look]:
    """Return what each kind of record looks like."""
    return {name: Look.model_validate(data) for name, data in read_toml(WORDS).data.items()}


def fits(schema: Schema) -> list[Fit]:
    """Return how well each shipped profile fits the base, the best first, of equals no variant."""
    found = []
    for name in shipped():
        profile = resolve(source := read_profile(name), schema)
        found.append(Fit(name, len(profile.tables), len(source.data.tables), profile))
    return sorted(found, key=lambda fit: (-fit.share, VARIANT in fit.name, -fit.found, fit.name))


def candidates(schema: Schema) -> dict[str, list[Candidate]]:
    """Return the likeliest sets for each kind of record, the best first, none that nothing speaks for."""
    sets, ways = list(schema.objects), Ways(schema, {})
    return {entity: _ranked(entity, look, sets, ways) for entity, look in looks().items()}


def _ranked(entity: str, look: Look, sets: list[str], ways: Ways) -> list[Candidate]:
    named = [name for name in sets if name.partition("_")[0] in look.prefixes and _weight(name, look) > 0]
    found = [candidate for name in named if (candidate := _candidate(entity, name, look, ways))]
    return sorted(found, key=lambda each: (-each.weight, each.set))[:MOST]


def _weight(name: str, look: Look) -> int:
    lowered = name.partition("_")[2].lower()
    return sum(weight for word, weight in look.words.items() if word in lowered)


def _candidate(entity: str, name: str, look: Look, ways: Ways) -> Candidate | None:
    type_ = ways.schema.of_set(name)
    if type_ is None:
        return None
    there = {column.name for column in ways.columns(type_)} | set(type_.sections)
    why = [column for column in look.columns if column in there]
    weight = _weight(name, look) + sum(look.columns[column] for column in why)
    fields = {
        field: tuple(column for column in columns if _fits(entity, field, column, type_, ways))
        for field, columns in look.fields.items()
    }
    return Candidate(
        entity, name, weight, tuple(why), {field: found for field, found in fields.items() if found}
    )


def _fits(entity: str, field: str, column: str, type_: EntityType, ways: Ways) -> bool:
    try:
        cell = ways.cell(type_, CellFile(column=column))
    except AbsentError:
        return False
    return not misfit(cell, known_fields(entity)[field])
