"""Leads: this portal has none, but the methods and their filters are there."""

from __future__ import annotations

from connector.sandbox.bitrix24.fields import kept
from connector.sandbox.bitrix24.records import Entity

KINDS = {
    "ID": "integer", "TITLE": "string", "STATUS_ID": "status", "STATUS_SEMANTIC_ID": "string",
    "COMPANY_ID": "link", "CONTACT_ID": "link", "OPPORTUNITY": "double", "SOURCE_ID": "status",
    "ASSIGNED_BY_ID": "user", "DATE_CREATE": "datetime", "DATE_MODIFY": "datetime", "DATE_CLOSED": "datetime",
    "MOVED_TIME": "datetime", "IS_RETURN_CUSTOMER": "char", "ORIGINATOR_ID": "string", "ORIGIN_ID": "string",
}  # fmt: skip


def build() -> Entity:
    """Make the empty entity."""
    return Entity("lead", [kept(name, kind) for name, kind in KINDS.items()])
