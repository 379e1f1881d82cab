"""The tables of canonical records, one an entity, and the catalogue that all tables of the store are in.

Times are BIGINT microseconds since 1970-01-01 UTC, days ISO text, lists and dicts JSON text, money BIGINT
minor units. A table's name is the entity's in snake case: `client`, `stage_change`.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from connector.model import ENTITIES, Entity
from connector.store.columns import is_optional, kind_of

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# An assumed owner may have no known first day; a vendor's ownership row always has one.
_NULLABLE = {("ownership", "valid_from")}


def table_name(entity: type[Entity]) -> str:
    """Return `stage_change` for StageChange."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", entity.__name__).lower()


def own_fields(entity: type[Entity]) -> dict[str, Any]:
    """Return the annotations of the fields that the entity has beyond those of every entity."""
    return {
        name: field.annotation
        for name, field in entity.model_fields.items()
        if name not in Entity.model_fields
    }


def _field_columns(entity: type[Entity]) -> list[Column[Any]]:
    table = table_name(entity)
    return [
        Column(name, kind_of(kept).sql, nullable=is_optional(kept) or (table, name) in _NULLABLE)
        for name, kept in own_fields(entity).items()
    ]


def _entity_table(entity: type[Entity], *extra: Column[Any]) -> Table:
    return Table(
        table_name(entity),
        METADATA,
        Column("source", Text, primary_key=True),
        Column("external_id", Text, primary_key=True),
        *_field_columns(entity),
        *extra,
        Column("stream", Text, nullable=False),
        Column("seen_at", BigInteger, nullable=False),
        Column("updated_at", BigInteger),
        Column("deleted_at", BigInteger),
        Column("missing_at", BigInteger),
        Column("row_hash", Text, nullable=False),
        Column("flags", Text, nullable=False),
        Column("raw", Text, nullable=False),
    )


_EXTRA = {"ownership": ("known",)}

ENTITY_TABLES: dict[type[Entity], Table] = {
    entity: _entity_table(
        entity, *(Column(name, Text, nullable=False) for name in _EXTRA.get(table_name(entity), ()))
    )
    for entity in ENTITIES
}
"""The table of each entity: its fields, the stream that brought it, when it first reached us (`seen_at`),
the vendor's last change, when it was found deleted or missing, a hash of its content, and its raw form."""


def _ours(table: str) -> Index:
    keyed = METADATA.tables[table].c.key
    ours = keyed.is_not(None)
    return Index(f"ix_{table}_key", keyed, sqlite_where=ours, postgresql_where=ours)


Index("ix_ownership_client", METADATA.tables["ownership"].c.source, METADATA.tables["ownership"].c.client)
_ours("event")
_ours("task")
