"""Writes changes into the portal, up to 50 in one request and never twice, and reads again what was set."""

from __future__ import annotations

from collections.abc import Sequence

from connector.changes import (
    AddNote,
    Change,
    CreateTask,
    PlanContact,
    RecordKind,
    Value,
)
from connector.errors import (
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
from connector.plugins.readback import compared

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
        written = [change for change in changes if isinstance(outcome[change.key], str)]
        return outcome | compared(written, self.current)

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

    def current(
        self, kind: RecordKind, ids: Sequence[str], names: Sequence[str]
    ) -> dict[str, dict[str, Value]]:
        """Return id -> name -> value of the records of one kind as they are now."""
        return self._cards.current_many(ids, names) if kind == "client" else self._records.current(kind, ids)


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
