"""Reads client cards as they are now: before a change is sent, and after it was."""

from __future__ import annotations

from collections.abc import Sequence

from connector.changes import Value
from connector.errors import MissingRecordError, RefusedError
from connector.model import Client
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.companies import Companies
from connector.plugins.bitrix24.listing import PAGE
from connector.plugins.bitrix24.lists import chunks
from connector.plugins.bitrix24.portal import Command
from connector.plugins.bitrix24.values import as_list, several

Named = dict[str, Value]


class Cards:
    """The cards of clients, read by crm.company.get and put into our words as the stream of clients is."""

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
        """Return target -> name -> value, 50 clients a request; a client that is gone is left out."""
        wanted = list(dict.fromkeys(targets))
        commands = [Command("crm.company.get", {"id": target}) for target in wanted]
        results = self._account.portal.batch(commands, tolerate=(MissingRecordError,)).result
        found: dict[str, Named] = {}
        for target, row in zip(wanted, results, strict=True):
            if not isinstance(row, MissingRecordError):
                found.update((target, self._named(client, names)) for client in self._companies.parse(row))
        return found

    def phones(self, targets: Sequence[str]) -> dict[str, str]:
        """Return the first phone of each client that has one, as its card shows it; 50 clients a command."""
        asked = [{"filter": {"@ID": ids}, "select": ["ID", "PHONE"]} for ids in chunks(targets, PAGE)]
        commands = [Command("crm.company.list", {**given, "start": -1}) for given in asked]
        rows = [row for result in self._account.portal.batch(commands).result for row in as_list(result)]
        return {str(row["ID"]): several(row["PHONE"])[0] for row in rows if several(row.get("PHONE"))}

    def _named(self, client: Client, names: Sequence[str]) -> Named:
        return {name: self._value(client, name) for name in names}

    def _value(self, client: Client, name: str) -> Value:
        if name in client.custom:
            value = client.custom[name]
        elif name in Client.model_fields:
            value = getattr(client, name)
        elif name in {known.target for known in self._companies.fields}:
            value = None
        else:
            raise RefusedError(
                f"no field of the card is named for {name!r}",
                hint="name it in `fields` or `flags` of the [[source]]",
                where=self._account.name,
            )
        return " | ".join(map(str, value)) if isinstance(value, list | tuple) else value
