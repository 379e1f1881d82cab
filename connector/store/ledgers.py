"""The tables of our own work: cursors, runs, the lock, decisions, plans, changes and halts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from connector.store.tables import METADATA


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=null)


def _whole(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=null)


INSTALLATION = Table("installation", METADATA, _key("id"), _whole("created_at"))

CLIENT_NUMBER = Table(
    "client_number",
    METADATA,
    Column("number", BigInteger, nullable=False, unique=True),
    _key("source"),
    _key("external_id"),
)

CURSOR = Table(
    "cursor",
    METADATA,
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

SIGHTING = Table("sighting", METADATA, _key("source"), _key("stream"), _key("entity"), _key("external_id"))

QUARANTINE = Table(
    "quarantine",
    METADATA,
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

RUN = Table(
    "run",
    METADATA,
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

STREAM_RUN = Table(
    "stream_run",
    METADATA,
    Column("run", Text, ForeignKey("run.id"), primary_key=True),
    _key("source"),
    _key("stream"),
    _text("status"),
    *(_whole(name) for name in ("read", "new", "changed", "deleted", "quarantined", "refused")),
    _text("error"),
    _text("visibility"),
)

LOCK = Table(
    "lock",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _whole("token"),
    _text("run", null=True),
    _text("command", null=True),
    _whole("pid", null=True),
    _text("pid_space", null=True),
    _text("host", null=True),
    _whole("since", null=True),
    _whole("heartbeat", null=True),
)

DECISION = Table(
    "decision",
    METADATA,
    _key("policy"),
    _key("subject"),
    _key("employee"),
    _key("period"),
    Column("as_of", BigInteger, primary_key=True, autoincrement=False),
    _text("rule"),
    _text("document"),
    _text("answer_hash"),
    _whole("stored_at"),
)
Index("ix_decision_subject", DECISION.c.subject)

PLAN = Table("plan", METADATA, _key("fingerprint"), _whole("as_of"), _whole("created_at"), _text("document"))

APPROVAL = Table(
    "approval",
    METADATA,
    Column("plan", Text, ForeignKey("plan.fingerprint"), primary_key=True),
    _key("key"),
    _text("by"),
    _whole("at"),
)

CHANGE = Table(
    "change",
    METADATA,
    _key("key"),
    _text("plan"),
    *(_text(name) for name in ("kind", "source", "target", "policy", "policy_version", "rule", "subject")),
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
Index("ix_change_state", CHANGE.c.state)
Index("ix_change_plan", CHANGE.c.plan)

CHANGE_LOG = Table(
    "change_log",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", Text, ForeignKey("change.key"), nullable=False, index=True),
    _whole("at"),
    _text("state"),
    _text("note"),
)

HALT = Table(
    "halt",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("kind"),
    _text("reason"),
    _text("by"),
    _whole("since"),
    _whole("until", null=True),
    _whole("ended_at", null=True),
    _text("ended_by", null=True),
)

_PAIR = ("source", "external_id", "other_source", "other_id")

IDENTITY = Table(
    "identity", METADATA, _key("source"), _key("external_id"), _whole("client"), _text("doubt", null=True)
)
"""Records that are one client with others, or of which that is not settled; the rest are their own."""
Index("ix_identity_client", IDENTITY.c.client)

LINK = Table("link", METADATA, *(_key(name) for name in (*_PAIR, "way", "value")))
"""Why two records are one client: by which way, and the value that both have."""

LINK_VERDICT = Table("link_verdict", METADATA, *map(_key, _PAIR), _text("said"), _text("by"), _whole("at"))
"""What people said of two records, the lesser reference first: `same` or `different`."""

IDENTITY_STATE = Table(
    "identity_state",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("stale", Integer, nullable=False),
    _text("fingerprint"),
    _text("numbers"),
    _whole("made_at"),
)
"""One row: whether clients changed since `identity` was made, and what the firm's files said then."""
