"""Looks up what references lead to: small catalogues whole, large ones by the keys that a page needs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Any

from connector.errors import ForbiddenError
from connector.plugins.onec.answers import ODataError
from connector.plugins.onec.api import Api
from connector.plugins.onec.paging import PageSize, walk
from connector.plugins.onec.query import Query, refers

WHOLE = 200
"""Keys from which on a set is read whole: they would cost about a dozen requests."""

logger = logging.getLogger(__name__)
Record = dict[str, Any]


class Lookups:
    """Records of other sets by key, each asked for once a run, with the columns that paths read in them."""

    def __init__(self, api: Api, page_bytes: int) -> None:
        self._api = api
        self._page_bytes = page_bytes
        self._columns: dict[str, dict[str, None]] = {}
        self._found: dict[str, dict[str, Record]] = {}
        self._whole: set[str] = set()
        self._closed: set[str] = set()
        self._checked: set[str] = set()

    def want(self, entity_set: str, columns: Collection[str]) -> None:
        """Note that these columns are read in records of the set, before the first of them is looked up."""
        known = self._columns.setdefault(entity_set, {"Ref_Key": None})
        if set(columns) - known.keys():
            # What was read without the new column is read anew.
            self._checked.discard(entity_set)
            self._whole.discard(entity_set)
            self._found.pop(entity_set, None)
        known.update(dict.fromkeys(columns))

    def prime(self, entity_set: str, keys: Collection[str]) -> None:
        """Fetch those of the records that are not known yet."""
        known = self._found.setdefault(entity_set, {})
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        if missing and self._columns.get(entity_set):
            self._unless_closed(entity_set, lambda: self._read(entity_set, missing))

    def get(self, entity_set: str, key: str) -> Record | None:
        """Return the record; None where there is none, or it may not be seen."""
        self.prime(entity_set, [key])
        return self._found.get(entity_set, {}).get(key) or None

    def all(self, entity_set: str) -> list[Record]:
        """Return all records of a set."""
        if entity_set not in self._whole:
            self._unless_closed(entity_set, lambda: self._read_whole(entity_set))
        return [record for record in self._found.get(entity_set, {}).values() if record]

    def _unless_closed(self, entity_set: str, read: Callable[[], None]) -> None:
        """Read; a set that may not be read leaves unknown what it names, and is not asked again."""
        if entity_set in self._closed:
            return
        try:
            read()
        except ForbiddenError as error:
            logger.warning("%s: what it names stays unknown: %s", entity_set, error)
            self._closed.add(entity_set)

    def _read(self, entity_set: str, keys: Sequence[str]) -> None:
        known = self._found[entity_set]
        if len(keys) + len(known) > WHOLE and entity_set not in self._whole:
            self._read_whole(entity_set)
        # Rows that moved while a set was read whole are asked for like the few of a small page.
        left = [key for key in keys if key not in known]
        terms = [refers("Ref_Key", key) for key in left]
        for rows in self._api.matching(entity_set, Query(self._selected(entity_set)), terms) if terms else ():
            known.update({str(row.get("Ref_Key")): row for row in rows})
        known.update({key: {} for key in left if key not in known})

    def _read_whole(self, entity_set: str) -> None:
        query = Query(self._selected(entity_set), order=("Ref_Key",))
        found = self._found.setdefault(entity_set, {})
        for _, rows in walk(self._api, entity_set, query, PageSize(self._page_bytes)):
            found.update({str(row.get("Ref_Key")): row for row in rows})
        self._whole.add(entity_set)

    def _selected(self, entity_set: str) -> tuple[str, ...]:
        """Return the columns to ask for; those that this set does not have are found out once and left out.

        A composite reference leads to sets of which not each has the column that a path goes on with.
        """
        wanted = self._columns[entity_set]
        while entity_set not in self._checked:
            try:
                self._api.rows(entity_set, Query(tuple(wanted), order=("Ref_Key",), top=1))
            except ODataError as error:
                unknown = next((name for name in wanted if name != "Ref_Key" and name in error.message), None)
                if unknown is None:
                    raise
                del wanted[unknown]
            else:
                self._checked.add(entity_set)
        return tuple(wanted)
