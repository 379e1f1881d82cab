"""Where to look for records by one value, so that a filter need not walk through all of them.

An index gives a superset: a record that changed stays listed under its old value too, and whoever asks tests
every record it gets. Numbers are never used twice, so those of deleted records are simply passed over.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from connector.sandbox.bitrix24.records import Entity, Record

Keys = Callable[[Record], Iterable[Hashable]]


class ByValue:
    """Numbers of records by the exact values of a field; made at the first question."""

    def __init__(self, entity: Entity, keys: Keys) -> None:
        self._entity = entity
        self._keys = keys
        self._places: dict[Hashable, list[int]] | None = None

    def note(self, number: int) -> None:
        """Take a new or changed record into account."""
        if self._places is None:
            return
        for key in self._keys(self._entity.records[number]):
            known = self._places.setdefault(key, [])
            if number not in known:
                insort(known, number)

    def find(self, keys: Iterable[Hashable]) -> list[int]:
        """Return, sorted, the numbers of all records that may hold one of the values."""
        if self._places is None:
            self._places = self._made()
        listed = [self._places.get(key, []) for key in set(keys)]
        known = self._entity.records
        return sorted({number for numbers in listed for number in numbers if number in known})

    def _made(self) -> dict[Hashable, list[int]]:
        places: dict[Hashable, list[int]] = {}
        for number in self._entity.ids:
            for key in self._keys(self._entity.records[number]):
                places.setdefault(key, []).append(number)
        return places


class ByTime:
    """Numbers of records by a moment, as text in the portal's spelling; empty moments are left out."""

    def __init__(self, entity: Entity, moment: Callable[[Record], Any]) -> None:
        self._entity = entity
        self._moment = moment
        self._entries: list[tuple[str, int]] | None = None

    def note(self, number: int) -> None:
        """Take a new or changed record into account."""
        if self._entries is None:
            return
        entry = (self._moment(self._entity.records[number]), number)
        place = bisect_left(self._entries, entry)
        if entry[0] and self._entries[place : place + 1] != [entry]:
            self._entries.insert(place, entry)

    def since(self, moment: str) -> list[int]:
        """Return, sorted, the numbers of all records that may stand at or after the moment."""
        if self._entries is None:
            made = ((self._moment(record), record.id) for record in self._entity.records.values())
            self._entries = sorted(entry for entry in made if entry[0])
        late = self._entries[bisect_left(self._entries, (moment, 0)) :]
        return sorted({number for _, number in late if number in self._entity.records})
