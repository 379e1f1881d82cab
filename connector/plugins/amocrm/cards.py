"""Reads client cards as they are now: before a change is sent, and after it was."""

from __future__ import annotations

from collections.abc import Sequence

from connector.changes import Value
from connector.errors import MissingRecordError, RefusedError
from connector.model import Client
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.companies import Companies
from connector.plugins.amocrm.flags import tag_of

Named = dict[str, Value]


class Cards:
    """The cards of clients, put into our words as the stream of clients is."""

    def __init__(self, account: Account, companies: Companies) -> None:
        self._account = account
        self._companies = companies

    def current(self, target: str, names: Sequence[str]) -> Named:
        """Return the named values of one client; MissingRecordError when it is gone."""
        found = self.current_many([target], names)
        if target not in found:
            raise MissingRecordError("the client is gone", where=f"{self._account.name}:{target}")
        return found[target]

    def current_many(self, targets: Sequence[str], names: Sequence[str]) -> dict[str, Named]:
        """Return target -> name -> value, 100 clients a request; a client that is gone is left out."""
        found: dict[str, Named] = {}
        for rows in self._companies.reader().again(list(dict.fromkeys(targets))):
            for client in (client for row in rows for client in self._companies.parse(row)):
                found[client.ref.external_id] = {name: self._value(client, name) for name in names}
        return found

    def _value(self, client: Client, name: str) -> Value:
        if name in client.custom:
            value = client.custom[name]
        elif name in Client.model_fields:
            value = getattr(client, name)
        elif name in self._known():
            value = None
        else:
            raise RefusedError(
                f"no field of the card is named for {name!r}",
                hint="name it in `fields` or `flags` of the [[source]]",
                where=self._account.name,
            )
        return " | ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def _known(self) -> set[str]:
        """Return our names of all fields and tags that the settings explain."""
        tagged = {name for name, place in self._account.config.flags.items() if tag_of(place) is not None}
        return tagged | {known.target for known in self._companies.fields}
