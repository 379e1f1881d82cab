"""Makes the fields of the company's card that the settings let us write and the account does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from connector.changes import Permission
from connector.errors import ConfigError, SourceError, UnknownFateError
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.flags import tag_of
from connector.plugins.base import Check

PATH = "companies/custom_fields"
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")


class Wanted(NamedTuple):
    """A field of the settings: our name for it, what the settings call it, its type and its permission."""

    name: str
    called: str
    type: str
    permission: Permission

    @property
    def code(self) -> str:
        """The field's code: as the settings say, or made of our name where they say a name for people."""
        if _CODE.fullmatch(self.called):
            return self.called
        return "CPC_" + re.sub(r"[^A-Z0-9_]", "_", self.name.upper())

    @property
    def label(self) -> str:
        """What people see on the card."""
        return self.name.replace("_", " ") if self.code == self.called else self.called


class NewFields:
    """Flags become checkboxes, all else text, which only programs may set; no existing field is touched.

    `is_api_only` keeps people from editing what the next run would set again (vendor page "Custom fields").
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    def missing(self) -> list[Wanted]:
        """Return the fields that the card lacks by code, name and id, in the settings' order; no tags."""
        config = self._account.config
        wanted = [Wanted(name, place, "text", "field") for name, place in config.fields.items()]
        wanted += [
            Wanted(name, place, "checkbox", "flag")
            for name, place in config.flags.items()
            if tag_of(place) is None
        ]
        return [each for each in wanted if not self._known(each.called)]

    def create(self) -> Iterator[Check]:
        """Make what is missing, one by one, looking after a lost answer; yield a line for each."""
        for wanted in self.missing():
            try:
                yield self._made(wanted)
            except SourceError as error:
                yield Check(_title(wanted), "failed", error.message, error.hint)
        self._account.directories.forget_fields()

    def _made(self, wanted: Wanted) -> Check:
        item = {"name": wanted.label, "type": wanted.type, "code": wanted.code, "is_api_only": True}
        try:
            self._account.api.write("POST", PATH, [item], {wanted.permission})
        except UnknownFateError as error:
            self._account.directories.forget_fields()
            if not self._known(wanted.code):
                advice = "run `connector doctor --create-fields` again: it looks before it makes"
                return Check(_title(wanted), "failed", error.message, advice)
        return Check(_title(wanted), "ok", f"{wanted.code} ({wanted.type}) was made")

    def _known(self, called: str) -> bool:
        try:
            self._account.directories.field("companies", called)
        except ConfigError:
            return False
        return True


def _title(wanted: Wanted) -> str:
    return f"new field {wanted.name!r} of the company"
