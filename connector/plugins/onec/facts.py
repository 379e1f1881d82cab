"""Writes additional attributes of clients that a register of facts keeps, a record each."""

from __future__ import annotations

from typing import Any

from connector.changes import SetField, SetFlag, Value
from connector.errors import ChangedBackError, MissingRecordError
from connector.plugins.onec.answers import TakenError
from connector.plugins.onec.drafts import Drafts, differing
from connector.plugins.onec.ownattributes import OwnAttributes
from connector.plugins.onec.profile import Target
from connector.plugins.onec.publication import Publication
from connector.plugins.onec.query import Query, leads, record_key, refers

Row = dict[str, Any]


class Facts:
    """The register of facts of one base: independent, its key is a client and an attribute.

    A card is not touched, so that nothing else of it can be lost. A second record with the same key is
    refused with code 15 (documentation 17.4): the one that is there is changed then.
    """

    def __init__(self, base: Publication, drafts: Drafts, attributes: OwnAttributes) -> None:
        self._base = base
        self._drafts = drafts
        self._attributes = attributes

    def write(self, change: SetField | SetFlag) -> str:
        """Set or clear a fact about the client; return the client's key.

        MissingRecordError where the client is gone, as 1C would keep a reference to nobody. RefusedError
        where the list of the attribute lacks the value, or two attributes have the title; ChangedBackError
        where the base did not keep what was sent.
        """
        target = self._drafts.target("fact")
        keys = self._attributes.keys(self._attributes.title(change))
        self._base.api.one(self._clients, change.target, ("Ref_Key",))
        held = self._held(target, change.target, keys)
        named = target.columns["property"].published
        about = str(held[named]) if held else self._attributes.only(keys, change)
        place = self._place(target, change.target, about)
        new = _wanted(change, target)
        if new is None:
            self._clear(target, place, held, change)
        else:
            self._put(target, place, held, self._cells(target, about, new, held), change)
        return change.target

    @property
    def _clients(self) -> str:
        return self._base.profile.of("client")[0].set

    def _held(self, target: Target, client: str, keys: set[str]) -> Row | None:
        """Return the record that there is; of attributes with the same title that of the first key."""
        named = target.columns["property"].published
        terms = [refers(named, key) for key in sorted(keys)]
        query = Query((*target.key, *target.columns["value"].select))
        query = query.filtered(leads(target.columns["object"], client, self._clients))
        found = [row for rows in self._base.api.matching(target.set, query, terms) for row in rows]
        return min(found, key=lambda row: str(row[named]), default=None)

    def _place(self, target: Target, client: str, attribute: str) -> Row:
        """Return the cells of the key."""
        whose = self._drafts.reference(target.columns["object"], self._clients, client)
        return {**target.constants, **whose, target.columns["property"].published: attribute}

    def _cells(self, target: Target, attribute: str, new: Value, held: Row | None) -> Row:
        """Return the cells of the value: typed as the attribute has it, where the column takes any type."""
        column = target.columns["value"]
        if column.form != "composite":
            return {column.published: new}
        kind = str((held or {}).get(f"{column.name}_Type") or "")
        value, kind = self._attributes.typed(column, attribute, new, kind)
        return {column.name: value, f"{column.name}_Type": kind}

    def _clear(self, target: Target, place: Row, held: Row | None, change: SetField | SetFlag) -> None:
        """Delete the record, if there is one still."""
        if held is None:
            return
        try:
            self._base.api.remove(target.set, address(target, place), {change.needs})
        except MissingRecordError:
            return

    def _put(
        self, target: Target, place: Row, held: Row | None, cells: Row, change: SetField | SetFlag
    ) -> None:
        """Make the record, or change the one that is there; compare what the base kept."""
        needs, key = {change.needs}, address(target, place)
        if held is None:
            try:
                answer = self._base.api.create(target.set, {**place, **cells}, needs)
            except TakenError:
                answer = self._base.api.change(target.set, key, cells, needs)
        else:
            answer = self._base.api.change(target.set, key, cells, needs)
        if lost := differing({**place, **cells}, answer):
            raise ChangedBackError(
                f"the base did not keep {', '.join(lost)} as it was sent",
                where=f"{self._base.name}: {target.set}: {change.target}",
                hint="look at the register in 1C; a handler of the configuration may change it",
            )


def address(target: Target, place: Row) -> str:
    """Return the key of a record as it stands in an address: Валюта_Key=guid'...',Код='...'."""
    keyed = {column.published for column in target.columns.values() if column.form == "key"}
    return record_key({name: place[name] for name in target.key}, keyed)


def _wanted(change: SetField | SetFlag, target: Target) -> Value:
    """Return the value that shall stand; None where no record shall."""
    if isinstance(change, SetFlag) and not change.new:
        return False if target.cleared == "no" else None
    return None if change.new is None or change.new == "" else change.new
