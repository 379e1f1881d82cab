"""One information base: its entity sets with their records, over one neutral company."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Any

from connector import clock
from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.faults import Faults
from connector.sandbox.journal import Journal
from connector.sandbox.onec.edm import EntityType, Ref, Row, composite, fill
from connector.sandbox.onec.keys import make_key, version_text
from connector.sandbox.ticking import Ticking
from connector.sandbox.truth import Truth

Key = str | tuple[Any, ...]


@dataclass
class Image:
    """How one neutral row shows in one entity set: the key there, and values under the fields' own names."""

    set: str
    key: Key
    values: Mapping[str, Any]
    sections: Mapping[str, list[Mapping[str, Any]]] = field(default_factory=dict)


@dataclass
class Record:
    """One record of a set, as clients see it; `source` is the neutral table and number it shows."""

    row: Row
    source: tuple[str, int] | None = None
    version: int = 0


@dataclass
class Change:
    """A change an exchange node has not confirmed: when it was deleted, in which message it went out."""

    deleted: str = ""
    message: int = 0


@dataclass(frozen=True)
class Mirror:
    """What records of a set say about the neutral company: the table, and its cells by column."""

    table: str
    cells: Callable[[Base, Row], dict[str, str]]


@dataclass
class Blueprint:
    """A configuration: its types, how neutral rows show in them, and how written records change the rows."""

    types: list[EntityType]
    renderers: Mapping[str, Callable[[Base, NeutralRow], Iterable[Image]]]
    mirrors: Mapping[str, Mirror]
    furnish: Callable[[Base], None]


class Base:
    """Everything that requests work on; whoever calls holds the stand-in's lock."""

    def __init__(
        self, truth: Truth, blueprint: Blueprint, now: Ticking, faults: Faults, journal: Journal, zone: str
    ) -> None:
        self.truth, self.blueprint, self.clock, self.faults, self.journal = (
            truth,
            blueprint,
            now,
            faults,
            journal,
        )
        self.zone = clock.zone(zone)
        self.types = {one.name: shaped(one, faults) for one in blueprint.types}
        self.records: dict[str, dict[Key, Record]] = {name: {} for name in self.types}
        self.disturbed = False
        self.queue: dict[str, dict[tuple[str, Key], Change]] = {}
        self._chosen: dict[tuple[str, int], str] = {}
        self._numbers: dict[str, tuple[str, int]] = {}
        self._named: dict[tuple[str, str], Ref] = {}
        self._moments: dict[str, str] = {}
        self.changes = 0
        blueprint.furnish(self)
        for table in blueprint.renderers:
            for row in list(truth.all(table)):
                self.show(table, row)

    # -- keys ----------------------------------------------------------------------------------------------

    def key(self, table: str, number: int | str) -> str:
        """Return the key of a neutral row's object; the one a client chose, if it did."""
        place = (table, int(number))
        if place not in self._chosen:
            self._chosen[place] = make_key(*place)
            self._numbers[self._chosen[place]] = place
        return self._chosen[place]

    def choose(self, table: str, number: int, key: str) -> None:
        """Note the key a client chose for a new row."""
        self._chosen[table, number] = key
        self._numbers[key] = (table, number)

    def number(self, table: str, key: str) -> int:
        """Return the number of the neutral row with this key, 0 if it is of no such row."""
        found = self._numbers.get(key)
        return found[1] if found and found[0] == table else 0

    def row_number(self, key: str) -> str:
        """Return the number of whatever neutral row has this key; the key itself if none has."""
        found = self._numbers.get(key.lower())
        return str(found[1]) if found else key

    def ref(self, entity: str, table: str, reference: str) -> Ref | None:
        """Return the reference to a neutral row's object, None if there is no such row."""
        return Ref(entity, self.key(table, reference)) if reference.isdigit() else None

    def named(self, entity: str, name: str, **values: Any) -> Ref | None:
        """Return the item of a small catalogue by its name, a new one if need be; None for an empty name."""
        if not name:
            return None
        place = (entity, name)
        if place not in self._named:
            key = make_key(entity, len(self.records[entity]) + 1)
            self._named[place] = Ref(entity, key)
            self.place(Image(entity, key, {"Description": name, **values}))
        return self._named[place]

    def name_of(self, ref: Ref | None) -> str:
        """Return the Description of what a reference leads to, empty if that is nothing."""
        record = self.get(ref.set, ref.key) if ref else None
        return str(record.row.get("Description", "")) if record else ""

    # -- times ---------------------------------------------------------------------------------------------

    def now(self) -> str:
        """Return the server's present time, naive."""
        return self.clock.now().astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S")

    def today(self) -> date:
        """Return the server's present day."""
        return self.clock.now().astimezone(self.zone).date()

    def local(self, text: str) -> str | None:
        """Return a neutral time as the server writes it, naive; None for an empty one."""
        if text and text not in self._moments:
            found = datetime.fromisoformat(text)
            there = found.astimezone(self.zone) if found.tzinfo else found
            self._moments[text] = there.strftime("%Y-%m-%dT%H:%M:%S")
        return self._moments.get(text)

    def neutral(self, text: str) -> str:
        """Return a time of the server as neutral rows write it, with the zone's offset; empty for none."""
        if not text or text.startswith("0001-01-01"):
            return ""
        return datetime.fromisoformat(text).replace(tzinfo=self.zone).isoformat()

    # -- records -------------------------------------------------------------------------------------------

    def get(self, entity: str, key: Key) -> Record | None:
        """Return a record, None if there is none or the base has no such set."""
        return self.records.get(entity, {}).get(key)

    def rows(self, entity: str) -> Iterator[Row]:
        """Walk the rows of one set."""
        return (record.row for record in self.records[entity].values())

    def show(self, table: str, row: NeutralRow) -> None:
        """Show a neutral row in every set it has an image in."""
        source = (table, int(row["id"])) if "id" in row else None
        for image in self.blueprint.renderers[table](self, row):
            self.place(image, source)

    def place(self, image: Image, source: tuple[str, int] | None = None) -> Record | None:
        """Add the image, or bring the record there is to it; None if the base has no such set."""
        entity = self.types.get(image.set)
        if entity is None:
            return None
        shown = drawn(entity, image, len(self.records[image.set]) + 1)
        known = self.get(image.set, image.key)
        if known is None:
            record = Record(shown, source, version=-1)
            self.records[image.set][image.key] = record
            self.touch(entity, image.key, record)
            return record
        kept = {name: known.row[name] for name in ("Code", "Number", "DataVersion") if name in known.row}
        if known.row != shown | kept:
            known.row.clear()
            known.row.update(shown | kept)
            self.touch(entity, image.key, known)
        return known

    def touch(self, entity: EntityType, key: Key, record: Record) -> None:
        """Give a record its next version, and queue it for every exchange node."""
        self.changes += 1
        record.version = self.changes if self.faults.on("rowversion") else record.version + 1
        if "DataVersion" in entity.columns:
            record.row["DataVersion"] = version_text(record.version)
        for queue in self.queue.values():
            queue[entity.name, key] = Change()

    def remove(self, entity: str, key: Key) -> None:
        """Remove a record for good; exchange nodes hear of it."""
        self.records[entity].pop(key, None)
        self.changes += 1
        for queue in self.queue.values():
            queue[entity, key] = Change(self.now())

    def published(self) -> dict[str, EntityType]:
        """Return the types of the sets that the composition of the interface has."""
        if self.faults.on("empty_composition"):
            return {}
        closed = [one.strip() for one in self.faults.text("unpublished").split(",") if one.strip()]
        return {
            name: entity
            for name, entity in self.types.items()
            if not any(fnmatchcase(name, pattern) for pattern in closed)
        }

    def new_key(self, entity: str) -> str:
        """Return a key nobody has yet, as the server makes one for a new object."""
        number = len(self.records[entity]) + 1
        while (key := make_key(f"new {entity}", number)) in self.records[entity]:
            number += 1
        return key


def shaped(entity: EntityType, faults: Faults) -> EntityType:
    """Return the type with the references of the fault `composite` turned into composite fields."""
    names = faults.text("composite").split(",")
    own = [name.rpartition(".")[2] for name in names if name.rpartition(".")[0] in ("", entity.name)]
    return replace_columns(entity, own) if any(own) else entity


def replace_columns(entity: EntityType, names: list[str]) -> EntityType:
    """Return a copy of the type with composite columns."""
    sections = {name: composite(columns, names) for name, columns in entity.sections.items()}
    return EntityType(
        entity.name,
        entity.key,
        composite(entity.columns, names),
        sections,
        entity.actions,
        entity.tables,
        entity.dimensions,
        entity.resources,
        entity.code_length,
    )


def drawn(entity: EntityType, image: Image, number: int) -> Row:
    """Return the whole row of an image: every column, and every tabular section with its lines counted."""
    given = dict(image.values)
    if entity.is_object:
        given["Ref_Key"] = image.key
    row = fill(entity.columns, given, entity.blank)
    for name in ("Code", "Number"):
        if name in entity.columns and name not in given:
            row[name] = f"{number:09d}" if name == "Number" else f"00-{number:08d}"
    for name in entity.sections:
        lines = image.sections.get(name, ())
        row[name] = [line(entity, name, row, place, values) for place, values in enumerate(lines, 1)]
    return row


def line(entity: EntityType, section: str, owner: Row, place: int, values: Mapping[str, Any]) -> Row:
    """Return one line of a tabular section."""
    row = fill(entity.sections[section], values, entity.blank_lines[section])
    row["LineNumber"] = place
    for name in entity.key:
        row[name] = owner[name]
    return row
