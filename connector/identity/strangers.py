"""Which accounts of employees have no counterpart in another source (clarification 43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from connector.identity.people import Account, people


@dataclass(frozen=True)
class Unmatched:
    """An account that nothing matched with one in another source, and how many clients it owns."""

    source: str
    id: str
    name: str
    clients: int


def unmatched(
    employees: pl.DataFrame, priority: Sequence[str], owned: Mapping[Account, int]
) -> list[Unmatched]:
    """Return the accounts at work without a counterpart, those with most clients first; none with one source.

    `employees` is the frame with the firm's word in it: whom the people file names is never in doubt.
    """
    if employees["source"].n_unique() < 2:
        return []
    working = employees.filter(pl.col("active").fill_null(value=True))
    names = {
        (source, id_): name for source, id_, name in working.select("source", "external_id", "name").rows()
    }
    alone = [account for account in people(employees, priority).alone if account in names]
    found = [Unmatched(*account, names[account], owned.get(account, 0)) for account in alone]
    return sorted(found, key=lambda one: (-one.clients, one.source, one.id))
