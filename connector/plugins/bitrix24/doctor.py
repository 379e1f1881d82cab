"""Looks at a portal without leaving a trace: reach, token, scopes, rights to read, fields of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connector.changes import Permission
from connector.errors import ConfigError, ConnectorError, SourceError
from connector.plugins.base import Check
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.companies import DEAL_TARGETS
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.values import as_list, as_map, flag, text

_SCOPES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"crm"}), "clients, contacts, deals, activities"),
    (frozenset({"user", "user_basic", "user_brief"}), "employees"),
    (frozenset({"department"}), "departments, heads and roles"),
    (frozenset({"task", "tasks"}), "tasks"),
    (frozenset({"telephony"}), "whether calls were answered"),
)
_WRITE_SCOPES: Mapping[Permission, frozenset[str]] = {"task": frozenset({"task", "tasks"})}
_CRM = frozenset({"crm"})


class Doctor:
    """Yields the lines of `doctor` for one portal; each failure is a line, and none ends the look."""

    def __init__(self, account: Account, listings: Mapping[str, Listing]) -> None:
        self._account = account
        self._listings = listings

    def check(self) -> Iterator[Check]:
        """Yield reach and owner first; without them there is nothing more to ask."""
        try:
            owner = as_map(self._account.portal.call("profile").result)
        except ConnectorError as error:
            yield _failed("reach and token", error)
            return
        name = " ".join(part for part in (text(owner.get("NAME")), text(owner.get("LAST_NAME"))) if part)
        yield Check(
            "reach and token", True, f"the webhook belongs to {name or 'user'} (id {owner.get('ID')})"
        )
        yield _sees_everything(flag(owner.get("ADMIN")))
        yield from self._scopes()
        yield from self._reads()
        yield from self._fields()

    def _scopes(self) -> Iterator[Check]:
        try:
            granted = {str(scope).lower() for scope in as_list(self._account.portal.call("scope").result)}
        except SourceError as error:
            yield _failed("scopes", error)
            return
        for needed, purpose in _SCOPES:
            yield _scope(f"scope {min(needed, key=len)}: {purpose}", needed, granted)
        for permission in self._account.config.write:
            needed = _WRITE_SCOPES.get(permission, _CRM)
            yield _scope(f"may write {permission} (by scope, nothing was written)", needed, granted)

    def _reads(self) -> Iterator[Check]:
        """Read one page of ids of every stream in one batch."""
        commands = [listing.highest({}) for listing in self._listings.values()]
        try:
            results = self._account.portal.attempt(commands).result
        except SourceError as error:
            yield _failed("reading", error)
            return
        for (stream, listing), result in zip(self._listings.items(), results, strict=True):
            if isinstance(result, SourceError):
                yield _failed(f"read {stream}", result)
            else:
                seen = bool(listing.rows(result))
                yield Check(f"read {stream}", True, "" if seen else "there are none, or none that we may see")

    def _fields(self) -> Iterator[Check]:
        config = self._account.config
        cards = {
            name: "deal" if our in DEAL_TARGETS else "company" for name, our in config.custom_fields.items()
        }
        cards |= dict.fromkeys((*config.fields.values(), *config.flags.values()), "company")
        cards |= {config.loss_reason: "deal"} if config.loss_reason else {}
        for name, card in cards.items():
            yield self._field(card, name)

    def _field(self, card: str, name: str) -> Check:
        title = f"field {name!r} of the {card}"
        try:
            known = self._account.directories.field(card, name)
        except (ConfigError, SourceError) as error:
            return _failed(title, error)
        return Check(title, True, f"{known.code}, {known.type}")


def _failed(title: str, error: ConnectorError) -> Check:
    return Check(title, False, error.message, error.hint)


def _scope(title: str, needed: frozenset[str], granted: set[str]) -> Check:
    if needed & granted:
        return Check(title, True)
    return Check(
        title, False, f"the webhook lacks it, it has {', '.join(sorted(granted))}", _tick(sorted(needed))
    )


def _tick(scopes: Sequence[str]) -> str:
    return f"tick {' or '.join(scopes)} in the webhook's settings"


def _sees_everything(admin: bool | None) -> Check:
    if admin:
        return Check("sees all records", True, "the webhook belongs to an administrator")
    return Check(
        "sees all records",
        False,
        "the webhook belongs to no administrator: what its owner may not see is missing",
        "give the owner the right to read all companies, deals and activities",
    )
