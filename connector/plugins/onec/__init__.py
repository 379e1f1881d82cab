"""The connector to 1C:Enterprise over its standard OData interface."""

from __future__ import annotations

from connector.hookspecs import hookimpl
from connector.plugins.onec.settings import OneCConfig
from connector.plugins.onec.source import OneC

__all__ = ["OneC", "OneCConfig", "register_source"]


@hookimpl
def register_source() -> type[OneC]:
    """Offer the connector under the name `onec`."""
    return OneC
