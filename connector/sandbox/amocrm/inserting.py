"""Adds and changes neutral rows as if somebody had typed them in, with what hangs on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connector.errors import ConfigError
from connector.sandbox.amocrm.carriers import CHAT, NOTE, TASK, carrier
from connector.sandbox.amocrm.creating import add_card, told
from connector.sandbox.amocrm.happenings import Happening
from connector.sandbox.amocrm.held import fit_event
from connector.sandbox.amocrm.history import chat
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.saving import give, move, stamp
from connector.sandbox.company.tables import COLUMNS, Row

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

TABLES = {"clients": "companies", "contacts": "contacts", "deals": "leads"}


def add_row(account: Account, table: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Add a row; returns `id`, for an event also `carrier` and `carried`, the number it lives under.

    ConfigError for a table the account does not show, or a column the table does not have.
    """
    cells = known_columns(table, given)
    if table in TABLES:
        cards = account.cards[TABLES[table]]
        record = add_card(account, cards, cells, owner_of(account, cells))
        if table == "contacts":
            client = account.companies.get(cells.get("client", ""))
            record.put("responsible", account.companies.responsible(client) if client else 1)
        return {"id": record.id}
    if table == "employees":
        number = account.users.next_id()
        row = account.truth.add("employees", {"active": "1", **cells, "id": str(number)})
        account.users.add(row, {}, number)
        account.changed()
        return {"id": number}
    return add_event(account, cells)


def owner_of(account: Account, cells: Row) -> int:
    """Return who makes a card: its owner, or the first user."""
    owner = cells.get("owner", "")
    return int(owner) if account.users.get(owner) else 1


def add_event(account: Account, cells: Row) -> dict[str, Any]:
    """Add an event with its task, its note or its chat event; a cancelled one has none of them."""
    number = account.next_event()
    defaults = {"logged_at": account.stamp(), "kind": "call", "status": "planned"}
    row = account.truth.add("events", {**defaults, **cells, "id": str(number)})
    fit_event(row)
    made = carry(account, row)
    account.changed()
    return {"id": number, "carrier": carrier(row), "carried": made}


def carry(account: Account, row: Row) -> int | str | None:
    """Make what carries an event, and return its number."""
    where = carrier(row)
    if where == TASK:
        record = account.tasks.take(row)
        by, now = account.tasks.responsible(record), account.now()
        account.happened(Happening("task_added", "task", record.id, by, now, [], []))
        if account.tasks.is_done(record):
            account.happened(Happening("task_completed", "task", record.id, by, now, [], []))
        return record.id
    if where == NOTE:
        note = account.notes.take(row)
        if note:
            told(account, note, account.notes.responsible(note))
        return note.id if note else None
    for happening in chat(account, row) if where == CHAT else ():
        account.happened(happening)
        return account.happenings.id_of(len(account.happenings.listed) - 1)
    return None


def known_columns(table: str, given: Mapping[str, Any]) -> Row:
    """Return the given cells; ConfigError for a table or a column that is not there."""
    if table not in {*TABLES, "events", "employees"}:
        raise ConfigError(f"no table {table!r} that the account shows", hint=f"one of: {', '.join(TABLES)}")
    foreign = set(given) - set(COLUMNS[table])
    if foreign:
        raise ConfigError(f"{table} has no column {sorted(foreign)}", hint="columns are those of the bundle")
    return {name: neutral(value) for name, value in given.items()}


def neutral(value: Any) -> str:
    """Write a value as a cell: flags as 1 and 0, nothing as an empty cell."""
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def change_row(account: Account, table: str, number: Any, given: Mapping[str, Any]) -> None:
    """Change neutral columns of a row; owners and stages change as people change them, with their events."""
    cells = known_columns(table, given)
    record = shown_by(account, table, number)
    if table in TABLES:
        change_card(account, table, record, cells)
        return
    record.row.update(cells)
    if table == "events":
        record.put("changed", account.now())
    account.changed()


def change_card(account: Account, table: str, record: Record, cells: Row) -> None:
    """Change a card."""
    cards = account.cards[TABLES[table]]
    if "owner" in cells:
        give(account, cards, record, int(cells.pop("owner") or 0), 1)
    client = cells.pop("client", None)
    if client is not None:
        (account.contacts if table == "contacts" else account.leads).moved(record, client)
    if "stage" in cells:
        kind = cells.pop("stage_kind", "open")
        pipeline = cells.pop("pipeline", record.row["pipeline"])
        found, status = account.pipelines.status(pipeline, cells.pop("stage"), kind)
        move(account, record, found.id, status, 1)
    record.row.update(cells)
    stamp(account, cards, record, 1)


def shown_by(account: Account, table: str, number: Any) -> Record:
    """Return what shows a row; ConfigError if nothing does."""
    if table == "events":
        carriers = (*account.tasks.records.values(), *account.notes.records.values())
        found = next((one for one in carriers if one.row["id"] == str(number)), None)
    else:
        entity = account.users if table == "employees" else account.cards[TABLES[table]]
        found = entity.get(number)
    if found is None:
        raise ConfigError(
            f"no row {number!r} in {table} that the account shows", hint="ids are in /sandbox/state"
        )
    return found
