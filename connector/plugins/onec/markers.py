"""Finds what we wrote: by the key that its change gives it, else by our mark in a text of the client's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector.changes import AddNote, Change, CreateTask, PlanContact
from connector.errors import ConfigError
from connector.plugins.onec.drafts import Drafts, purpose_of, record_key
from connector.plugins.onec.profile import Target
from connector.plugins.onec.publication import Publication
from connector.plugins.onec.query import Query, refers

Numbered = tuple[str, str]
"""The number of a document or task, which 1C gives in order, and its key."""
NUMBER = "Number"


class Markers:
    """Looks our records up. What is marked for deletion was taken off again and does not count."""

    def __init__(self, base: Publication, drafts: Drafts) -> None:
        self._base = base
        self._drafts = drafts

    def find(self, changes: Sequence[Change]) -> dict[str, str]:
        """Return change key -> id for those of the changes that stand in the base already."""
        found: dict[str, str] = {}
        made = [change for change in changes if isinstance(change, CreateTask | PlanContact)]
        for target, some in self._by_target(made):
            found |= self._by_key(target, some)
            found |= self._by_mark(target, [change for change in some if change.key not in found])
        notes = [change for change in changes if isinstance(change, AddNote)]
        for target, noted in self._by_target(notes):
            found |= self._notes(target, noted)
        return found

    def _by_target(self, changes: Sequence[Change]) -> Iterator[tuple[Target, list[Change]]]:
        """Yield the changes by where they are written; those without a place cannot have been."""
        for purpose in dict.fromkeys(purpose_of(change) for change in changes):
            try:
                target = self._drafts.target(purpose)
            except ConfigError:
                continue
            yield target, [change for change in changes if purpose_of(change) == purpose]

    def _by_key(self, target: Target, changes: Sequence[Change]) -> dict[str, str]:
        keys = {record_key(change): change.key for change in changes}
        query = Query(("Ref_Key", "DeletionMark"), allowed_only=True)
        terms = [refers("Ref_Key", key) for key in keys]
        found = (row for rows in self._base.api.matching(target.set, query, terms) for row in rows)
        live = (str(row["Ref_Key"]) for row in found if row.get("DeletionMark") is not True)
        return {keys[key]: key for key in live if key in keys}

    def _by_mark(self, target: Target, changes: Sequence[Change]) -> dict[str, str]:
        """Return the oldest record of each change: a base may have given it a key of its own."""
        return {key: min(found)[1] for key, found in self._standing(target, changes).items()}

    def _standing(self, target: Target, changes: Sequence[Change]) -> dict[str, list[Numbered]]:
        """Return the records of the clients with our marks, each with the number that 1C gave it."""
        text = target.columns.get("text")
        if text is None or not changes:
            return {}
        query = Query(("Ref_Key", NUMBER, "DeletionMark", text.published))
        terms = list(dict.fromkeys(self._about(target, change.target) for change in changes))
        found: dict[str, list[Numbered]] = {}
        for rows in self._base.api.matching(target.set, query, terms):
            for row in (row for row in rows if row.get("DeletionMark") is not True):
                said, one = str(row.get(text.published) or ""), (str(row.get(NUMBER)), str(row["Ref_Key"]))
                for each in (each for each in changes if each.marker in said):
                    found.setdefault(each.key, []).append(one)
        return found

    def without_twins(self, changes: Sequence[Change]) -> dict[str, str]:
        """Mark all but the oldest record of each change for deletion; return change key -> what stays.

        Where the base takes the key that we choose there are none: the second one is refused with code 15.
        """
        made = [change for change in changes if isinstance(change, CreateTask | PlanContact)]
        stays: dict[str, str] = {}
        for target, some in self._by_target(made):
            needs = {change.key: change.needs for change in some}
            for key, found in self._standing(target, some).items():
                (_, stays[key]), *younger = sorted(found)
                for _, twin in younger:
                    self._base.api.change(target.set, twin, {"DeletionMark": True}, {needs[key]})
        return stays

    def _about(self, target: Target, client: str) -> str:
        """Return the term for records about a client, in the head or in a section."""
        entity_set = self._base.profile.of("client")[0].set
        column = target.columns.get("client") or target.line["client"]
        name = column.published if "client" in target.columns else f"d/{column.published}"
        key = f"guid'{client}'"
        term = f"{name} eq " + (key if column.form == "key" else f"cast({key},'{entity_set}')")
        return term if "client" in target.columns else f"{target.section}/any(d: {term})"

    def _notes(self, target: Target, changes: Sequence[Change]) -> dict[str, str]:
        column = target.columns["text"].published
        query = Query(("Ref_Key", column))
        terms = [refers("Ref_Key", key) for key in dict.fromkeys(change.target for change in changes)]
        found: dict[str, str] = {}
        for row in (row for rows in self._base.api.matching(target.set, query, terms) for row in rows):
            said, key = str(row.get(column) or ""), str(row["Ref_Key"])
            found |= {each.key: key for each in changes if each.target == key and each.marker in said}
        return found
