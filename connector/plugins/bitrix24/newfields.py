"""Makes the fields of the company's card that the settings let us write and that the portal does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from connector.changes import MARKER_PREFIX, Permission
from connector.errors import ConfigError, SourceError, UnknownFateError
from connector.plugins.base import Check
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.values import as_list

PREFIX = "UF_CRM_"
_CODE = re.compile(rf"{PREFIX}[A-Z0-9_]+")
_LONGEST = 50
"""Characters of FIELD_NAME with its prefix (vendor page of crm.company.userfield.add)."""


class Wanted(NamedTuple):
    """A field of the settings: our name for it, what the settings call it, its type and its permission."""

    name: str
    called: str
    type: str
    permission: Permission

    @property
    def code(self) -> str:
        """The field's code: as the settings say, or made of our name where they say a name for people."""
        if _CODE.fullmatch(self.called.upper()):
            return self.called.upper()
        letters = re.sub(r"[^A-Z0-9_]", "_", self.name.upper())
        return f"{PREFIX}CPC_{letters}"[:_LONGEST]

    @property
    def label(self) -> str:
        """What people see on the card."""
        return self.name.replace("_", " ") if self.code == self.called.upper() else self.called


class NewFields:
    """Flags become yes/no fields, everything else text; an existing field is never touched."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def missing(self) -> list[Wanted]:
        """Return the fields that the card lacks by code and by name, in the settings' order."""
        config = self._account.config
        wanted = [Wanted(name, code, "string", "field") for name, code in config.fields.items()]
        wanted += [Wanted(name, code, "boolean", "flag") for name, code in config.flags.items()]
        return [each for each in wanted if not self._known(each.called)]

    def create(self) -> Iterator[Check]:
        """Make what is missing, one by one, looking first and after a lost answer; yield a line for each."""
        for each in self.missing():
            try:
                yield self._made(each)
            except SourceError as error:
                yield Check(_title(each), "failed", error.message, error.hint)
        self._account.directories.forget_fields()

    def _made(self, wanted: Wanted) -> Check:
        if self._there(wanted):
            return Check(_title(wanted), "ok", f"{wanted.code} is there already")
        fields: dict[str, Any] = {
            "USER_TYPE_ID": wanted.type,
            "FIELD_NAME": wanted.code.removeprefix(PREFIX),
            "LABEL": wanted.label,
            "XML_ID": f"{MARKER_PREFIX}{wanted.name}",
        }
        try:
            self._account.portal.write("crm.company.userfield.add", {"fields": fields}, {wanted.permission})
        except UnknownFateError as error:
            if not self._there(wanted):
                advice = "run `connector doctor --create-fields` again: it looks before it makes"
                return Check(_title(wanted), "failed", error.message, advice)
        return Check(_title(wanted), "ok", f"{wanted.code} ({wanted.type}) was made")

    def _there(self, wanted: Wanted) -> bool:
        """Ask the portal itself: the card's description may be older than the field."""
        given = {"filter": {"FIELD_NAME": wanted.code}}
        rows: Sequence[Any] = as_list(self._account.portal.call("crm.company.userfield.list", given).result)
        return any(str(row.get("FIELD_NAME")) == wanted.code for row in rows)

    def _known(self, called: str) -> bool:
        try:
            self._account.directories.field("company", called)
        except ConfigError:
            return False
        return True


def _title(wanted: Wanted) -> str:
    return f"new field {wanted.name!r} of the company"
