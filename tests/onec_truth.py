"""What a store must hold after a pull of 1C, by the firm behind the stand-in; knows of no mapping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import truth
from truth import Row, day, kopecks, moment, records, text

from connector.model import Client, Contact, Deal, Employee, Entity, Event, Sale, StageChange
from connector.store.database import Store

MOSCOW = ZoneInfo("Europe/Moscow")
SETTINGS: Mapping[str, Any] = {
    "login": "Администратор",
    "password": "sandbox",
    "custom_fields": {
        "Отрасль": "industry",
        "Статус клиента": "status",
        "Закрыт": "closed_at",
        "Класс ABC": "abc",
        "Метки": "tags",
        "Соответственные": "co_owners",
    },
    "flags": {"key_account": "Ключевой клиент"},
}
"""What the settings of a [[source]] have to say about the stand-in's additional attributes."""
Expected = Callable[[Row], dict[str, Any]]


def differences(
    store: Store, state: Mapping[str, Any], profile: str = "ut11", source: str = "main"
) -> list[str]:
    """Return a line for each record that is missing, too many, or other than the truth.

    `state` is `/sandbox/state`, with 1C's keys.
    """
    tables = state["company"]
    found: list[str] = []
    for kind, expected in PROFILES[profile].items():
        found += _of(store, source, kind, _by_id(tables[TABLES[kind]]), expected)
    if profile in {"crm3"}:
        found += _history(store, tables["stage_history"], source)
    return found


def turnover_differences(store: Store, state: Mapping[str, Any], source: str = "main") -> list[str]:
    """Return a line for each client and month whose turnover is not the sum of its sales."""
    wanted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in state["company"]["sales"]:
        sums = wanted[row["client"], row["date"][:7]]
        sums[0] += kopecks(row["amount"]) or 0
        sums[1] += kopecks(row["margin"]) or 0
    got: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in records(store, Sale, source).values():
        assert isinstance(one, Sale)
        sums = got[one.client, one.date.isoformat()[:7]]
        sums[0] += one.amount
        sums[1] += one.margin or 0
    return [
        f"{key}: {got.get(key)}, in truth {wanted.get(key)}"
        for key in {*got, *wanted}
        if got[key] != wanted[key]
    ]


def _of(
    store: Store, source: str, kind: type[Entity], rows: Mapping[str, Row], expected: Expected
) -> list[str]:
    name = kind.__name__
    live = records(store, kind, source)
    # What was deleted for good is still named by what is left: 1C keeps such references.
    alive = {table: records(store, each, source) for each, table in TABLES.items() if table in ENDS.values()}
    lines = [f"{name} {id_}: not in the store" for id_ in rows.keys() - live.keys()]
    lines += [f"{name} {id_}: too many" for id_ in live.keys() - rows.keys()]
    for id_ in rows.keys() & live.keys():
        for field, wanted in expected(rows[id_]).items():
            got = getattr(live[id_], field)
            if field in ENDS and wanted is None and got not in alive[ENDS[field]]:
                continue
            if got != wanted:
                lines.append(f"{name} {id_} {field}: {got!r}, in truth {wanted!r}")
    return lines


def _by_id(rows: Sequence[Row]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}


def _history(store: Store, rows: Sequence[Row], source: str) -> list[str]:
    wanted = sorted((row["deal"], row["stage"], whole(row["entered_at"])) for row in rows)
    kept = [each for each in records(store, StageChange, source).values() if isinstance(each, StageChange)]
    got = sorted((each.deal, each.stage, each.entered_at) for each in kept)
    return [f"stage_history: {one}" for one in sorted(set(got) ^ set(wanted), key=str)]


def whole(cell: str) -> datetime | None:
    """Return a time as 1C keeps it, without parts of a second."""
    found = moment(cell)
    return found.replace(microsecond=0) if found else None


def first_of_day(cell: str) -> datetime | None:
    """Return the midnight of the day: a partner's registration has no time."""
    found = moment(cell)
    local = found.astimezone(MOSCOW).replace(hour=0, minute=0, second=0, microsecond=0) if found else None
    return local.astimezone(UTC) if local else None


def employee(row: Row) -> dict[str, Any]:
    """The stand-in shows phones of users and none of their addresses."""
    found = truth.employee(row)
    return {name: found[name] for name in ("name", "phones", "active", "department")}


def accountant(row: Row) -> dict[str, Any]:
    """A user of the accounting has a name and nothing else."""
    return {"name": row["name"], "active": row["active"] == "1"}


def client(row: Row) -> dict[str, Any]:
    """A card keeps no time of its last change."""
    found = truth.client(row) | {
        "created_at": whole(row["created_at"]),
        "closed_at": whole(row["closed_at"]),
        "co_owners": tuple(row["co_owners"].split("|")) if row["co_owners"] else (),
    }
    del found["updated_at"]
    return found


def partner(row: Row) -> dict[str, Any]:
    return client(row) | {"created_at": first_of_day(row["created_at"])}


def counterparty(row: Row) -> dict[str, Any]:
    """The accounting knows of firms and their numbers, not of who owns them."""
    names = ("name", "kind", "inn", "kpp", "phones", "emails", "address", "site", "status", "created_at")
    found = client(row)
    return {name: found[name] for name in names}


def deal(row: Row) -> dict[str, Any]:
    """A deal of УТ has one date of its end: hoped for while it is open, else that of its close."""
    is_open = row["stage_kind"] == "open"
    return truth.deal(row) | {
        "amount": kopecks(row["amount"]) or 0,
        "created_at": whole(row["created_at"]),
        "closed_at": whole(row["closed_at"]),
        "probability": float(row["probability"] or 0) / 100,
        "expected_close": day(row["expected_close"]) if is_open else None,
        "title": row["title"].strip(),
    }


def order(row: Row) -> dict[str, Any]:
    """An order has neither a currency nor a probability."""
    found = deal(row)
    del found["currency"], found["probability"]
    return found


def interest(row: Row) -> dict[str, Any]:
    return order(row) | {"expected_close": day(row["expected_close"])}


def event(row: Row) -> dict[str, Any]:
    """An interaction keeps no time of its entry; a task does, and has no length, result or success."""
    found = {
        "client": text(row["client"]),
        "employee": text(row["employee"]),
        "kind": row["kind"],
        "direction": text(row["direction"]),
        "status": row["status"],
        "planned_at": whole(row["planned_at"]),
        "completed_at": whole(row["completed_at"]),
        "subject": text(row["subject"]),
        "result": text(row["result"]),
        "deal": text(row["deal"]),
        "duration_s": int(row["duration_s"]) if row["duration_s"] else None,
        "successful": truth.TRUTH[row["successful"]],
    }
    if row["kind"] == "task":
        found = {**found, "deal": None, "direction": None, "logged_at": whole(row["logged_at"])}
    return found


def letter(row: Row) -> dict[str, Any]:
    """A letter has no additional attributes, and one that came in was held by coming."""
    found = event(row)
    if row["kind"] == "email":
        found |= {"duration_s": None, "successful": None}
    if row["kind"] == "email" and row["direction"] == "in" and row["status"] == "planned":
        found |= {"status": "completed", "completed_at": whole(row["planned_at"])}
    return found


def happening(row: Row) -> dict[str, Any]:
    """What an event was planned for is written over once it was held."""
    held = row["status"] == "completed" and row["kind"] != "task"
    return event(row) | ({"planned_at": None} if held else {})


def logged(row: Row) -> dict[str, Any]:
    return happening(row) | {"logged_at": whole(row["logged_at"])}


def contact(row: Row) -> dict[str, Any]:
    return truth.contact(row)


def sale(row: Row) -> dict[str, Any]:
    """A document has no cost."""
    return {
        "client": row["client"],
        "date": date.fromisoformat(row["date"]),
        "amount": kopecks(row["amount"]),
    }


ENDS = {"client": "clients", "deal": "deals"}
TABLES: Mapping[type[Entity], str] = {
    Employee: "employees",
    Client: "clients",
    Contact: "contacts",
    Deal: "deals",
    Event: "events",
    Sale: "sales",
}
_TRADE: Mapping[type[Entity], Expected] = {
    Employee: employee,
    Client: partner,
    Contact: contact,
    Deal: deal,
    Event: letter,
    Sale: sale,
}
PROFILES: Mapping[str, Mapping[type[Entity], Expected]] = {
    "ut11": _TRADE,
    "unf3": {**_TRADE, Client: client, Deal: order, Event: logged},
    "crm3": {**_TRADE, Deal: interest, Event: happening},
    "bp3": {Employee: accountant, Client: counterparty, Sale: sale},
}
