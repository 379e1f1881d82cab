"""Adds neutral rows to the portal as if somebody had typed them in, with what hangs on a new record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.errors import ConfigError
from connector.sandbox.bitrix24.binding import note_activity
from connector.sandbox.bitrix24.entities.activity import owned_by_contact, shown
from connector.sandbox.bitrix24.entities.call import countable
from connector.sandbox.bitrix24.entities.requisite import requisites
from connector.sandbox.bitrix24.lookup import equal
from connector.sandbox.bitrix24.portal import Portal
from connector.sandbox.bitrix24.records import Record
from connector.sandbox.company.tables import COLUMNS

TABLES = {
    "clients": "company",
    "contacts": "contact",
    "deals": "deal",
    "events": "activity",
    "employees": "user",
}


def add_row(portal: Portal, table: str, given: Mapping[str, Any]) -> int:
    """Add a row to a table the portal shows, and return its number.

    What is missing the portal fills in; ConfigError for a column the table does not have.
    """
    entity = portal.entities[TABLES[table]]
    number = entity.next_id()
    cells = {name: neutral(value) for name, value in given.items()}
    row = portal.truth.add(table, defaults(portal, table) | known_columns(table, cells) | {"id": str(number)})
    record = entity.add(row, {}, number)
    settle(portal, table, record)
    return number


def table_of(order: Mapping[str, Any]) -> str:
    """Return the table an order means; ConfigError if the portal shows none such."""
    table = str(order.get("table"))
    if table not in TABLES:
        raise ConfigError(
            f"no table {table!r} that the portal shows", hint=f"one of: {', '.join(sorted(TABLES))}"
        )
    return table


def known_columns(table: str, given: dict[str, str]) -> dict[str, str]:
    """Return the given cells; ConfigError for a column the table does not have."""
    foreign = set(given) - set(COLUMNS[table])
    if foreign:
        raise ConfigError(f"{table} has no column {sorted(foreign)}", hint="columns are those of the bundle")
    return given


def defaults(portal: Portal, table: str) -> dict[str, str]:
    """Return what the portal itself fills in."""
    now = portal.now()
    return {
        "clients": {"created_at": now, "updated_at": now, "kind": "company", "status": "active"},
        "deals": {
            "created_at": now,
            "stage_kind": "open",
            "pipeline": portal.pipelines.names[0],
            "currency": "RUB",
        },
        "events": {"logged_at": now, "kind": "call", "status": "planned"},
        "employees": {"active": "1"},
    }.get(table, {})


def settle(portal: Portal, table: str, record: Record) -> None:
    """Add what hangs on a new row."""
    row, now = record.row, portal.now()
    if table == "clients":
        for _, extra in requisites(record.id, row):
            portal.requisite.add(row, extra)
        if row["owner"]:
            portal.truth.owned(record.id, row["owner"], portal.today())
    elif table == "contacts":
        record.extra = {"DATE_CREATE": now, "DATE_MODIFY": now}
        portal.contact.changed(record.id)
    elif table == "deals":
        entry = portal.truth.add(
            "stage_history", {"deal": row["id"], "stage": row["stage"], "entered_at": now}
        )
        portal.stage_history.add(entry, {"first": True})
    elif table == "events":
        settle_event(portal, record)


def settle_event(portal: Portal, record: Record) -> None:
    """Give a new event its owner, its task and its place in the call statistics.

    A cancelled one is not shown.
    """
    if not shown(record.row):
        portal.activity.remove(record.id)
        return
    record.extra = owned_by_contact(portal, record.id, record.row)
    portal.activity.changed(record.id)
    count_call(portal, record)
    note_activity(portal, record.row["client"])
    if record.row["kind"] == "task":
        task = portal.task.add(record.row, {"UF_CRM_TASK": [f"CO_{record.row['client']}"]})
        portal.bind_task(record.id, task.id)


def count_call(portal: Portal, activity: Record) -> None:
    """Let a held call appear in the statistics, once."""
    if countable(activity.row) and not equal(portal.call, "CRM_ACTIVITY_ID", activity.id):
        portal.call.add(activity.row, {"ACTIVITY": activity.id})


def neutral(value: Any) -> str:
    """Write a value as a cell: flags as 1 and 0, nothing as an empty cell."""
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)
