"""Reads a page of ids of every stream, so that a right that is missing shows before a pull."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.errors import AccessError, SourceError
from connector.plugins.base import Check, CheckState
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.answers import MissingMethodError, ScopeError
from connector.plugins.bitrix24.calls import CALLS
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.portal import Command, Portal

_NONE = "there are none, or none that the owner may see"
_OTHERS = {
    "departments": Command("department.get", {"sort": "ID", "order": "ASC", "START": 0}),
    "calls": CALLS.highest({}),
}
_LESS: Mapping[str, tuple[CheckState, str]] = {
    "leads": ("failed", "set leads = false in the [[source]]"),
    "calls": ("warn", 'give user {} the right "Call statistics - view" in the telephony settings'),
}
"""What is bearable, or mended in another way than by the rights of the CRM."""


def read_rights(account: Account, listings: Mapping[str, Listing], owner: str) -> Iterator[Check]:
    """Yield a line for each stream, and for what streams are joined with."""
    asked = {stream: listing.highest({}) for stream, listing in listings.items()} | _OTHERS
    for what, result in zip(asked, _results(account.portal, list(asked.values())), strict=True):
        if isinstance(result, SourceError):
            state, _ = _LESS.get(what, ("failed", ""))
            yield Check(f"read {what}", state, result.message, _fix(what, owner, result))
        else:
            yield Check(f"read {what}", "ok", "" if _holds(result) else _NONE)


def _results(portal: Portal, commands: list[Command]) -> list[Any]:
    """Ask in one request; one by one where a method would hold up the others, as its time is used up."""
    try:
        return list(portal.attempt(commands).result)
    except SourceError:
        return [_alone(portal, command) for command in commands]


def _alone(portal: Portal, command: Command) -> Any:
    try:
        return portal.call(*command).result
    except SourceError as error:
        return error


def _holds(result: Any) -> bool:
    """Tell whether there is a row in the list, which some methods wrap."""
    rows = next(iter(result.values()), None) if isinstance(result, dict) else result
    return bool(rows)


def _fix(what: str, owner: str, error: SourceError) -> str:
    _, own = _LESS.get(what, ("failed", ""))
    if isinstance(error, MissingMethodError) and own and what == "leads":
        return own
    if isinstance(error, AccessError) and not isinstance(error, ScopeError):
        right = own.format(owner) if what == "calls" else ""
        return right or f"give user {owner} the right to read {what} in the portal"
    return error.hint or "try again in some minutes"
