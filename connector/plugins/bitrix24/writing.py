"""Writes changes into the portal, up to 50 in one request and never twice, and reads again what was set."""

from __future__ import annotations

from collections.abc import Sequence

from connector.changes import AddNote, Change, ChangeOwner, CreateTask, PlanContact, SetField, SetFlag, Value
from connector.errors import ConfigError, RefusedError, SourceError, UnknownFateError
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.cards import Cards
from connector.plugins.bitrix24.drafts import Drafts
from connector.plugins.bitrix24.portal import Command
from connector.plugins.bitrix24.values import as_map, reference

Outcome = str | SourceError


class Writing:
    """Turns changes into commands, sends them once, and reads again what was set."""

    def __init__(self, account: Account, cards: Cards) -> None:
        self._account = account
        self._cards = cards

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
        try:
            results = self._account.portal.write_each([command for _, command in commands])
        except (UnknownFateError, RefusedError) as error:
            return {change.key: error for change, _ in commands}
        outcome: dict[str, Outcome] = {}
        for (change, _), result in zip(commands, results, strict=True):
            outcome[change.key] = result if isinstance(result, SourceError) else _written_id(change, result)
        return outcome

    def _compared(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        """Read the cards of set-type changes again; an error for each that does not hold what was written."""
        wanted = [change for change in changes if isinstance(change, SetField | SetFlag | ChangeOwner)]
        if not wanted:
            return {}
        names = sorted({_name(change) for change in wanted})
        try:
            held = self._cards.current_many([change.target for change in wanted], names)
        except SourceError as error:
            # Raised, it would hide that the other changes of the request are done.
            unseen = UnknownFateError(f"sent, but not seen on the card: {error.message}", where=error.where)
            return {change.key: unseen for change in wanted}
        return {
            change.key: RefusedError(
                f"the card holds {held.get(change.target, {}).get(_name(change))!r}, not {change.new!r}",
                hint="an automation rule or another program changes it back",
                where=f"{change.source}:{change.target}",
            )
            for change in wanted
            if not same(held.get(change.target, {}).get(_name(change)), change.new)
        }


def same(held: Value, wanted: Value) -> bool:
    """Tell whether the card holds what was written, however the portal spells numbers and emptiness."""
    if held is None or wanted is None:
        return held in {None, ""} and wanted in {None, ""}
    if isinstance(wanted, bool) or isinstance(held, bool):
        return str(held).lower() == str(wanted).lower()
    try:
        return float(held) == float(wanted)
    except ValueError:
        return str(held).strip() == str(wanted).strip()


def _name(change: SetField | SetFlag | ChangeOwner) -> str:
    """Return our name for what the change sets."""
    if isinstance(change, ChangeOwner):
        return "owner"
    return change.flag if isinstance(change, SetFlag) else change.field


def _written_id(change: Change, result: object) -> Outcome:
    """Return the id of what was made, or of the card that was changed."""
    if isinstance(change, CreateTask):
        found = reference(as_map(as_map(result).get("task")).get("id"))
    elif isinstance(change, PlanContact | AddNote):
        found = reference(result)
    else:
        found = change.target if result else None
    lost = UnknownFateError(
        "the answer does not say what was written", where=f"{change.source}:{change.target}"
    )
    return found or lost
