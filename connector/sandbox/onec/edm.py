"""The shapes of entity sets: columns with their Edm types, tabular sections, keys and references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

Row = dict[str, Any]
ZERO = "00000000-0000-0000-0000-000000000000"
NEVER = "0001-01-01T00:00:00"
GUID, STRING, FLAG, MOMENT, NUMBER, COUNT = (
    "Edm.Guid",
    "Edm.String",
    "Edm.Boolean",
    "Edm.DateTime",
    "Edm.Double",
    "Edm.Int64",
)
EMPTY: dict[str, Any] = {GUID: ZERO, STRING: "", FLAG: False, MOMENT: NEVER, NUMBER: 0, COUNT: 0}
TYPE, SPACE, UNDEFINED = "_Type", "StandardODATA.", "StandardODATA.Undefined"


class Ref(NamedTuple):
    """A reference: the entity set it leads to and the key there."""

    set: str
    key: str


@dataclass(frozen=True)
class Column:
    """One Edm property; `length` 0 of a string is unlimited, `targets` are the sets a reference may lead to.

    `mixed` is the value half of a composite field, whose other half is the column `<name>_Type`.
    """

    name: str
    kind: str
    length: int = 0
    targets: tuple[str, ...] = ()
    mixed: bool = False

    @property
    def empty(self) -> Any:
        """Return the value of a cell that nobody has filled."""
        return UNDEFINED if self.name.endswith(TYPE) and self.kind == STRING else EMPTY[self.kind]

    @property
    def navigation(self) -> str:
        """Return the name that leads to the other object, empty if this is no reference."""
        return self.name.removesuffix("_Key") if self.targets else ""


Columns = dict[str, Column]


def text(name: str, length: int = 150) -> Columns:
    """Declare a string of limited length."""
    return {name: Column(name, STRING, length)}


def memo(name: str) -> Columns:
    """Declare a string without a limit, which the database can neither compare nor sort."""
    return {name: Column(name, STRING)}


def flag(*names: str) -> Columns:
    """Declare booleans."""
    return {name: Column(name, FLAG) for name in names}


def moment(*names: str) -> Columns:
    """Declare dates with times, naive, in the server's zone."""
    return {name: Column(name, MOMENT) for name in names}


def number(*names: str) -> Columns:
    """Declare decimal numbers."""
    return {name: Column(name, NUMBER) for name in names}


def ref(name: str, target: str) -> Columns:
    """Declare a reference to one set, which is the column `<name>_Key`."""
    return {f"{name}_Key": Column(f"{name}_Key", GUID, targets=(target,))}


def mixed(name: str, *targets: str) -> Columns:
    """Declare a field of several types: `<name>` with the value and `<name>_Type` with its type."""
    return {
        name: Column(name, STRING, 100, targets, mixed=True),
        name + TYPE: Column(name + TYPE, STRING, 100),
    }


@dataclass
class EntityType:
    """One entity set: its key, columns, tabular sections, and what can be called on it.

    `actions` change an object (Post), `tables` are the virtual tables of a register.
    """

    name: str
    key: tuple[str, ...]
    columns: Columns
    sections: dict[str, Columns] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    code_length: int = 0

    @cached_property
    def blank(self) -> Row:
        """Return a row that nobody has filled."""
        return blank(self.columns)

    @cached_property
    def blank_lines(self) -> dict[str, Row]:
        """Return a line of each tabular section that nobody has filled."""
        return {name: blank(columns) for name, columns in self.sections.items()}

    @property
    def kind(self) -> str:
        """Return the prefix of the name: Catalog, Document, AccumulationRegister ..."""
        return self.name.partition("_")[0]

    @property
    def is_object(self) -> bool:
        """Tell whether its records are objects with a Ref_Key."""
        return self.key == ("Ref_Key",)

    def references(self) -> dict[str, Column]:
        """Return the columns that lead to other objects, by the name of the way."""
        return {column.navigation: column for column in self.columns.values() if column.targets}


def blank(columns: Columns) -> Row:
    """Return a row that nobody has filled."""
    return {name: column.empty for name, column in columns.items()}


def fill(columns: Columns, given: Mapping[str, Any], empty: Row | None = None) -> Row:
    """Return a row of all the columns; references are given as Ref or None under their own names.

    A reference takes the form the columns have for it: a key, or a value with its type. `empty` is the blank
    row, where it is at hand.
    """
    row = blank(columns) if empty is None else dict(empty)
    for name, value in given.items():
        if value is None or isinstance(value, Ref):
            refer(row, columns, name, value)
        elif name in columns:
            put(row, columns[name], value)
    return row


def refer(row: Row, columns: Columns, name: str, ref: Ref | None) -> None:
    """Write a reference into the row, in the form the columns have for it."""
    if f"{name}_Key" in columns:
        row[f"{name}_Key"] = ref.key if ref else ZERO
    elif name in columns:
        row[name], row[name + TYPE] = typed(ref)


def put(row: Row, column: Column, value: Any) -> None:
    """Write a value that is no reference into the row."""
    if column.mixed:
        row[column.name], row[column.name + TYPE] = typed(value)
    else:
        row[column.name] = value


def typed(value: Any) -> tuple[str, str]:
    """Return a composite value as text, with the name of its type."""
    if value is None:
        return "", UNDEFINED
    if isinstance(value, Ref):
        return value.key, SPACE + value.set
    if isinstance(value, bool):
        return str(value).lower(), FLAG
    return (str(value), NUMBER) if isinstance(value, int | float) else (str(value), STRING)


def referenced(row: Mapping[str, Any], name: str, columns: Columns) -> Ref | None:
    """Return what a reference of a row leads to, whichever form it has; None if it leads nowhere."""
    column = columns.get(f"{name}_Key") or columns.get(name)
    if column is None:
        return None
    value = str(row.get(column.name) or "")
    if not value or value == ZERO:
        return None
    if not column.mixed:
        return Ref(column.targets[0], value)
    kind = str(row.get(name + TYPE, ""))
    return Ref(kind.removeprefix(SPACE), value) if kind.startswith(SPACE) and kind != UNDEFINED else None


def joined(*parts: Columns) -> Columns:
    """Return the columns of all parts, in order."""
    return {name: column for part in parts for name, column in part.items()}


def composite(columns: Columns, names: Iterable[str]) -> Columns:
    """Return the columns with the named references of one type turned into composite fields."""
    found = set(names)
    turned: Columns = {}
    for column in columns.values():
        name = column.navigation
        wanted = name in found and not column.mixed
        turned |= mixed(name, *column.targets) if wanted else {column.name: column}
    return turned
