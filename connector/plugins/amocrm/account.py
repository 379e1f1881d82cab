"""What every stream of one account shares: the way to it, its directories, its links, and our settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from connector import clock
from connector.errors import ConfigError
from connector.model import Ref
from connector.plugins.amocrm.api import Api
from connector.plugins.amocrm.directories import Directories
from connector.plugins.amocrm.links import Links
from connector.plugins.amocrm.listing import Listing
from connector.plugins.amocrm.reading import Enrich, Reader
from connector.plugins.amocrm.settings import AmoCrmConfig
from connector.plugins.amocrm.values import as_map
from connector.plugins.refs import ref_of


@dataclass
class Account:
    """One account as one source; `given_zone` holds where the account names no zone of its own."""

    name: str
    given_zone: ZoneInfo
    config: AmoCrmConfig
    api: Api

    @cached_property
    def directories(self) -> Directories:
        """What of the account is small and seldom changes."""
        return Directories(self.api)

    @cached_property
    def links(self) -> Links:
        """To which company contacts and leads belong."""
        return Links(self.api, self.directories.filters)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The account's zone: date fields hold its midnights."""
        settings = as_map(as_map(self.directories.account.get("_embedded")).get("datetime_settings"))
        try:
            return clock.zone(str(settings.get("timezone") or ""))
        except ConfigError:
            return self.given_zone

    def reader(self, listing: Listing, enrich: Enrich = lambda rows: None) -> Reader:
        """Return what reads a list of this account."""
        return Reader(self.api, listing, enrich, self.directories.filters)

    def ref(self, external_id: object) -> Ref:
        """Return the reference of a record of this source; RecordError where the vendor gave no id."""
        return ref_of(self.name, external_id)
