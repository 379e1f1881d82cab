"""Writes changes into a base, one request each and never twice, and compares what it kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connector.changes import (
    AddNote,
    Change,
    ChangeOwner,
    CompleteTask,
    CreateTask,
    PlanContact,
    ReassignActivity,
    SetField,
    SetFlag,
    WithdrawContact,
)
from connector.errors import (
    ChangedBackError,
    ConfigError,
    ForbiddenError,
    RefusedError,
    SourceError,
    UnknownFateError,
)
from connector.plugins.onec.answers import TakenError
from connector.plugins.onec.cards import Cards
from connector.plugins.onec.drafts import Drafts, Record, differing, purpose_of
from connector.plugins.onec.facts import Facts
from connector.plugins.onec.ownattributes import OwnAttributes
from connector.plugins.onec.profile import Purpose, Target
from connector.plugins.onec.publication import Publication
from connector.plugins.readback import compared

logger = logging.getLogger(__name__)
_OWNERS: Mapping[str, Purpose] = {"client": "owner", "deal": "deal_owner", "person": "contact_owner"}
_DELETED = "DeletionMark"
Outcome = str | SourceError


class Writing:
    """Sends single changes to one base; a lost answer is an UnknownFateError, for a look-up to settle."""

    def __init__(self, base: Publication, drafts: Drafts, cards: Cards) -> None:
        self._base = base
        self._drafts = drafts
        self._cards = cards
        attributes = OwnAttributes(base, drafts)
        self._own = {"attribute": attributes.write, "fact": Facts(base, drafts, attributes).write}
        self._title = attributes.title
        self._writers: dict[type[Change], Callable[[Any], str]] = {
            CreateTask: self._create,
            PlanContact: self._create,
            SetField: self._set,
            SetFlag: self._set,
            ChangeOwner: self._owner,
            ReassignActivity: self._reassign,
            CompleteTask: self._complete,
            WithdrawContact: self._withdraw,
            AddNote: self._note,
        }

    def send(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        """Write the changes; return for each key the id, or the error that befell it."""
        outcome: dict[str, Outcome] = {}
        for change in changes:
            writer = next(make for kind, make in self._writers.items() if isinstance(change, kind))
            try:
                outcome[change.key] = writer(change)
            except ConfigError as error:
                outcome[change.key] = RefusedError(error.message, hint=error.hint, where=error.where)
            except (UnknownFateError, RefusedError, ForbiddenError) as error:
                outcome[change.key] = error
        written = [change for change in changes if isinstance(outcome[change.key], str)]
        return outcome | compared(written, self._cards.records)

    def _set(self, change: SetField | SetFlag) -> str:
        """Write an additional attribute to where the profile keeps it: the card, or a register of facts."""
        return self._own[self._base.profile.keeping(self._title(change))](change)

    def _create(self, change: CreateTask | PlanContact) -> str:
        """Make the record under the key of its change; one that is there already is taken over.

        What the base did not keep is told in the log; without whom or when it means nothing and is marked for
        deletion again.
        """
        target, record = self._drafts.new(change)
        try:
            answer = self._base.api.create(target.set, record, {change.needs})
        except TakenError:
            return self._revived(target, record, change)
        key = str(answer.get("Ref_Key") or "")
        if not key:
            raise UnknownFateError("the answer does not say what was written", where=target.set)
        lost = [name for name in differing(record, answer) if name != "Ref_Key"]
        if self._essential(target) & set(lost):
            self._base.api.change(target.set, key, {_DELETED: True}, {change.needs})
            raise _not_kept(f"{self._base.name}: {target.set}", lost)
        if lost:
            logger.warning("%s: %s: not kept as sent: %s", self._base.name, target.set, ", ".join(lost))
        return key

    def _revived(self, target: Target, record: Record, change: CreateTask | PlanContact) -> str:
        """Return the key of the record that is there; one that was marked for deletion is filled anew."""
        key = str(record["Ref_Key"])
        held = self._base.api.one(target.set, key, ("Ref_Key", "DataVersion", _DELETED))
        if held.get(_DELETED) is True:
            self._patch(target.set, key, {**_without(record, "Ref_Key"), _DELETED: False}, change)
        return key

    def _essential(self, target: Target) -> set[str]:
        """Return the published names without which a record is of no use: whose, with whom, until when."""
        columns = [target.columns.get(name) for name in ("assignee", "client", "due")]
        names = {name for column in columns if column for name in column.select}
        return names | ({target.section} if target.section else set())

    def _owner(self, change: ChangeOwner) -> str:
        purpose = _OWNERS[change.of]
        target = self._drafts.target(purpose)
        record = self._drafts.person(target.columns["owner"], change.new)
        self._patch(target.set, change.place[1], record, change)
        return change.place[1]

    def _reassign(self, change: ReassignActivity) -> str:
        target = self._target_of(change.of, change.item)
        record = self._drafts.person(target.columns["assignee"], change.new)
        self._patch(target.set, change.item, record, change)
        return change.item

    def _complete(self, change: CompleteTask) -> str:
        """Close a task as finished, a planned contact as never held; or open it again."""
        target = self._target_of(change.of, change.item)
        if change.of == "contact":
            self._patch(target.set, change.item, {_DELETED: change.done}, change)
        elif not change.done:
            reopened = {name: not value for name, value in target.closed.items() if isinstance(value, bool)}
            self._patch(target.set, change.item, reopened, change)
        elif target.action:
            self._base.api.act(target.set, change.item, target.action, {change.needs})
        else:
            self._patch(target.set, change.item, self._drafts.closed(target), change)
        return change.item

    def _withdraw(self, change: WithdrawContact) -> str:
        target = self._target_of("contact", change.item)
        self._patch(target.set, change.item, {_DELETED: True}, change)
        return change.item

    def _note(self, change: AddNote) -> str:
        """Put the note behind what stands in the text of the card."""
        target = self._drafts.target(purpose_of(change))
        column = target.columns["text"].published
        held = self._base.api.one(target.set, change.target, ("Ref_Key", "DataVersion", column))
        before = str(held.get(column) or "").rstrip()
        said = f"{change.text}\n[{change.marker}]"
        record = {column: f"{before}\n{said}" if before else said}
        self._patch(target.set, change.target, record, change, str(held.get("DataVersion") or ""))
        return change.target

    def _target_of(self, kind: str, item: str) -> Target:
        """Return where an item stands that we made, or that goes along with its client."""
        if kind == "task":
            return self._drafts.target("task")
        for table, _ in self._cards.entities("contact", [item]):
            for purpose in ("call", "meeting"):
                target = self._base.profile.targets.get(purpose)
                if target is not None and target.set == table.set:
                    return target
        return self._drafts.target("call")

    def _patch(
        self, entity_set: str, key: str, record: Record, change: Change, version: str | None = None
    ) -> None:
        """Change a record whose version was just read; RefusedError where the base did not keep it."""
        if version is None:
            held = self._base.api.one(entity_set, key, ("Ref_Key", "DataVersion"))
            version = str(held.get("DataVersion") or "")
        answer = self._base.api.change(entity_set, key, record, {change.needs}, version)
        if lost := differing(record, answer):
            said = _not_kept(f"{self._base.name}: {entity_set}", lost)
            raise ChangedBackError(said.message, hint=said.hint, where=said.where)


def _not_kept(where: str, names: Sequence[str]) -> RefusedError:
    said = f"the base answered that all is well and did not keep {', '.join(names)}"
    hint = "the profile may name columns that this release does not have: `connector doctor` tells"
    return RefusedError(said, where=where, hint=hint)


def _without(record: Record, name: str) -> Record:
    return {key: value for key, value in record.items() if key != name}
