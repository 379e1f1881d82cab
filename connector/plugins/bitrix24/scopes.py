"""Which scopes of a webhook the methods need that we call, by family."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import NamedTuple

from connector.changes import Permission
from connector.plugins.base import Check, CheckState


class Family(NamedTuple):
    """Methods that any of these scopes opens, what they bring, and how bad it is without them."""

    scopes: tuple[str, ...]
    brings: str
    without: CheckState


CRM = Family(("crm",), "clients, contacts, deals, activities", "failed")
TASK = Family(("task", "tasks"), "tasks", "failed")
FAMILIES = (
    CRM,
    Family(("user", "user_basic", "user_brief"), "employees", "failed"),
    Family(("department",), "departments, without which no employee is read", "failed"),
    TASK,
    Family(("telephony",), "whether calls were answered", "warn"),
)
"""Vendor page "Scopes", by the methods of the streams."""


def scopes(granted: Set[str]) -> Iterator[Check]:
    """Yield a line for each family."""
    for family in FAMILIES:
        name = f"scope {family.scopes[0]}"
        if granted & set(family.scopes):
            yield Check(name, "ok", family.brings)
        else:
            yield Check(name, family.without, f"missing: {family.brings}", tick(family))


def family_of(permission: Permission) -> Family:
    """Return the family of the methods that write this kind."""
    return TASK if permission == "task" else CRM


def tick(family: Family) -> str:
    """Say how the scope is given; a plan may lack it altogether."""
    return f"tick {family.scopes[0]} in the webhook's settings; if it is not offered, the plan lacks it"
