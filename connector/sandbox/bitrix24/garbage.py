"""Rows damaged as imports and old versions leave them: a zero date, a missing title, a word for a number."""

from __future__ import annotations

from typing import Any

from connector.sandbox.bitrix24.portal import Portal

Row = dict[str, Any]
ZERO = "0000-00-00T00:00:00+03:00"
SPOILT: Row = {
    "DATE_CREATE": ZERO, "CREATED": ZERO, "createdTime": ZERO, "createdDate": ZERO, "CREATED_TIME": ZERO,
    "CALL_START_DATE": ZERO, "TITLE": None, "title": None, "SUBJECT": None, "OPPORTUNITY": "n/a",
    "CALL_DURATION": "n/a",
}  # fmt: skip


def spoilt(row: Row) -> Row:
    """Return a damaged copy of a row."""
    return {name: SPOILT.get(name, value) for name, value in row.items()}


def page_of(portal: Portal, rows: list[Row]) -> list[Row]:
    """Return a page as it is, or with every row damaged if the fault strikes the call."""
    return [spoilt(row) for row in rows] if portal.faults.strikes("garbage_page", [portal.calling]) else rows
