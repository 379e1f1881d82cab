"""Records and the entities that hold them, by id, in id order."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from connector.sandbox.company.tables import Row

if TYPE_CHECKING:
    from connector.sandbox.bitrix24.fields import Field

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Record:
    """One vendor record: the neutral row it shows (shared with the truth) and what only the vendor keeps."""

    __slots__ = ("extra", "id", "row")

    def __init__(self, number: int, row: Row, extra: Mapping[str, Any] = NOTHING) -> None:
        self.id = number
        self.row = row
        self.extra = extra

    def put(self, name: str, value: Any) -> None:
        """Keep a value only the vendor has; records without any share one empty mapping."""
        self.extra = {**self.extra, name: value}


class Index(Protocol):
    """What an entity tells its indexes."""

    def note(self, number: int) -> None:
        """Take a new or changed record into account."""


class Entity:
    """All records of one sort.

    `ids` is sorted, numbers are never used twice, `revision` grows with every change, and `changed` keeps the
    `indexes` right.
    """

    def __init__(self, name: str, fields: Iterable[Field]) -> None:
        self.name = name
        self.fields = {field.name: field for field in fields}
        self.records: dict[int, Record] = {}
        self.ids: list[int] = []
        self.revision = 0
        self.found: dict[str, tuple[int, list[int]]] = {}
        self.indexes: dict[str, Index] = {}
        self._last = 0

    def load(self, records: Iterable[Record]) -> None:
        """Take many records at once."""
        self.records.update((record.id, record) for record in records)
        self.ids = sorted(self.records)
        self._last = max(self._last, self.ids[-1] if self.ids else 0)
        self.revision += 1
        self.indexes.clear()

    def add(self, row: Row, extra: Mapping[str, Any] = NOTHING, number: int | None = None) -> Record:
        """Make a new record, under the given or the next number."""
        record = Record(number or self.next_id(), row, dict(extra))
        self.records[record.id] = record
        insort(self.ids, record.id)
        self._last = max(self._last, record.id)
        self.changed(record.id)
        return record

    def remove(self, number: int) -> Record:
        """Drop a record for good."""
        del self.ids[bisect_left(self.ids, number)]
        self.revision += 1
        return self.records.pop(number)

    def reserve(self, number: int) -> None:
        """Let new records be numbered after this one."""
        self._last = max(self._last, number)

    def next_id(self) -> int:
        """Return the number a new record would get."""
        return self._last + 1

    def changed(self, *numbers: int) -> None:
        """Note that these records changed, so that they are found where they are now."""
        self.revision += 1
        for index in self.indexes.values():
            for number in numbers:
                index.note(number)

    def get(self, number: int) -> Record | None:
        """Return the record, or None."""
        return self.records.get(number)
