"""Brings the tables of a store to what this program expects, in one transaction."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from connector.errors import StoreError
from connector.store.engine import Database
from connector.store.founding import found
from connector.store.revision import current_revision
from connector.store.views import create_views, drop_views


def alembic_config(connection: Connection | None = None) -> Config:
    """Return the settings that Alembic would read from an alembic.ini, for steps on that connection."""
    config = Config()
    config.set_main_option("script_location", "connector.store:migrations")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Run the steps that the store lacks; StoreError if it is newer than this program or not ours."""
    with database.rebuild() as connection:
        revision = current_revision(connection)
        _check_ours(connection, revision, database.where)
        drop_views(connection)
        command.upgrade(alembic_config(connection), "head")
        create_views(connection)
        found(connection)


def known_revisions() -> list[str]:
    """Return the revisions that this program has steps for, newest first."""
    return [step.revision for step in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


def _check_ours(connection: Connection, revision: str | None, where: str) -> None:
    foreign = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if revision is None and foreign:
        raise StoreError(
            "this database belongs to another program", hint="mend `url` in [store]", where=where
        )
    if revision is not None and revision not in known_revisions():
        raise StoreError(
            f"the store was written by a newer version (schema {revision})",
            hint="update connector, or open a backup of the older version",
            where=where,
        )
