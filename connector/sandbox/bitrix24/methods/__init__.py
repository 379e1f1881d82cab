"""The methods of the portal, by name in lower case."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24.methods import (
    activities,
    classic,
    directory,
    items,
    leads,
    links,
    notes,
    people,
    tasks,
)
from connector.sandbox.bitrix24.methods.answers import Answer, Method
from connector.sandbox.bitrix24.portal import Portal

METHODS: dict[str, Method] = {
    name.lower(): method
    for module in (activities, classic, directory, items, leads, links, notes, people, tasks)
    for name, method in module.METHODS.items()
}


def existing(portal: Portal, params: dict[str, Any]) -> Answer:
    """Answer methods: whether the portal knows the method of that name."""
    known = str(params.get("name", "")).lower() in METHODS
    return Answer({"isExisting": known, "isAvailable": known})


METHODS["methods"] = existing
WRITES = frozenset(
    name for name in METHODS if name.rsplit(".", 1)[-1] in {"add", "update", "delete", "delegate", "complete"}
)
"""The methods that may change something."""
