"""What every stream of one portal shares: the way to it, its directories, its links, and our settings."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connector.model import Ref
from connector.plugins.bitrix24.directories import Directories
from connector.plugins.bitrix24.links import Links
from connector.plugins.bitrix24.portal import Portal
from connector.plugins.bitrix24.settings import Bitrix24Config
from connector.plugins.bitrix24.sight import Sight
from connector.plugins.bitrix24.timefilter import TimeFilters
from connector.plugins.refs import ref_of


@dataclass(frozen=True)
class Account:
    """One portal as one source; `zone` reads times without an offset."""

    name: str
    zone: ZoneInfo
    config: Bitrix24Config
    portal: Portal
    directories: Directories
    links: Links
    times: TimeFilters
    sight: Sight

    def ref(self, external_id: object) -> Ref:
        """Return the reference of a record of this source; RecordError where the vendor gave no id."""
        return ref_of(self.name, external_id)
