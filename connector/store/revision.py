"""Reads which step of the migrations a store is at, without loading Alembic."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text


def current_revision(connection: Connection) -> str | None:
    """Return the revision written in the store, None in one that has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
