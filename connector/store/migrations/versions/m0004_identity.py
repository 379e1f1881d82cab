"""Make the tables of identity: which records are one client, why, and what people said of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the next pull fills them."""
    op.create_table(
        "identity",
        *_keys("source", "external_id"),
        sa.Column("client", sa.BigInteger, nullable=False),
        sa.Column("doubt", sa.Text, nullable=True),
    )
    op.create_index("ix_identity_client", "identity", ["client"])
    op.create_table("link", *_keys(*_PAIR, "way", "value"))
    op.create_table(
        "link_verdict",
        *_keys(*_PAIR),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "identity_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stale", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("numbers", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop them; what people said of records is lost."""
    for table in ("identity_state", "link_verdict", "link", "identity"):
        op.drop_table(table)


_PAIR = ("source", "external_id", "other_source", "other_id")


def _keys(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]
