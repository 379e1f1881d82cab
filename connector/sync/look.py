"""Looks at CRM and store right before changes are sent: may each still go, or what stands against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from connector.changes import AnyChange, ChangeOwner, CreateTask, Place, PlanContact, ReassignActivity
from connector.errors import AccessError, RefusedError
from connector.plugins.base import Source
from connector.store.database import Store
from connector.store.states import State
from connector.sync.compare import Record, names, objection

Records = Mapping[Place, Record]
Verdict = tuple[State, str]

LED = ("done", "skipped")
"""States of an owner change behind which the rest may go along: the client has its new owner."""
_UNDECIDED = ("planned", "approved", "queued", "held", "sending", "unknown")


class Look:
    """Answers for one source during one run; whom the vendor dismissed is asked once a run."""

    def __init__(self, source: Source[Any], store: Store) -> None:
        self._source = source
        self._store = store
        self._asked: set[str] = set()
        self._dismissed: set[str] = set()

    def records(self, changes: Sequence[AnyChange]) -> Records:
        """Return what the changes write to, and the clients behind what goes along, as it is now."""
        found: dict[Place, Record] = {}
        wanted = sorted(((place, change) for change in changes for place in _places(change)), key=_place)
        for kind, group in groupby(wanted, lambda pair: pair[0][0]):
            pairs = list(group)
            ids = sorted({place[1] for place, _ in pairs})
            asked = names([change for place, change in pairs if place == change.place])
            if any(place != change.place for place, change in pairs):
                asked = sorted({*asked, "owner"})
            read = self._source.current_records(kind, ids, asked)
            found |= {(kind, number): values for number, values in read.items()}
        return found

    def verdicts(self, changes: Sequence[AnyChange]) -> dict[str, Verdict]:
        """Return key -> state and reason for those of the changes that may not be written now.

        The state `approved` means that the change has to wait for the one it comes after.
        """
        found = self._forbidden(changes) | self._unled(changes)
        left = [change for change in changes if change.key not in found]
        records = self.records(left) if left else {}
        self._ask(left)
        for change in left:
            verdict = self._left_behind(change, records) or objection(change, records.get(change.place))
            verdict = verdict or self._nobody_there(change)
            if verdict is not None:
                found[change.key] = verdict
        return found

    def _forbidden(self, changes: Sequence[AnyChange]) -> dict[str, Verdict]:
        """Refuse what the admin does not list (any more): a plan's file may be older than the settings."""
        listed = self._source.config.write
        return {
            change.key: ("conflict", f'stale_plan: write of {change.source} does not list "{change.needs}"')
            for change in changes
            if change.needs not in listed
        }

    def _unled(self, changes: Sequence[AnyChange]) -> dict[str, Verdict]:
        """Hold back what goes along with an owner change that was not made, or not made yet."""
        leaders = self._store.changes.known([change.after for change in changes if change.after])
        found: dict[str, Verdict] = {}
        for change in changes:
            if change.after is None or leaders.get(change.after) in LED:
                continue
            state = leaders.get(change.after, "unknown to this store")
            if state in _UNDECIDED:
                found[change.key] = ("approved", f"it waits for the client's new owner, which is {state}")
            else:
                found[change.key] = ("conflict", f"stale_plan: the client's owner was not changed: {state}")
        return found

    def _left_behind(self, change: AnyChange, records: Records) -> Verdict | None:
        """Leave what should go along where it is, when the client has moved on to somebody else by now."""
        if change.after is None or not isinstance(change, ChangeOwner | ReassignActivity):
            return None
        client, new = records.get(("client", change.target), {}), change.new
        if "owner" not in client or client["owner"] == new:
            return None
        return "conflict", f"stale_plan: the client's owner is {client['owner']!r} by now, not {new!r}"

    def _ask(self, changes: Sequence[AnyChange]) -> None:
        people = {person for change in changes if (person := _receiver(change))} - self._asked
        if people:
            self._asked |= people
            # Without the right to see employees the vendor itself has to refuse
            with suppress(AccessError, RefusedError):
                self._dismissed |= self._source.dismissed(sorted(people))

    def _nobody_there(self, change: AnyChange) -> Verdict | None:
        person = _receiver(change)
        if person not in self._dismissed:
            return None
        return "conflict", f"stale_plan: the employee {person} was dismissed"


def _places(change: AnyChange) -> list[Place]:
    behind: list[Place] = [("client", change.target)] if change.after and change.place[0] != "client" else []
    return [change.place, *behind]


def _place(pair: tuple[Place, AnyChange]) -> Place:
    return pair[0]


def _receiver(change: AnyChange) -> str | None:
    """Return the employee who gets something by the change."""
    match change:
        case CreateTask() | PlanContact():
            return change.assignee
        case ChangeOwner() | ReassignActivity():
            return change.new
        case _:
            return None
