"""Tells without a write what may be written: by scope, by the owner's rights, by what the fields say."""

from __future__ import annotations

from collections.abc import Iterator, Set

from connector.changes import Permission
from connector.errors import ConfigError, SourceError
from connector.plugins.base import Check
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.scopes import family_of, tick

PROBE = "make the webhook as an administrator, or try: connector doctor --write-probe"


def write_rights(account: Account, granted: Set[str] | None, *, admin: bool) -> Iterator[Check]:
    """Yield a line for each kind that the settings allow; it says by what it was told."""
    if not account.config.write:
        yield Check("write", "ok", "nothing may be written: write = [] in the [[source]]")
    for permission in account.config.write:
        yield _write(account, permission, granted, admin=admin)


def _write(account: Account, permission: Permission, granted: Set[str] | None, *, admin: bool) -> Check:
    name, family = f"write {permission}", family_of(permission)
    if granted is not None and not granted & set(family.scopes):
        return Check(name, "failed", f"scope {family.scopes[0]} is missing", tick(family))
    if permission in ("field", "flag"):
        wrong = _unwritable(account, permission)
        if wrong is not None:
            return Check(name, "failed", *wrong)
    if not admin:
        said = "the scope is there; whether the owner's role allows it was not tried"
        return Check(name, "warn", said, PROBE)
    return Check(name, "ok", "by scope and the rights of an administrator; nothing was written")


def _unwritable(account: Account, permission: Permission) -> tuple[str, str] | None:
    """Return what is wrong with the fields that this kind writes, and how to mend it."""
    config = account.config
    named = config.fields if permission == "field" else config.flags
    setting = "fields" if permission == "field" else "flags"
    if not named and not (permission == "field" and config.custom_fields):
        return f"no field is named in {setting}", f'name one: {setting} = {{ our_name = "UF_CRM_..." }}'
    for code in named.values():
        try:
            locked = account.directories.field("company", code).read_only
        except (ConfigError, SourceError) as error:
            return error.message, error.hint
        if locked:
            return f"{code} is read only", f"name another field in {setting}"
    return None
