"""Finds records: filter, order and 50-row pages, with binary search on ids and remembered searches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector.sandbox.bitrix24.fields import text, whole
from connector.sandbox.bitrix24.filters import Dialect, compile_filter, every, key_of, split_key
from connector.sandbox.bitrix24.lookup import candidates, told_by_others
from connector.sandbox.bitrix24.params import as_list
from connector.sandbox.bitrix24.records import Entity, Record

PAGE = 50
REMEMBERED = 64
CLOSE = 5_000
"""A range of so many ids is looked through each time rather than remembered."""

Hides = Callable[[Record], bool]
"""Tells whether the user may not read a record."""


@dataclass(frozen=True)
class Page:
    """The rows of one page; `total` is 0 and `next` None when no count was asked for (`start` = -1).

    A `total` of None is told to nobody.
    """

    records: list[Record]
    total: int | None
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
        if by_id:
            return View(ids, bisect_left(ids, self.low), bisect_right(ids, self.high))
        return View.of([number for number in ids if self.low <= number <= self.high])

    def few(self, entity: Entity) -> list[int] | None:
        """Return, sorted, the allowed ids if they were listed or lie close together, else None."""
        if self.among is not None:
            return sorted(n for n in self.among if self.low <= n <= self.high and n in entity.records)
        if self.high - self.low > CLOSE:
            return None
        return entity.ids[bisect_left(entity.ids, self.low) : bisect_right(entity.ids, self.high)]


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
    hides: Hides | None = None,
) -> Page:
    """Return one page of the records that fit; `start` is an offset, rounded down to whole pages, or -1.

    Records that `hides` holds for are passed over, as those without a read right.
    """
    found = view(entity, raw, order, dialect)
    return cut(entity, seen(entity, found, start, hides) if hides else found, start)


def seen(entity: Entity, found: View, start: int, hides: Hides) -> View:
    """Return what the user may read; without a count only as much of it as the page needs."""
    if start >= 0:
        return View.of([number for number in found.every() if not hides(entity.records[number])])
    shown: list[int] = []
    for begin in range(0, len(found), PAGE):
        shown += (n for n in found.part(begin, PAGE) if not hides(entity.records[n]))
        if len(shown) >= PAGE:
            break
    return View.of(shown)


def view(entity: Entity, raw: Mapping[str, Any], order: Mapping[str, Any], dialect: Dialect) -> View:
    """Return the ids of all records that fit, in order."""
    bounds, rest = split_bounds(raw, dialect)
    directions = read_order(order, dialect)
    first, falling = directions[0] if directions else ("ID", False)
    by_id = first == "ID"
    few = bounds.few(entity)
    if few is None or (by_id and not rest and bounds.among is None):
        found = bounds.pick(search(entity, rest, [] if by_id else directions, dialect), by_id=by_id)
    else:
        found = View.of(sort(entity, scan(entity, few, rest, dialect), [] if by_id else directions))
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
    if told_by_others(rest, dialect):
        return sort(entity, scan(entity, candidates(entity, rest, dialect), rest, dialect), order)
    key = repr((sorted(rest.items(), key=repr), order, dialect.naive_times, dialect.strict))
    known = entity.found.get(key)
    if known and known[0] == entity.revision:
        return known[1]
    found = sort(entity, scan(entity, candidates(entity, rest, dialect), rest, dialect), order)
    if len(entity.found) >= REMEMBERED:
        entity.found.clear()
    entity.found[key] = (entity.revision, found)
    return found


def scan(entity: Entity, ids: list[int], rest: Mapping[str, Any], dialect: Dialect) -> list[int]:
    """Return those of the ids whose records pass."""
    tests = compile_filter(rest, dialect)
    if not tests:
        return ids
    passes = every(*tests) if len(tests) > 1 else tests[0]
    return [number for number in ids if passes(entity.records[number])]


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
