"""Looks at an account without leaving a trace: token, tariff, block, filters, rights to read and to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from connector.changes import Permission
from connector.errors import AccessError, BlockedError, ConfigError, ConnectorError, SourceError
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.answers import UnpaidError
from connector.plugins.amocrm.flags import tag_of
from connector.plugins.amocrm.people import USERS
from connector.plugins.amocrm.rights import Rights
from connector.plugins.base import Check

_EDITED = {
    "task": "tasks",
    "contact": "tasks",
    "flag": "companies",
    "field": "companies",
    "note": "companies",
    "owner": "companies",
}
"""Where each kind of change is written."""
_ADMIN = "make the token as an administrator"


class Doctor:
    """Yields the lines of `doctor` for one account; only a vital line that failed ends the look."""

    def __init__(self, account: Account, rights: Rights, own_fields: Callable[[], Sequence[object]]) -> None:
        self._account = account
        self._rights = rights
        self._own_fields = own_fields

    def check(self) -> Iterator[Check]:
        """Yield answer, token and tariff first; without them there is nothing more to ask."""
        try:
            self._account.api.try_once()
        except ConnectorError as error:
            yield from _gate(error)
            return
        yield Check("answer", vital=True)
        yield Check("token", vital=True)
        yield Check("tariff", "ok", "paid", vital=True)
        yield self._about()
        yield self._filters()
        yield self._owner()
        yield self._users()
        yield from self._sight()
        yield self._fields()
        yield from self._writes()

    def _about(self) -> Check:
        account = self._account.directories.account
        said = f"{account.get('name')}, currency {account.get('currency')}, zone {self._account.zone.key}"
        return Check("account", "ok", said)

    def _filters(self) -> Check:
        if self._account.directories.filters:
            return Check("filters", "ok", "the account says that it keeps to them")
        said = "the account keeps to none: each increment reads lists until nothing is new"
        return Check("filters", "warn", said, "ask the vendor's support to switch on the filters of the API")

    def _owner(self) -> Check:
        who = f"{self._rights.name} (id {self._account.directories.user})"
        if self._rights.admin:
            return Check("owner", "ok", f"{who}, an administrator")
        if self._account.config.visibility == "accepted":
            return Check("owner", "ok", f'{who}, no administrator; visibility = "accepted"')
        said = f"{who}, no administrator: what they may not see is missing"
        return Check("owner", "warn", said, f'{_ADMIN}, or set visibility = "accepted" if that is meant')

    def _users(self) -> Check:
        try:
            USERS.page(self._account.api, 1, 1)
        except SourceError as error:
            named = len(self._account.config.users)
            if named:
                return Check("users", "ok", f"closed to this token; {named} are named in `users`")
            fix = f'{_ADMIN}, or name the users: users = {{ 504141 = "..." }}'
            return Check("users", "failed", error.message, fix)
        return Check("users", "ok", "may be listed")

    def _sight(self) -> Iterator[Check]:
        for entity in ("companies", "contacts", "leads"):
            seen = self._rights.sight(entity)
            if seen.state != "partial":
                said = "all of them" if seen.state == "full" else "may be read; whether all is not known"
                yield Check(f"read {entity}", "ok", said)
            elif self._account.config.visibility == "accepted":
                yield Check(f"read {entity}", "ok", f'{seen.reason}; visibility = "accepted"')
            else:
                fix = f'{_ADMIN}, or set visibility = "accepted" if that is meant'
                yield Check(f"read {entity}", "warn", seen.reason, fix)

    def _fields(self) -> Check:
        try:
            known = self._own_fields()
        except (ConfigError, SourceError) as error:
            return Check("fields", "failed", error.message, error.hint or "mend custom_fields")
        return Check("fields", "ok", f"{len(known)} of the settings are there")

    def _writes(self) -> Iterator[Check]:
        if not self._account.config.write:
            yield Check("write", "ok", "nothing may be written: write = [] in the [[source]]")
        for permission in self._account.config.write:
            yield self._write(permission)

    def _write(self, permission: Permission) -> Check:
        name, entity = f"write {permission}", _EDITED[permission]
        wrong = self._unwritable(permission)
        if wrong is not None:
            return Check(name, "failed", *wrong)
        letter = self._rights.letter(entity, "edit")
        if letter == "A":
            return Check(name, "ok", "by the rights of the token's user; nothing was written")
        if letter == "D":
            return Check(name, "failed", f"{self._rights.name} may edit no {entity}", _ADMIN)
        said = f"{self._rights.name} may not edit all {entity}" if letter else "the rights are not known"
        return Check(name, "warn", said, _ADMIN)

    def _unwritable(self, permission: Permission) -> tuple[str, str] | None:
        """Return what is wrong with the fields that this kind writes, and how to mend it."""
        config = self._account.config
        if permission not in {"field", "flag"}:
            return None
        named = config.fields if permission == "field" else config.flags
        setting = "fields" if permission == "field" else "flags"
        if not named and not (permission == "field" and config.custom_fields):
            return f"no field is named in {setting}", f'name one: {setting} = {{ our_name = "..." }}'
        for place in named.values():
            try:
                _ = tag_of(place) or self._account.directories.field("companies", place)
            except (ConfigError, SourceError) as error:
                return error.message, f"{error.hint}; or let `connector doctor --create-fields` make it"
        return None


def _gate(error: ConnectorError) -> Iterator[Check]:
    """Yield what the first question says of answer, token, tariff and block."""
    if isinstance(error, AccessError | BlockedError):
        yield Check("answer", vital=True)
        name = "tariff" if isinstance(error, UnpaidError) else "token"
        name = "block" if isinstance(error, BlockedError) else name
        yield Check(name, "failed", error.message, error.hint, vital=True)
        return
    fix = error.hint or "try again in some minutes; then write to the vendor's support"
    yield Check("answer", "failed", error.message, fix, vital=True)
