"""Tables that other programs export: a folder of CSV files, or one workbook; writes to an outbox."""

from __future__ import annotations

from connector.hookspecs import hookimpl
from connector.plugins.files.settings import FilesConfig
from connector.plugins.files.source import Files

__all__ = ["Files", "FilesConfig", "register_source"]


@hookimpl
def register_source() -> type[Files]:
    """Offer the connector under the name `files`."""
    return Files
