"""Gives each client record a number of our own, the same again if the store is lost and filled anew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, select

from connector.store.engine import Database
from connector.store.ledgers import CLIENT_NUMBER
from connector.store.upsert import upsert


def client_number(source: str, external_id: str) -> int:
    """Return the positive 63-bit number made of the record's reference; keys of changes are made of it."""
    digest = hashlib.sha256(f"{source}\x1f{external_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1 or 1


class ClientNumbers:
    """The numbers that were given out."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._upsert = upsert(CLIENT_NUMBER, database.dialect, keep=None)

    def give(self, connection: Connection, source: str, external_ids: Sequence[str]) -> None:
        """Give a number to each record that has none."""
        rows = [(client_number(source, external_id), source, external_id) for external_id in external_ids]
        self._upsert.execute(connection, rows)

    def of(self, source: str, external_id: str) -> int | None:
        """Return the record's number, None for a record that never reached us."""
        query = select(CLIENT_NUMBER.c.number).where(
            CLIENT_NUMBER.c.source == source, CLIENT_NUMBER.c.external_id == external_id
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar()
