"""Makes the fields that a source may write and lacks, a line for each, before the source is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from connector.commands.checks.lines import failures
from connector.commands.checks.sources import PATIENCE_SECONDS
from connector.config import Settings
from connector.errors import ConnectorError
from connector.plugins.base import Check, SourceConfig
from connector.sync.sources import open_sources


def new_fields(settings: Settings, config: SourceConfig) -> Iterator[Check]:
    """Yield a line for each field that was made or could not be; none where nothing is missing."""
    try:
        with open_sources(settings, config.name, patience=PATIENCE_SECONDS) as opened:
            yield from opened[config.name].create_fields()
    except ConnectorError as error:
        yield from failures("new fields", error)
