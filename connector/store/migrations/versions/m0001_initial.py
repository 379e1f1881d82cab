"""Make the tables of the first version."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "absence",
    "change",
    "client",
    "client_number",
    "contact",
    "cursor",
    "deal",
    "decision",
    "employee",
    "event",
    "installation",
    "lock",
    "ownership",
    "plan",
    "quarantine",
    "run",
    "sale",
    "sighting",
    "stage_change",
    "task",
    "approval",
    "change_log",
    "stream_run",
)


def upgrade() -> None:
    """Make all tables and indexes."""
    _people()
    _clients()
    _deals()
    _events()
    _reading()
    _working()
    _deciding()
    _writing()
    _indexes()


def downgrade() -> None:
    """Drop all tables."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, primary_key=True)


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=null)


def _whole(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def _yes_no(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=null)


def _real(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Float, nullable=null)


def _table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(name, *columns)


def _entity(name: str, *columns: sa.Column[Any]) -> None:
    common = (
        _text("stream"),
        _whole("seen_at"),
        _whole("updated_at", null=True),
        _whole("deleted_at", null=True),
        _whole("missing_at", null=True),
        _text("row_hash"),
        _text("flags"),
        _text("raw"),
    )
    _table(name, _key("source"), _key("external_id"), *columns, *common)


def _people() -> None:
    _entity(
        "employee",
        _text("name"),
        _text("email", null=True),
        _text("phones"),
        _yes_no("active"),
        _text("role", null=True),
        _text("head", null=True),
        _text("department", null=True),
        _text("industries"),
        _text("regions"),
        _whole("capacity", null=True),
        _yes_no("accepts_more", null=True),
        _text("active_from", null=True),
        _text("active_to", null=True),
    )
    _entity(
        "contact",
        _text("client", null=True),
        _text("name"),
        _text("position", null=True),
        _text("phones"),
        _text("emails"),
    )
    _entity(
        "absence",
        _text("employee"),
        _text("from_date"),
        _text("to_date"),
        _text("deputy", null=True),
        _text("kind", null=True),
    )


def _clients() -> None:
    _entity(
        "client",
        _text("name"),
        _text("kind"),
        _text("inn", null=True),
        _text("kpp", null=True),
        _text("phones"),
        _text("emails"),
        _text("address", null=True),
        _text("site", null=True),
        _text("industry", null=True),
        _text("region", null=True),
        _text("status"),
        _text("owner", null=True),
        _text("co_owners"),
        _yes_no("key_account", null=True),
        _text("tags"),
        _whole("created_at", null=True),
        _whole("closed_at", null=True),
        _text("abc", null=True),
        _text("custom"),
    )
    _entity(
        "ownership",
        _text("client"),
        _text("employee"),
        _text("valid_from", null=True),
        _text("valid_to", null=True),
        _text("reason", null=True),
        _text("known"),
    )


def _deals() -> None:
    _entity(
        "deal",
        _text("client", null=True),
        _text("owner", null=True),
        _text("title"),
        _text("pipeline", null=True),
        _text("stage"),
        _text("stage_kind"),
        _whole("amount", null=True),
        _text("currency", null=True),
        _real("probability", null=True),
        _whole("created_at", null=True),
        _text("expected_close", null=True),
        _whole("closed_at", null=True),
        _text("loss_reason", null=True),
    )
    _entity("stage_change", _text("deal"), _text("stage"), _whole("entered_at"))
    _entity(
        "sale",
        _text("client"),
        _text("date"),
        _whole("amount"),
        _whole("margin", null=True),
        _text("currency", null=True),
        _text("deal", null=True),
    )


def _events() -> None:
    _entity(
        "event",
        _text("client", null=True),
        _text("employee", null=True),
        _text("kind"),
        _text("direction", null=True),
        _text("status"),
        _whole("planned_at", null=True),
        _whole("completed_at", null=True),
        _whole("logged_at", null=True),
        _whole("duration_s", null=True),
        _yes_no("successful", null=True),
        _text("subject", null=True),
        _text("result", null=True),
        _text("deal", null=True),
        _text("key", null=True),
    )
    _entity(
        "task",
        _text("client", null=True),
        _text("deal", null=True),
        _text("assignee", null=True),
        _text("title"),
        _whole("due", null=True),
        _text("status"),
        _whole("created_at", null=True),
        _whole("closed_at", null=True),
        _text("key", null=True),
    )


def _reading() -> None:
    _table("installation", _key("id"), _whole("created_at"))
    _table(
        "client_number",
        sa.Column("number", sa.BigInteger, nullable=False, unique=True),
        _key("source"),
        _key("external_id"),
    )
    _table(
        "cursor",
        _key("source"),
        _key("stream"),
        _text("since", null=True),
        _text("position", null=True),
        _text("watermark", null=True),
        _whole("pass_started", null=True),
        _whole("pages"),
        _whole("rows"),
        _whole("finished_at", null=True),
        _whole("swept_at", null=True),
        _whole("full_at", null=True),
    )
    _table("sighting", _key("source"), _key("stream"), _key("entity"), _key("external_id"))
    _table(
        "quarantine",
        _key("source"),
        _key("stream"),
        _key("external_id"),
        _text("hash"),
        _text("field"),
        _text("reason"),
        _text("raw"),
        _whole("first_seen"),
        _whole("last_seen"),
        _whole("tries"),
    )


def _working() -> None:
    _table(
        "lock",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        _whole("token"),
        _text("run", null=True),
        _text("command", null=True),
        _whole("pid", null=True),
        _text("pid_space", null=True),
        _text("host", null=True),
        _whole("since", null=True),
        _whole("heartbeat", null=True),
    )
    _table(
        "run",
        _key("id"),
        _text("command"),
        _whole("started_at"),
        _whole("ended_at", null=True),
        _text("outcome", null=True),
        _text("numbers"),
        _text("note"),
        _whole("pid"),
        _text("host"),
        _whole("heartbeat"),
    )
    _table(
        "stream_run",
        sa.Column("run", sa.Text, sa.ForeignKey("run.id"), primary_key=True),
        _key("source"),
        _key("stream"),
        _text("status"),
        _whole("read"),
        _whole("new"),
        _whole("changed"),
        _whole("deleted"),
        _whole("quarantined"),
        _whole("refused"),
        _text("error"),
        _text("visibility"),
    )


def _deciding() -> None:
    _table(
        "decision",
        _key("policy"),
        _key("subject"),
        _key("employee"),
        _key("period"),
        sa.Column("as_of", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("rule"),
        _text("document"),
        _text("answer_hash"),
        _whole("stored_at"),
    )
    _table("plan", _key("fingerprint"), _whole("as_of"), _whole("created_at"), _text("document"))
    _table(
        "approval",
        sa.Column("plan", sa.Text, sa.ForeignKey("plan.fingerprint"), primary_key=True),
        _key("key"),
        _text("by"),
        _whole("at"),
    )


def _writing() -> None:
    _table(
        "change",
        _key("key"),
        _text("plan"),
        _text("kind"),
        _text("source"),
        _text("target"),
        _text("policy"),
        _text("policy_version"),
        _text("rule"),
        _text("subject"),
        _text("period"),
        _text("mode"),
        _text("document"),
        _text("state"),
        _whole("attempts"),
        _text("external_id", null=True),
        _text("reason"),
        _text("marker"),
        _text("run", null=True),
        _whole("created_at"),
        _whole("updated_at"),
    )
    _table(
        "change_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("key", sa.Text, sa.ForeignKey("change.key"), nullable=False),
        _whole("at"),
        _text("state"),
        _text("note"),
    )


def _indexes() -> None:
    ours = sa.text("key IS NOT NULL")
    op.create_index("ix_change_plan", "change", ["plan"])
    op.create_index("ix_change_state", "change", ["state"])
    op.create_index("ix_decision_subject", "decision", ["subject"])
    op.create_index("ix_event_key", "event", ["key"], sqlite_where=ours, postgresql_where=ours)
    op.create_index("ix_ownership_client", "ownership", ["source", "client"])
    op.create_index("ix_task_key", "task", ["key"], sqlite_where=ours, postgresql_where=ours)
    op.create_index("ix_change_log_key", "change_log", ["key"])
