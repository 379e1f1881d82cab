"""The nodes of an exchange plan: this base, and one reader."""

from __future__ import annotations

from connector.sandbox.onec.base import Base, Image
from connector.sandbox.onec.keys import make_key

NODES = {"БАЗА": True, "CRM": False}


def furnish_nodes(base: Base, plan: str) -> None:
    """Add the nodes."""
    for place, (code, this) in enumerate(NODES.items(), 1):
        values = {"Code": code, "Description": code, "ThisNode": this, "SentNo": 0, "ReceivedNo": 0}
        base.place(Image(plan, make_key(plan, place), values))
