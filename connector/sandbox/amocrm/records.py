"""Records of one account and the collections that hold them, by id, in id order."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from connector.sandbox.company.tables import Row

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Record:
    """One record: the neutral row it shows (shared with the truth) and what only the account keeps."""

    __slots__ = ("extra", "id", "row")

    def __init__(self, number: int, row: Row, extra: Mapping[str, Any] = NOTHING) -> None:
        self.id = number
        self.row = row
        self.extra = extra

    def put(self, name: str, value: Any) -> None:
        """Keep a value only the account has; records without any share one empty mapping."""
        self.extra = {**self.extra, name: value}


Getter = Callable[[Record], Any]


class Entity:
    """All records of one collection.

    `ids` is sorted, numbers are never used twice, `bin` keeps what was deleted, `getters` are the scalar
    columns a row shows and filters ask for, in the vendor's order.
    """

    def __init__(self, name: str, singular: str) -> None:
        self.name = name
        self.singular = singular
        self.getters: dict[str, Getter] = {}
        self.records: dict[int, Record] = {}
        self.ids: list[int] = []
        self.bin: dict[int, Record] = {}
        self._last = 0

    def load(self, records: Iterable[Record]) -> None:
        """Take many records at once."""
        self.records.update((record.id, record) for record in records)
        self.ids = sorted(self.records)
        self._last = max(self._last, self.ids[-1] if self.ids else 0)

    def add(self, row: Row, extra: Mapping[str, Any] = NOTHING, number: int = 0) -> Record:
        """Make a new record, under the given or the next number."""
        record = Record(number or self.next_id(), row, dict(extra))
        self.put_back(record)
        return record

    def put_back(self, record: Record) -> None:
        """Let a record be found under its number."""
        self.records[record.id] = record
        insort(self.ids, record.id)
        self._last = max(self._last, record.id)

    def remove(self, number: int) -> Record:
        """Take a record out of the lists."""
        del self.ids[bisect_left(self.ids, number)]
        return self.records.pop(number)

    def next_id(self) -> int:
        """Return the number a new record gets."""
        return self._last + 1

    def get(self, number: Any) -> Record | None:
        """Return the record of that number, None if there is none."""
        text = str(number)
        return self.records.get(int(text)) if text.isdecimal() else None

    def columns(self, record: Record) -> dict[str, Any]:
        """Return the scalar columns of a row."""
        return {name: getter(record) for name, getter in self.getters.items()}
