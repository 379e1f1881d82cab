"""amoCRM (Kommo) by its REST interface v4: pages in flight, closed windows, writes with a marker."""

from __future__ import annotations

from connector.hookspecs import hookimpl
from connector.plugins.amocrm.settings import AmoCrmConfig
from connector.plugins.amocrm.source import AmoCrm

__all__ = ["AmoCrm", "AmoCrmConfig", "register_source"]


@hookimpl
def register_source() -> type[AmoCrm]:
    """Offer the connector under the name `amocrm`."""
    return AmoCrm
