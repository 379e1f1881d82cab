"""Looks at a portal without leaving a trace: token, tariff, owner, scopes, rights to read and to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from connector.errors import AccessError, BlockedError, ConnectorError, SourceError
from connector.plugins.base import Check
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.answers import TariffError
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.ownfieldchecks import own_fields
from connector.plugins.bitrix24.readrights import read_rights
from connector.plugins.bitrix24.scopes import scopes
from connector.plugins.bitrix24.values import as_list, as_map, flag, text
from connector.plugins.bitrix24.writerights import write_rights

MUCH = 0.8
"""Share of a method's working time from which it is worth a warning."""


class Owner(NamedTuple):
    """The employee to whom the webhook belongs."""

    id: str
    name: str
    admin: bool


class Doctor:
    """Yields the lines of `doctor` for one portal; each failure is a line, only a vital one ends the look."""

    def __init__(self, account: Account, listings: Mapping[str, Listing]) -> None:
        self._account = account
        self._listings = listings

    def check(self) -> Iterator[Check]:
        """Yield answer, token and tariff first; without them there is nothing more to ask."""
        try:
            owner = who_owns(self._account)
        except ConnectorError as error:
            yield from _gate(error)
            return
        yield Check("answer", vital=True)
        yield Check("token", vital=True)
        yield Check("tariff", "ok", "includes the REST interface", vital=True)
        yield from self._address()
        yield owner_line(owner, accepted=self._account.config.visibility == "accepted")
        granted, lines = self._granted()
        yield from lines
        yield from read_rights(self._account, self._listings, owner.id)
        yield from write_rights(self._account, granted, admin=owner.admin)
        yield from own_fields(self._account)
        yield working_time_line(self._account.portal.working_time())

    def _address(self) -> Iterator[Check]:
        new = self._account.portal.host
        if new != self._account.config.host:
            yield Check("address", "warn", f"the portal moved to {new}", "put that host into webhook_url")

    def _granted(self) -> tuple[frozenset[str] | None, list[Check]]:
        """Return the webhook's scopes, None where it does not tell them, and the lines about them."""
        try:
            said = as_list(self._account.portal.call("scope").result)
        except SourceError as error:
            return None, [Check("scopes", "failed", error.message, error.hint)]
        granted = frozenset(str(scope).lower() for scope in said)
        return granted, list(scopes(granted))


def who_owns(account: Account) -> Owner:
    """Ask the portal to whom the webhook belongs; the first question, so that it fails for every reason."""
    said = as_map(account.portal.call("profile").result)
    name = " ".join(part for part in (text(said.get("NAME")), text(said.get("LAST_NAME"))) if part)
    return Owner(str(said.get("ID")), name or "user", flag(said.get("ADMIN")) is True)


def owner_line(owner: Owner, *, accepted: bool) -> Check:
    """Tell whose webhook it is: nobody but an administrator surely sees every record."""
    who = f"{owner.name} (id {owner.id})"
    if owner.admin:
        return Check("owner", "ok", f"{who}, an administrator")
    if accepted:
        return Check("owner", "ok", f'{who}, no administrator; visibility = "accepted"')
    said = f"{who}, no administrator: what they may not see is missing"
    fix = 'make the webhook as an administrator, or set visibility = "accepted" if that is meant'
    return Check("owner", "warn", said, fix)


def working_time_line(shares: Mapping[str, float]) -> Check:
    """Tell which method has used most of what it may work in ten minutes (vendor page on limits)."""
    if not shares:
        return Check("working time", "ok", "the portal shows no figures")
    method, share = max(shares.items(), key=lambda item: item[1])
    said = f"{method} is used up" if share >= 1 else f"{method} has used {share:.0%}, the others less"
    if share < MUCH:
        return Check("working time", "ok", said)
    return Check("working time", "warn", said, "wait ten minutes, or run less of what else calls this portal")


def _gate(error: ConnectorError) -> Iterator[Check]:
    """Yield what the first question says of answer, token and tariff."""
    if isinstance(error, AccessError | BlockedError):
        yield Check("answer", vital=True)
        name = "tariff" if isinstance(error, TariffError) else "token"
        name = "block" if isinstance(error, BlockedError) else name
        yield Check(name, "failed", error.message, error.hint, vital=True)
        return
    fix = error.hint or "try again in some minutes; then write to the vendor's support"
    yield Check("answer", "failed", error.message, fix, vital=True)
