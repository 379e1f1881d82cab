"""Make the tables of what people changed on cards and answered about key accounts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    _entity("field_change", _text("client"), _text("field"), _whole("at"), *map(_maybe, ("by", "old", "new")))
    _entity(
        "answer", _text("client"), _text("criterion"), _text("answer"), _whole("at", null=True), _maybe("by")
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("answer")
    op.drop_table("field_change")


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _maybe(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=True)


def _whole(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def _entity(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("external_id", sa.Text, primary_key=True),
        *columns,
        _text("stream"),
        _whole("seen_at"),
        *(_whole(moment, null=True) for moment in ("updated_at", "deleted_at", "missing_at")),
        *map(_text, ("row_hash", "flags", "raw")),
    )
