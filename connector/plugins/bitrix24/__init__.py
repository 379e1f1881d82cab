"""Bitrix24 by its REST interface v2: an incoming webhook, batches of id windows, writes with a marker."""

from __future__ import annotations

from connector.hookspecs import hookimpl
from connector.plugins.bitrix24.settings import Bitrix24Config
from connector.plugins.bitrix24.source import Bitrix24

__all__ = ["Bitrix24", "Bitrix24Config", "register_source"]


@hookimpl
def register_source() -> type[Bitrix24]:
    """Offer the connector under the name `bitrix24`."""
    return Bitrix24
