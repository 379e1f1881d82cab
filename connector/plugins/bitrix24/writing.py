"""Writes changes into the portal, up to 50 in one request and never twice, and reads again what was set."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from connector.changes import (
    AddNote,
    Change,
    ChangeOwner,
    CompleteTask,
    CreateTask,
    PlanContact,
    ReassignActivity,
    RecordKind,
    SetField,
    SetFlag,
    Value,
    same_value,
)
from connector.errors import (
    ChangedBackError,
    ConfigError,
    ForbiddenError,
    RefusedError,
    SourceError,
    UnknownFateError,
)
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.cards import Cards
from connector.plugins.bitrix24.drafts import Drafts
from connector.plugins.bitrix24.portal import Command
from connector.plugins.bitrix24.records import Records
from connector.plugins.bitrix24.values import as_map, reference

Outcome = str | SourceError


class Writing:
    """Turns changes into commands, sends them once, and reads again what was set."""

    def __init__(self, account: Account, cards: Cards, records: Records) -> None:
        self._account = account
        self._cards = cards
        self._records = records

    def send(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        """Write at most 50 changes in one request; return for each key the id written, or the error.

        UnknownFateError stands for a change whose answer was lost. What concerns the whole request is
        raised: a wrong token, a block, a limit, no way to the portal; then nothing was written.
        """
        calls = [each.target for each in changes if isinstance(each, PlanContact) and each.contact == "call"]
        drafts = Drafts(self._account, self._cards.phones(calls) if calls else {})
        outcome: dict[str, Outcome] = {}
        commands: list[tuple[Change, Command]] = []
        for change in changes:
            try:
                commands.append((change, drafts.draft(change)))
            except (RefusedError, ConfigError) as error:
                outcome[change.key] = RefusedError(error.message, hint=error.hint, where=error.where)
        outcome |= self._sent(commands) if commands else {}
        return outcome | self._compared(
            [change for change in changes if isinstance(outcome[change.key], str)]
        )

    def _sent(self, commands: Sequence[tuple[Change, Command]]) -> dict[str, Outcome]:
        needs = {change.needs for change, _ in commands}
        try:
            results = self._account.portal.write_each([command for _, command in commands], needs)
        except (UnknownFateError, RefusedError, ForbiddenError) as error:
            return {change.key: error for change, _ in commands}
        outcome: dict[str, Outcome] = {}
        for (change, _), result in zip(commands, results, strict=True):
            outcome[change.key] = result if isinstance(result, SourceError) else _written_id(change, result)
        return outcome

    def _compared(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        """Read again what was set; an error for each record that does not hold what was written."""
        outcome: dict[str, Outcome] = {}
        aims = {change.key: aim for change in changes if (aim := _aim(change)) is not None}
        wanted = sorted((change for change in changes if change.key in aims), key=_kind)
        for kind, group in groupby(wanted, _kind):
            some = list(group)
            try:
                held = self.current(
                    kind, [each.place[1] for each in some], sorted({aims[each.key][0] for each in some})
                )
            except SourceError as error:
                # Raised, it would hide that the other changes of the request are done.
                unseen = UnknownFateError(f"sent, but not seen: {error.message}", where=error.where)
                outcome |= {change.key: unseen for change in some}
                continue
            for change in some:
                name, new = aims[change.key]
                now = held.get(change.place[1], {}).get(name)
                if not same_value(now, new):
                    outcome[change.key] = _not_held(change, now, new)
        return outcome

    def current(
        self, kind: RecordKind, ids: Sequence[str], names: Sequence[str]
    ) -> dict[str, dict[str, Value]]:
        """Return id -> name -> value of the records of one kind as they are now."""
        return self._cards.current_many(ids, names) if kind == "client" else self._records.current(kind, ids)


def _kind(change: Change) -> RecordKind:
    return change.place[0]


def _aim(change: Change) -> tuple[str, Value] | None:
    """Return our name for what the change sets, and the value; None for what makes or removes a record."""
    match change:
        case SetField():
            return change.field, change.new
        case SetFlag():
            return change.flag, change.new
        case ChangeOwner():
            return "owner", change.new
        case ReassignActivity():
            return "assignee", change.new
        case CompleteTask():
            return "open", not change.done
        case _:
            return None


def _not_held(change: Change, now: Value, new: Value) -> ChangedBackError:
    kind, number = change.place
    return ChangedBackError(
        f"the card holds {now!r}, not {new!r}",
        hint="an automation rule or another program changes it back",
        where=f"{change.source}:{number}" if kind == "client" else f"{change.source}: {kind} {number}",
    )


def _written_id(change: Change, result: object) -> Outcome:
    """Return the id of what was made, or of the record that was changed."""
    if isinstance(change, CreateTask):
        found = reference(as_map(as_map(result).get("task")).get("id"))
    elif isinstance(change, PlanContact | AddNote):
        found = reference(result)
    else:
        found = change.place[1] if result else None
    lost = UnknownFateError(
        "the answer does not say what was written", where=f"{change.source}:{change.target}"
    )
    return found or lost
