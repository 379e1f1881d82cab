"""What a store must hold after a pull, by the firm behind the stand-in; knows nothing of any mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import NullPool, create_engine, select

from connector.identifiers import email, phone
from connector.model import Client, Contact, Deal, Employee, Entity, Event, StageChange
from connector.store.database import Store
from connector.store.rows import decode
from connector.store.tables import ENTITY_TABLES

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
TRUTH = {"1": True, "0": False, "": None}
HELD = {"call", "meeting"}


def differences(store: Store, tables: Tables, source: str = "portal") -> list[str]:
    """Return a line for each record that is missing, too many, or other than the truth.

    `tables` are `/sandbox/state.company`, with the vendor's ids. A cancelled event has no place in a Bitrix24
    portal, the text of a letter is not asked for, and a closed deal without an expected day shows its last.
    """
    found = [line for entity in EXPECTED for line in _of_kind(store, tables, source, entity)]
    return found + _history(store, tables, source)


def _of_kind(store: Store, tables: Tables, source: str, entity: type[Entity]) -> list[str]:
    name, expected = EXPECTED[entity]
    rows = {row["id"]: expected(row) for row in tables[name] if row.get("status") != "cancelled"}
    live = records(store, entity, source)
    lines = [f"{name} {id_}: not in the store" for id_ in rows if id_ not in live]
    if extra := len(live.keys() - rows.keys()):
        lines.append(f"{name}: {extra} records too many")
    for id_ in rows.keys() & live.keys():
        for field, wanted in rows[id_].items():
            got = getattr(live[id_], field)
            if got != wanted:
                lines.append(f"{name} {id_} {field}: {got!r}, in truth {wanted!r}")
    return lines


def records(store: Store, entity: type[Entity], source: str = "portal") -> dict[str, Entity]:
    """Return the live records of that kind as they stand in the file, by id."""
    table = ENTITY_TABLES[entity]
    live = select(table).where(table.c.source == source, table.c.deleted_at.is_(None))
    engine = create_engine(f"sqlite:///{store.path}", poolclass=NullPool)
    with engine.connect() as connection:
        stored = [decode(entity, row) for row in connection.execute(live).mappings()]
    return {each.entity.ref.external_id: each.entity for each in stored}


def _history(store: Store, tables: Tables, source: str) -> list[str]:
    """Compare the stages a deal went through; they have ids of the vendor's own."""
    wanted = sorted((row["deal"], row["stage"], moment(row["entered_at"])) for row in tables["stage_history"])
    kept = [each for each in records(store, StageChange, source).values() if isinstance(each, StageChange)]
    got = sorted((each.deal, each.stage, each.entered_at) for each in kept)
    return [] if got == wanted else [f"stage_history: {set(got) ^ set(wanted)}"]


def text(cell: str) -> str | None:
    return cell or None


def moment(cell: str) -> datetime | None:
    return datetime.fromisoformat(cell).astimezone(UTC) if cell else None


def day(cell: str) -> date | None:
    return date.fromisoformat(cell[:10]) if cell else None


def several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def numbers(cell: str) -> tuple[str, ...]:
    return tuple(phone(each) or each for each in several(cell))


def letters(cell: str) -> tuple[str, ...]:
    return tuple(email(each) or each for each in several(cell))


def kopecks(cell: str) -> int | None:
    return int(Decimal(cell) * 100) if cell else None


def employee(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "email": text(row["email"]),
        "phones": numbers(row["phones"]),
        "active": row["active"] == "1",
        "head": text(row["head"]),
        "department": text(row["department"]),
        "active_from": date.fromisoformat(row["active_from"]),
    }


def client(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kind": row["kind"],
        "inn": text(row["inn"]),
        "kpp": text(row["kpp"]),
        "phones": numbers(row["phones"]),
        "emails": letters(row["emails"]),
        "address": text(row["address"]),
        "site": text(row["site"]),
        "industry": text(row["industry"]),
        "region": text(row["region"]),
        "status": row["status"],
        "owner": text(row["owner"]),
        "key_account": TRUTH[row["key_account"]],
        "tags": several(row["tags"]),
        "created_at": moment(row["created_at"]),
        "closed_at": moment(row["closed_at"]),
        "updated_at": moment(row["updated_at"]),
        "abc": text(row["abc"]),
    }


def contact(row: Row) -> dict[str, Any]:
    return {
        "client": text(row["client"]),
        "name": row["name"],
        "position": text(row["position"]),
        "phones": numbers(row["phones"]),
        "emails": letters(row["emails"]),
    }


def deal(row: Row) -> dict[str, Any]:
    return {
        "client": text(row["client"]),
        "owner": text(row["owner"]),
        "title": row["title"],
        "pipeline": row["pipeline"],
        "stage": row["stage"],
        "stage_kind": row["stage_kind"],
        "amount": kopecks(row["amount"]),
        "currency": text(row["currency"]),
        "probability": float(row["probability"]) / 100 if row["probability"] else None,
        "created_at": moment(row["created_at"]),
        "expected_close": day(row["expected_close"] or row["closed_at"]),
        "closed_at": moment(row["closed_at"]),
        "loss_reason": text(row["loss_reason"]),
    }


def event(row: Row) -> dict[str, Any]:
    told = row["kind"] in HELD and row["status"] == "completed"
    return {
        "client": text(row["client"]),
        "employee": text(row["employee"]),
        "kind": row["kind"],
        "direction": text(row["direction"]),
        "status": row["status"],
        "planned_at": moment(row["planned_at"] or row["completed_at"]),
        "completed_at": moment(row["completed_at"]),
        "logged_at": moment(row["logged_at"]),
        "duration_s": int(row["duration_s"]) if row["duration_s"] else None,
        "successful": TRUTH[row["successful"]],
        "subject": text(row["subject"]),
        "result": text(row["result"]) if told else None,
        "deal": text(row["deal"]),
    }


EXPECTED: dict[type[Entity], tuple[str, Callable[[Row], dict[str, Any]]]] = {
    Employee: ("employees", employee),
    Client: ("clients", client),
    Contact: ("contacts", contact),
    Deal: ("deals", deal),
    Event: ("events", event),
}
