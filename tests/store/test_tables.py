"""The tables are those of the model, of the migrations, and can be made on PostgreSQL too."""

from __future__ import annotations

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from connector.model import ENTITIES, Event
from connector.store import ledgers
from connector.store.tables import ENTITY_TABLES, METADATA, table_name

COMMON = {"stream", "seen_at", "updated_at", "deleted_at", "missing_at", "row_hash", "flags", "raw"}


def statements(path: Path) -> dict[str, str]:
    """Return what SQLite says made each table and index, without spaces and quotes."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        found = {name: re.sub(r'[\s"]', "", sql) for name, sql in rows}
    engine.dispose()
    return found


def test_the_migrations_make_what_the_tables_say(empty_store: Path) -> None:
    engine = create_engine(f"sqlite:///{empty_store}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        difference = compare_metadata(context, METADATA)
    engine.dispose()
    assert difference == []


def test_they_make_it_to_the_letter(empty_store: Path, tmp_path: Path) -> None:
    """Alembic does not compare keys and checks; the statements do."""
    direct = tmp_path / "direct.db"
    engine = create_engine(f"sqlite:///{direct}")
    METADATA.create_all(engine)
    engine.dispose()
    migrated = {n: s for n, s in statements(empty_store).items() if not n.startswith(("v_", "alembic"))}
    assert migrated == statements(direct)


def test_every_entity_has_a_table_with_its_fields_and_what_the_store_adds() -> None:
    assert set(ENTITY_TABLES) == set(ENTITIES)
    columns = {column.name for column in ENTITY_TABLES[Event].columns}
    own = set(Event.model_fields) - {"ref"}
    assert columns == own | {"source", "external_id"} | COMMON
    for table in ENTITY_TABLES.values():
        assert [column.name for column in table.primary_key] == ["source", "external_id"]


def test_a_table_is_named_like_its_entity() -> None:
    assert sorted(table_name(entity) for entity in ENTITIES) == [
        "absence",
        "answer",
        "client",
        "contact",
        "deal",
        "employee",
        "event",
        "field_change",
        "ownership",
        "sale",
        "stage_change",
        "task",
    ]


def test_the_ledgers_stand_beside_them() -> None:
    named = {
        "installation", "client_number", "cursor", "sighting", "quarantine", "run", "stream_run", "lock",
        "decision", "plan", "approval", "change", "change_log", "halt",
        "identity", "link", "link_verdict", "identity_state",
    }  # fmt: skip
    assert ledgers.RUN.metadata is METADATA
    assert set(METADATA.tables) == named | {table.name for table in ENTITY_TABLES.values()}


def test_postgresql_takes_the_same_tables() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
    made = [str(CreateTable(table).compile(dialect=dialect)) for table in METADATA.sorted_tables]
    indexes = [
        str(CreateIndex(index).compile(dialect=dialect))
        for table in METADATA.sorted_tables
        for index in table.indexes
    ]
    assert any("key TEXT" in one and "CREATE TABLE event" in one for one in made)
    assert any(one.endswith("ON event (key) WHERE key IS NOT NULL") for one in indexes)
