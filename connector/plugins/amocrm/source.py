"""The connector to amoCRM: its streams in the order of reading, its writes, its look-ups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from connector.http.auth import FreshBearer
from connector.http.ratefile import RateFile
from connector.model import Client, Contact, Deal, Employee, Entity, Event, Ownership, StageChange
from connector.plugins.amocrm import breaker, links
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.api import Api, LongLived
from connector.plugins.amocrm.breaker import Breaker
from connector.plugins.amocrm.chats import Chats
from connector.plugins.amocrm.companies import Companies
from connector.plugins.amocrm.contacts import Contacts
from connector.plugins.amocrm.deals import Deals
from connector.plugins.amocrm.notes import Notes
from connector.plugins.amocrm.owners import Owners
from connector.plugins.amocrm.people import People
from connector.plugins.amocrm.settings import AmoCrmConfig
from connector.plugins.amocrm.stages import StageHistory
from connector.plugins.amocrm.tasks import Tasks
from connector.plugins.base import Cursor, Page, Row, Source, Stream

OAUTH = "/oauth2/"
"""Where tokens are asked for, without one."""


class Reading(Protocol):
    """What reads a stream."""

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield the pages of the stream."""
        ...

    def parse(self, row: Row) -> Sequence[Entity]:
        """Return what a row holds."""
        ...


class AmoCrm(Source[AmoCrmConfig]):
    """An amoCRM account by a token of a private integration (vendor documentation of API v4, 2023-2026)."""

    name = "amocrm"
    title = "amoCRM"
    config_model = AmoCrmConfig
    batch_size = 50

    def setup(self) -> None:
        """Take address and token; the first request is made by the first read."""
        file = RateFile(self.context.kept, (breaker.TABLE,), durable=True)
        tokens = LongLived(self.config.token.get_secret_value())
        self.http.base_url = self.config.url
        api = Api(self.http, tokens, Breaker(file, self.context.name))
        self.http.auth = FreshBearer(api.sign, unsigned=OAUTH)
        self._account = Account(self.context.name, self.context.zone, self.config, api)
        self._companies = Companies(self._account)

    def streams(self) -> Sequence[Stream]:
        """List the streams; contacts and leads come before the events that are rolled up by them."""
        account = self._account
        return (
            _stream("employees", Employee, People(account)),
            _stream("companies", Client, self._companies),
            _stream("contacts", Contact, Contacts(account)),
            _stream("deals", Deal, Deals(account)),
            _stream("stage_history", StageChange, StageHistory(account)),
            _stream("owners", Ownership, Owners(account)),
            _stream("company_notes", Event, Notes(account, links.COMPANIES, "company")),
            _stream("contact_notes", Event, Notes(account, links.CONTACTS, "contact")),
            _stream("lead_notes", Event, Notes(account, links.LEADS, "lead")),
            _stream("chats", Event, Chats(account)),
            _stream("tasks", Event, Tasks(account)),
        )


def _stream(name: str, entity: type[Entity], reading: Reading) -> Stream:
    return Stream(name, entity, reading.read, reading.parse)
