"""The configurations a stand-in can publish; another one is added by one entry here."""

from __future__ import annotations

from connector.errors import ConfigError
from connector.sandbox.onec.base import Blueprint
from connector.sandbox.onec.configurations.bp3 import BP3
from connector.sandbox.onec.configurations.crm3 import CRM3
from connector.sandbox.onec.configurations.unf3 import UNF3
from connector.sandbox.onec.configurations.ut11 import UT11

CONFIGURATIONS: dict[str, Blueprint] = {"ut11": UT11, "unf3": UNF3, "crm3": CRM3, "bp3": BP3}


def configuration(name: str) -> Blueprint:
    """Return a configuration by its name, `ut11` for an empty one; ConfigError if there is none."""
    if (name or "ut11") not in CONFIGURATIONS:
        raise ConfigError(f"no configuration {name!r}", hint=f"one of: {', '.join(sorted(CONFIGURATIONS))}")
    return CONFIGURATIONS[name or "ut11"]
