"""Reads a page of ids of every stream, so that a right that is missing shows before a pull."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector.errors import AccessError, SourceError
from connector.plugins.base import Check, CheckState
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.answers import MissingMethodError, ScopeError
from connector.plugins.bitrix24.calls import CALLS
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.portal import Command

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
    """Yield a line for each stream, and for what streams are joined with; one request each."""
    for stream, listing in listings.items():
        yield _read(account, stream, listing.highest({}), owner)
    for what, command in _OTHERS.items():
        yield _read(account, what, command, owner)


def _read(account: Account, what: str, command: Command, owner: str) -> Check:
    try:
        result = account.portal.call(*command).result
    except SourceError as error:
        state, _ = _LESS.get(what, ("failed", ""))
        return Check(f"read {what}", state, error.message, _fix(what, owner, error))
    return Check(f"read {what}", "ok", "" if result else _NONE)


def _fix(what: str, owner: str, error: SourceError) -> str:
    _, own = _LESS.get(what, ("failed", ""))
    if isinstance(error, MissingMethodError) and own and what == "leads":
        return own
    if isinstance(error, AccessError) and not isinstance(error, ScopeError):
        right = own.format(owner) if what == "calls" else ""
        return right or f"give user {owner} the right to read {what} in the portal"
    return error.hint or "try again in some minutes"
