"""What a store must hold after a pull of amoCRM, by the firm behind the stand-in; knows of no mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import truth
from truth import Row, Tables, day, kopecks, moment, records, text

from connector.model import Client, Contact, Deal, Employee, Entity, Event, Ownership, StageChange
from connector.store.database import Store

SETTINGS: Mapping[str, Any] = {
    "custom_fields": {
        "Отрасль": "industry",
        "Регион": "region",
        "Статус клиента": "status",
        "Закрыт": "closed_at",
        "Класс ABC (задан)": "abc",
        "Ожидаемая дата закрытия": "expected_close",
        "Вероятность, %": "probability",
    },
    "flags": {"key_account": "Ключевой клиент"},
    "fields": {"abc_class": "ABC_CLASS"},
    "event_kinds": {
        "Написать письмо": "email",
        "Написать в чат": "message",
        "Прочее": "other",
        "common": "other",
    },
}
"""What the settings of a [[source]] have to say about the stand-in's own fields and types."""
NOTE = "note-"
SINGULAR = {"companies": "company", "contacts": "contact", "leads": "lead"}


def differences(store: Store, state: Mapping[str, Any], source: str = "main") -> list[str]:
    """Return a line for each record that is missing, too many, or other than the truth.

    `state` is `/sandbox/state`, with the account's ids.
    """
    tables = state["company"]
    kinds: dict[type[Entity], tuple[dict[str, Row], Callable[[Row], dict[str, Any]]]] = {
        Employee: (_by_id(tables["employees"]), employee),
        Client: (_by_id(tables["clients"]), truth.client),
        Contact: (_by_id(tables["contacts"]), truth.contact),
        Deal: (_by_id(tables["deals"]), deal),
        Event: (events(state), event),
    }
    found = [
        line for kind, (rows, expected) in kinds.items() for line in _of(store, source, kind, rows, expected)
    ]
    return found + _history(store, tables, source) + _owners(store, tables, source)


def events(state: Mapping[str, Any]) -> dict[str, Row]:
    """Return the events that an account can hold, by what they are called there: a note by its number.

    Of a message it keeps one time, when it was sent.
    """
    carried = state["carried"]
    rows = {row["id"]: row for row in state["company"]["events"]}
    found = {}
    for number, (where, there) in carried.items():
        row = rows[number]
        sent = {"logged_at": row["completed_at"]} if where == "events" else {}
        found[f"{NOTE}{there}" if where == "notes" else str(there)] = {**row, **sent}
    return found


def _of(
    store: Store,
    source: str,
    kind: type[Entity],
    rows: Mapping[str, Row],
    expected: Callable[[Row], dict[str, Any]],
) -> list[str]:
    name = kind.__name__
    live = {_bare(id_): each for id_, each in records(store, kind, source).items()}
    lines = [f"{name} {id_}: not in the store" for id_ in rows.keys() - live.keys()]
    lines += [f"{name} {id_}: too many" for id_ in live.keys() - rows.keys()]
    for id_ in rows.keys() & live.keys():
        for field, wanted in expected(rows[id_]).items():
            got = getattr(live[id_], field)
            if got != wanted:
                lines.append(f"{name} {id_} {field}: {got!r}, in truth {wanted!r}")
    return lines


def _bare(id_: str) -> str:
    """Return the id of a note without the sort of card it stands on."""
    return NOTE + id_.partition(NOTE)[2] if NOTE in id_ else id_


def _by_id(rows: Sequence[Row]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}


def _history(store: Store, tables: Tables, source: str) -> list[str]:
    wanted = sorted((row["deal"], row["stage"], moment(row["entered_at"])) for row in tables["stage_history"])
    kept = [each for each in records(store, StageChange, source).values() if isinstance(each, StageChange)]
    got = sorted((each.deal, each.stage, each.entered_at) for each in kept)
    return [f"stage_history: {one}" for one in sorted(set(got) ^ set(wanted), key=str)]


def _owners(store: Store, tables: Tables, source: str) -> list[str]:
    wanted = {
        (row["client"], row["employee"], day(row["valid_from"]), day(row["valid_to"]))
        for row in tables["ownership"]
    }
    kept = [each for each in records(store, Ownership, source).values() if isinstance(each, Ownership)]
    got = {(each.client, each.employee, each.valid_from, each.valid_to) for each in kept}
    return [f"ownership: {one}" for one in sorted(got ^ wanted, key=str)]


def employee(row: Row) -> dict[str, Any]:
    """An account knows of no heads, of no first days and of no shorter names for groups."""
    whole = truth.employee(row)
    return {name: whole[name] for name in ("name", "email", "phones", "active", "department")}


def deal(row: Row) -> dict[str, Any]:
    """A price of 0 is how an account says that none is known."""
    expected = row["expected_close"]
    return truth.deal(row) | {
        "amount": kopecks(row["amount"]) or None,
        "expected_close": date.fromisoformat(expected[:10]) if expected else None,
    }


def event(row: Row) -> dict[str, Any]:
    """Compare as the row stands: what an account has no place for is empty there already."""
    return truth.event(row) | {"planned_at": moment(row["planned_at"]), "result": text(row["result"])}
