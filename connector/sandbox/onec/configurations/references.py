"""Follows the references of written records back to the neutral company."""

from __future__ import annotations

from connector.sandbox.onec.base import Base
from connector.sandbox.onec.edm import Row, referenced


def number_of(base: Base, row: Row, name: str, table: str, entity: str) -> str:
    """Return the neutral number behind a reference of the row, whichever form it has; empty for none."""
    found = referenced(row, name, base.types[entity].columns)
    return str(base.number(table, found.key) or "") if found else ""


def named(base: Base, row: Row, name: str, entity: str) -> str:
    """Return the Description of what a reference of the row leads to, empty for nothing."""
    return base.name_of(referenced(row, name, base.types[entity].columns))
