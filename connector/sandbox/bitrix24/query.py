"""Finds records: filter, order and 50-row pages, with binary search on ids and remembered searches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector.sandbox.bitrix24.fields import text, whole
from connector.sandbox.bitrix24.filters import Dialect, compile_filter, every, key_of, split_key
from connector.sandbox.bitrix24.params import as_list
from connector.sandbox.bitrix24.records import Entity, Record

PAGE = 50
REMEMBERED = 64
NO_COUNT = -1


@dataclass(frozen=True)
class Page:
    """The rows of one page; `total` is 0 and `next` None when no count was asked for (`start` = -1)."""

    records: list[Record]
    total: int
    next: int | None


@dataclass
class Bounds:
    """The ids a filter allows: a range, both ends inclusive, and a set if ids were listed."""

    low: int = 0
    high: int = 2**63
    among: frozenset[int] | None = None

    def narrow(self, operator: str, value: Any) -> None:
        """Take one condition on the id into account."""
        number = whole(value) if not isinstance(value, list | dict) else 0
        if operator in {">", ">="}:
            self.low = max(self.low, number + (operator == ">"))
        elif operator in {"<", "<="}:
            self.high = min(self.high, number - (operator == "<"))
        else:
            listed = frozenset(
                whole(item) for item in (as_list(value) if isinstance(value, list | dict) else [value])
            )
            self.among = listed if self.among is None else self.among & listed

    def pick(self, ids: list[int], *, by_id: bool) -> View:
        """Return the allowed ids, in the given order; ids in id order are searched, not walked."""
        if by_id and self.among is None:
            return View(ids, bisect_left(ids, self.low), bisect_right(ids, self.high))
        known = self._listed(ids) if by_id else ids
        return View.of([number for number in known if self._allows(number)])

    def _allows(self, number: int) -> bool:
        return self.low <= number <= self.high and (self.among is None or number in self.among)

    def _listed(self, ids: list[int]) -> list[int]:
        places = ((bisect_left(ids, number), number) for number in sorted(self.among or ()))
        return [number for place, number in places if place < len(ids) and ids[place] == number]


@dataclass(frozen=True)
class View:
    """A stretch of a list of ids, read from either end, and never copied as a whole."""

    ids: list[int]
    low: int
    high: int
    falling: bool = False

    @classmethod
    def of(cls, ids: list[int]) -> View:
        """View a whole list."""
        return cls(ids, 0, len(ids))

    def __len__(self) -> int:
        return max(0, self.high - self.low)

    def part(self, begin: int, count: int) -> list[int]:
        """Return up to `count` ids, beginning with the given place of the stretch."""
        if self.falling:
            end = self.high - begin
            return self.ids[max(self.low, end - count) : max(self.low, end)][::-1]
        return self.ids[self.low + begin : min(self.low + begin + count, self.high)]

    def every(self) -> list[int]:
        """Return all ids of the stretch."""
        return self.part(0, len(self))


def split_bounds(raw: Mapping[str, Any], dialect: Dialect) -> tuple[Bounds, dict[str, Any]]:
    """Separate the conditions on the id, which need no scan, from the rest."""
    bounds, rest = Bounds(), {}
    for key, value in raw.items():
        operator, name = split_key(key, dialect.operators)
        field = dialect.names.get(name)
        if field and field.name == "ID" and operator in {">", ">=", "<", "<=", "=", "@"}:
            bounds.narrow(operator, value)
        else:
            rest[key] = value
    return bounds, rest


def find(
    entity: Entity,
    raw: Mapping[str, Any],
    order: Mapping[str, Any],
    start: int,
    dialect: Dialect,
    hidden_every: int = 0,
) -> Page:
    """Return one page of the records that fit; `start` is an offset, rounded down to whole pages, or -1.

    With `hidden_every` = n the records whose number n divides are passed over, as those without a read right.
    """
    found = view(entity, raw, order, dialect)
    if hidden_every:
        found = View.of([number for number in found.every() if number % hidden_every])
    return cut(entity, found, start)


def view(entity: Entity, raw: Mapping[str, Any], order: Mapping[str, Any], dialect: Dialect) -> View:
    """Return the ids of all records that fit, in order."""
    bounds, rest = split_bounds(raw, dialect)
    directions = read_order(order, dialect)
    first, falling = directions[0] if directions else ("ID", False)
    by_id = first == "ID"
    found = bounds.pick(search(entity, rest, [] if by_id else directions, dialect), by_id=by_id)
    return replace(found, falling=True) if by_id and falling else found


def cut(entity: Entity, found: View, start: int) -> Page:
    """Cut one page out of the ids found."""
    begin = 0 if start < 0 else start - start % PAGE
    rows = [entity.records[number] for number in found.part(begin, PAGE)]
    if start < 0:
        return Page(rows, 0, None)
    more = begin + PAGE < len(found)
    return Page(rows, len(found), begin + PAGE if more else None)


def read_order(order: Mapping[str, Any], dialect: Dialect) -> list[tuple[str, bool]]:
    """Return (field, falling) pairs; names the family does not know are passed over."""
    known = ((dialect.names.get(name), text(way)) for name, way in order.items())
    return [(field.name, way.lower().startswith("desc")) for field, way in known if field]


def search(
    entity: Entity, rest: Mapping[str, Any], order: list[tuple[str, bool]], dialect: Dialect
) -> list[int]:
    """Return all ids that pass the rest of the filter, in order; remembered until the entity changes."""
    if not rest and not order:
        return entity.ids
    key = repr((sorted(rest.items(), key=repr), order, dialect.naive_times, dialect.strict))
    known = entity.found.get(key)
    if known and known[0] == entity.revision:
        return known[1]
    found = sort(entity, scan(entity, rest, dialect), order)
    if len(entity.found) >= REMEMBERED:
        entity.found.clear()
    entity.found[key] = (entity.revision, found)
    return found


def scan(entity: Entity, rest: Mapping[str, Any], dialect: Dialect) -> list[int]:
    """Return the ids of the records that pass, in id order."""
    tests = compile_filter(rest, dialect)
    if not tests:
        return entity.ids
    passes = every(*tests) if len(tests) > 1 else tests[0]
    return [number for number in entity.ids if passes(entity.records[number])]


def sort(entity: Entity, ids: list[int], order: list[tuple[str, bool]]) -> list[int]:
    """Sort by the given fields, last key first; equal ones stay in id order, empty ones come first."""
    for name, falling in reversed(order):
        field = entity.fields[name]
        ids = sorted(
            ids, key=lambda number: rank(key_of(field, field.read(entity.records[number]))), reverse=falling
        )
    return ids


def rank(key: Any) -> tuple[bool, Any]:
    """Put empty values before all others, so that they compare."""
    return (key != "", key)
