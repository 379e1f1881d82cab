"""Writes into a new store what every store has: its installation's id and its free lock."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, insert, select

from connector import clock
from connector.store.ledgers import INSTALLATION, LOCK


def found(connection: Connection) -> None:
    """Write them unless they are there."""
    if connection.execute(select(INSTALLATION)).first() is None:
        now = clock.to_micros(clock.now())
        connection.execute(insert(INSTALLATION).values(id=str(uuid.uuid4()), created_at=now))
        connection.execute(insert(LOCK).values(id=1, token=0))
