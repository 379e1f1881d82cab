"""What a plugin's tests use: the contract suite, and a CRM in memory to try a plugin on."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector.testing.messages import Reply, Request
    from connector.testing.serving import serve, served
    from connector.testing.standin import StandIn
    from connector.testing.suite import contract_suite
    from connector.testing.tables import settings_table

__all__ = ["Reply", "Request", "StandIn", "contract_suite", "serve", "served", "settings_table"]
_HOMES = {
    "Reply": "connector.testing.messages",
    "Request": "connector.testing.messages",
    "StandIn": "connector.testing.standin",
    "contract_suite": "connector.testing.suite",
    "serve": "connector.testing.serving",
    "served": "connector.testing.serving",
    "settings_table": "connector.testing.tables",
}


def __getattr__(name: str) -> Any:
    """Fetch a name on first use: a stand-in can be served where pytest and responses are not installed."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'connector.testing' has no attribute {name!r}")
