"""Says which sets and columns of one 1C base hold what the canonical model knows: a profile, resolved.

A profile file names things as the configuration does (`ОсновнойМенеджер`); a resolved profile holds them as
this base publishes them (`ОсновнойМенеджер_Key`, or `ОсновнойМенеджер` beside `ОсновнойМенеджер_Type`), each
found in `$metadata`. Nothing here asks the base for anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

EntityName = Literal["employee", "client", "contact", "event", "deal", "stage", "sale", "task"]
Form = Literal["plain", "key", "composite"]
Purpose = Literal[
    "task", "call", "meeting", "owner", "deal_owner", "contact_owner", "attribute", "fact", "note"
]
Cleared = Literal["delete", "no"]
Constant = str | bool | int
"""What a profile may give as a value of its own, a filter's or a write's."""
ALL = "*"
"""Stands for the titles of all additional attributes."""


@dataclass(frozen=True)
class Column:
    """A column of the configuration, as this base publishes it.

    `plain`: a value under its own name. `key`: a reference as `name_Key`, an all-zero GUID where there is
    none; `targets` is the set it leads to, empty where that is not published. `composite`: `name` beside
    `name_Type`, which says in each row what it is (`StandardODATA.Catalog_Y`, `Edm.String`,
    `StandardODATA.Undefined`). `type` is that of `$metadata`: `Edm.DateTime`, `Edm.Double`, ...
    """

    name: str
    form: Form = "plain"
    type: str = "Edm.String"
    targets: tuple[str, ...] = ()

    @property
    def published(self) -> str:
        """The name under which the value stands in a row, to be filtered, ordered and written by."""
        return f"{self.name}_Key" if self.form == "key" else self.name

    @property
    def select(self) -> tuple[str, ...]:
        """What to ask for in `$select`."""
        return (self.name, f"{self.name}_Type") if self.form == "composite" else (self.published,)


@dataclass(frozen=True)
class Cell:
    """Where one value of a canonical field comes from.

    `path`: the columns to follow; all but the last are references, the last one is read in the row that
    they lead to: (`БизнесРегион`, `Description`). A reference at the end means the id it holds, in a field
    that takes one, and there only where it leads to a set that becomes such an entity: of `Предмет` the deals
    fill `deal`. For `client` a set of contacts does, too: the client of that contact is meant.
    `section`: the tabular section in whose lines the path begins, in order, "" for the head of the record;
    a list (phones) takes all lines that fit `where`, anything else the first one that is filled.
    `where`: column of the section -> value that the line must have: `{"Тип": "Телефон"}`.
    `otherwise`: the column of the same line that stands in where the last of the path is empty.
    `attribute`: title of an additional attribute; the lines of `section`, or the records of a register, name
    it by key in `naming`, as it is published, and `path` is the column of their value. A reference there
    means the Description of what it leads to.
    `value`: a constant, taken where there is no path, or where there is one and it is `filled`.
    `words`: text of the value ("true" and "false" for a boolean) -> canonical value; what is not among them
    gives nothing, and the next cell of the field is tried. Empty: the value as it is.
    `only`: statuses of an event, or kinds of stage of a deal, for which the cell counts; empty for all.
    """

    path: tuple[Column, ...] = ()
    section: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    otherwise: Column | None = None
    attribute: str = ""
    naming: str = "Свойство_Key"
    value: Constant | None = None
    filled: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()

    @property
    def select(self) -> tuple[str, ...]:
        """What to ask for in `$select` of the record: a section whole, as its lines are read by."""
        if self.section:
            return (self.section,)
        return self.path[0].select if self.path else ()


Cells = tuple[Cell, ...]
"""What may fill a field: the first cell that gives something does."""


@dataclass(frozen=True)
class Section:
    """A tabular section that a table reads: its name, its own read-only set, and its columns by name."""

    name: str
    set: str
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Filter:
    """What a record must be to be meant: `column` equal to `value`; to be checked again in the answer."""

    column: Column
    value: Constant


@dataclass(frozen=True)
class Join:
    """Records of another set that belong to one of ours: counterparties of a partner.

    `by` is their reference to us; `fields` are canonical fields that they fill, the first one for a single
    value; `order` is the column by which "first" is meant, ascending. `key` is that of their set. Records of
    a register have neither `DataVersion` nor a mark of deletion: `versioned` is false. `naming`: the column
    that names the additional attribute of such a record; only those count that a cell names by its title.
    """

    set: str
    by: Column
    fields: Mapping[str, Cells]
    where: tuple[Filter, ...] = ()
    order: Column | None = None
    key: tuple[str, ...] = ("Ref_Key",)
    versioned: bool = True
    naming: Column | None = None

    @property
    def titles(self) -> tuple[str, ...]:
        """The additional attributes that are read in the records."""
        cells = chain.from_iterable(self.fields.values())
        return _once(cell.attribute for cell in cells if cell.attribute)

    @property
    def select(self) -> tuple[str, ...]:
        """What to ask for in `$select`."""
        cells = chain.from_iterable(self.fields.values())
        needed = (cell.select for cell in cells)
        filters = (each.column.select for each in self.where)
        order = self.order.select if self.order else ()
        version = ("DataVersion", "DeletionMark") if self.versioned else ()
        return _once(chain(self.key, self.by.select, *filters, order, *needed, version))


@dataclass(frozen=True)
class Table:
    """One entity set read as one kind of canonical entity; several tables may fill one kind.

    `name` is that of the stream ("calls"), `entity` what its rows become, `set` the entity set.
    `key`: the columns of `$metadata`'s key; a single `Ref_Key` but for registers.
    `fields`: field of the canonical entity -> cells; beside those of the model a sale may have `cost`.
    `custom`: a client's own
    fields by readable name.
    `date`: the indexed column to cut windows by (documents: `Date`), `changed`: the column that the
    configuration keeps of the last change, None where there is none and keys have to be polled.
    `virtual`: "Turnovers" where not the set but its virtual table is read, by month; "" otherwise.
    `sections` are those that any cell reads. `negative`: amounts are of returns, to be negated.
    `versioned`: rows have `DataVersion` and `DeletionMark`.
    """

    name: str
    entity: EntityName
    set: str
    fields: Mapping[str, Cells]
    key: tuple[str, ...] = ("Ref_Key",)
    where: tuple[Filter, ...] = ()
    date: Column | None = None
    changed: Column | None = None
    sections: Mapping[str, Section] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    virtual: str = ""
    negative: bool = False
    versioned: bool = True
    custom: Mapping[str, Cells] = field(default_factory=dict)

    @property
    def cells(self) -> Iterator[Cell]:
        """Every cell of the table's own rows, those of joined records apart."""
        return chain.from_iterable((*self.fields.values(), *self.custom.values()))

    @property
    def select(self) -> tuple[str, ...]:
        """What to ask for in `$select`, each name once: key, version, filters, dates and cells."""
        head = () if self.virtual else self.key
        version = ("DataVersion", "DeletionMark") if self.versioned and not self.virtual else ()
        dates = (column.select for column in (self.date, self.changed) if column and not self.virtual)
        filters = (each.column.select for each in self.where)
        cells = (cell.select for cell in self.cells)
        return _once(chain(head, version, *dates, *filters, *cells))

    def followed(self) -> Iterator[tuple[Column, ...]]:
        """Yield the paths of the head that lead out of the set, to be looked up by key in other sets."""
        for cell in self.cells:
            if len(cell.path) > 1 and not cell.section:
                yield cell.path


@dataclass(frozen=True)
class Named:
    """A reference that gets the record with that Description: the state Запланировано of an event."""

    column: Column
    description: str


@dataclass(frozen=True)
class Target:
    """Where one kind of change is written.

    `columns`: our word -> column of the head: title, text, assignee, author, client, client_name, deal, due,
    begun, ends, created, done, done_at, result, incoming for what is created; owner for owners; text for a
    note; object, property, value for a record of a register of facts.
    `constants`: published name -> value that every new record gets.
    `section`: the tabular section that is written, "" for none, and `line`: our word -> column of it: client
    and client_name of who takes part; property, value, text of an additional attribute.
    `closed`: published name -> value that a finished record has; `action`: what to call on it instead,
    "ExecuteTask", "" where it is patched. `named` and `closed_named`: the same for references, by the
    Description of what they lead to, whose key differs from base to base. `key`: the columns of the set's
    key, in the order of `$metadata`; `cleared`: whether a flag that is cleared leaves no record of a register
    of facts, or one that says no.
    """

    purpose: Purpose
    set: str
    columns: Mapping[str, Column]
    constants: Mapping[str, Constant] = field(default_factory=dict)
    section: str = ""
    line: Mapping[str, Column] = field(default_factory=dict)
    closed: Mapping[str, Constant] = field(default_factory=dict)
    named: tuple[Named, ...] = ()
    closed_named: tuple[Named, ...] = ()
    action: str = ""
    key: tuple[str, ...] = ("Ref_Key",)
    cleared: Cleared = "delete"


@dataclass(frozen=True)
class Bridge:
    """Two catalogues of the same people: who stands in `set` is the employee of `to` with the same `by`.

    As УНФ has it: an owner is a Сотрудник, whom a task is given to is a Пользователь. A reference to `set`
    means that employee; one without a match stays unknown.
    """

    set: str
    to: str
    by: Column


@dataclass(frozen=True)
class Lack:
    """What the profile wants and this base does not publish, for people to mend.

    `table`: the stream or target that needs it; `field`: the canonical field, "" where all of the table is
    left out. `tick`: the set to tick in the composition, "" where the profile has to be mended instead.
    `where` is the place in the profile: file:line:column.
    """

    table: str
    field: str
    message: str
    hint: str
    where: str = ""
    tick: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message} — {self.hint}"


@dataclass(frozen=True)
class Profile:
    """All that the plugin knows of one base: the tables in the order of reading, and where to write.

    `missing`: what the base lacks. A table that cannot be read is not in `tables`, a lack of an empty `field`
    says why: its stream has to fail with that, never to be silently empty. A field that lacks a column is
    not in its table. `passed_over`: what this base has not, and the profile itself calls optional. `facts`:
    titles of additional attributes that stand in the register of the target `fact`, not on the card; ALL for
    all of them.
    """

    name: str
    title: str
    tables: tuple[Table, ...]
    targets: Mapping[Purpose, Target] = field(default_factory=dict)
    bridges: tuple[Bridge, ...] = ()
    missing: tuple[Lack, ...] = ()
    passed_over: tuple[Lack, ...] = ()
    facts: tuple[str, ...] = ()

    def keeping(self, title: str) -> Purpose:
        """Return which target an additional attribute is written to: `fact` in a register, or `attribute`."""
        own = {each.casefold() for each in self.facts}
        return "fact" if ALL in own or title.casefold() in own else "attribute"

    def of(self, entity: EntityName) -> tuple[Table, ...]:
        """Return the tables that fill one kind of entity."""
        return tuple(table for table in self.tables if table.entity == entity)

    def table(self, name: str) -> Table | None:
        """Return the table of a stream; None where this base has none."""
        return next((table for table in self.tables if table.name == name), None)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
