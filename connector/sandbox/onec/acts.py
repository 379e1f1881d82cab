"""What people do in 1C's windows, for tests that play them: POST /sandbox/act {"do": NAME, ...}.

    complete_task      id, by?, at?, result?              a task is executed
    complete_activity  id, by?, at?, result?, successful?, duration_s?   a planned call or meeting was held
    change_owner       client, owner                      somebody hands a client to another employee
    delete             entity (a set), id                 an object is deleted for good
    mark               entity (a set), id                 an object is marked for deletion
    insert             table, row                         a neutral row; returns its key
    update             table, id, fields                  neutral columns of such a row
    edit               entity (a set), id, fields         1C's own fields of an object, sections whole
    merge              into, gone                         two clients become one, the other is marked
    dismiss            employee                           an employee leaves

Ids are Ref_Keys, or numbers of neutral rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connector.errors import ConfigError
from connector.sandbox.company.tables import COLUMNS
from connector.sandbox.company.tables import Row as NeutralRow
from connector.sandbox.onec.base import Base
from connector.sandbox.onec.errors import ODataError
from connector.sandbox.onec.keys import is_key
from connector.sandbox.onec.writing import change, delete

Order = Mapping[str, Any]
Done = dict[str, Any]
OK: Done = {"ok": True}


def number_of(base: Base, table: str, given: Any) -> int:
    """Return the number of a neutral row named by its key or number; ConfigError if there is none."""
    text = str(given).lower()
    number = base.number(table, text) if is_key(text) else int(text) if text.isdigit() else 0
    if number not in base.truth.rows[table]:
        raise ConfigError(f"no row {given!r} in {table}", hint="ids are those of /sandbox/state")
    return number


def neutral_cells(base: Base, table: str, given: Mapping[str, Any]) -> NeutralRow:
    """Return cells as text, keys turned into numbers; ConfigError for a column the table does not have."""
    if foreign := set(given) - set(COLUMNS[table]):
        raise ConfigError(f"{table} has no column {sorted(foreign)}", hint="columns are those of the bundle")
    return {name: cell(base, value) for name, value in given.items()}


def cell(base: Base, value: Any) -> str:
    """Write a value as a cell: flags as 1 and 0, nothing as an empty cell, a key as the row's number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return base.row_number(str(value)) if is_key(str(value)) else str(value)


def save(base: Base, table: str, number: int, cells: NeutralRow) -> None:
    """Write neutral cells and show the row anew."""
    row = base.truth.rows[table][number]
    owner = row.get("owner")
    row.update(cells)
    base.truth.note(table, row)
    if table == "clients" and owner != row["owner"]:
        base.truth.owned(number, row["owner"], base.today())
    base.show(table, row)


def add_row(base: Base, table: str, given: Mapping[str, Any]) -> str:
    """Add a neutral row, with what the windows fill in; return its key."""
    if table not in base.blueprint.renderers:
        raise ConfigError(f"no table {table!r} that the base shows", hint=", ".join(base.blueprint.renderers))
    number = max(base.truth.rows[table], default=0) + 1
    cells = defaults(base).get(table, {}) | neutral_cells(base, table, given) | {"id": str(number)}
    row = base.truth.add(table, cells)
    if table == "clients" and row["owner"]:
        base.truth.owned(number, row["owner"], base.today())
    base.show(table, row)
    return base.key(table, number)


def defaults(base: Base) -> dict[str, NeutralRow]:
    """Return what a new row of a table is filled with."""
    now = base.clock.now().astimezone(base.zone).replace(microsecond=0).isoformat()
    return {
        "clients": {"created_at": now, "kind": "company", "status": "active", "key_account": "0"},
        "deals": {"created_at": now, "stage_kind": "open", "currency": "RUB"},
        "events": {"logged_at": now, "kind": "call", "status": "planned"},
        "employees": {"active": "1"},
        "sales": {"date": now[:10], "currency": "RUB"},
    }


def complete(base: Base, order: Order) -> Done:
    """Complete a planned event."""
    number = number_of(base, "events", order.get("id"))
    given = {name: order[name] for name in ("result", "successful", "duration_s") if name in order}
    at = order.get("at") or base.clock.now().astimezone(base.zone).replace(microsecond=0).isoformat()
    doer = {"employee": order["by"]} if order.get("by") else {}
    done = {"status": "completed", "completed_at": with_zone(base, str(at))}
    save(base, "events", number, neutral_cells(base, "events", {**given, **done, **doer}))
    return OK


def with_zone(base: Base, text: str) -> str:
    """Return a time with an offset; a naive one is the server's."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=base.zone)).isoformat()


def change_owner(base: Base, order: Order) -> Done:
    """Hand a client to another employee."""
    owner = number_of(base, "employees", order.get("owner"))
    save(base, "clients", number_of(base, "clients", order.get("client")), {"owner": str(owner)})
    return OK


def remove_object(base: Base, entity: str, key: str) -> None:
    """Delete an object for good."""
    delete(base, base.types[entity], key)


def remove(base: Base, order: Order) -> Done:
    """Delete an object for good; there is no trace of it but in exchange plans."""
    remove_object(base, str(order.get("entity")), str(order.get("id")))
    return OK


def mark(base: Base, order: Order) -> Done:
    """Mark an object for deletion, as people do who delete in 1C."""
    entity = base.types[str(order.get("entity"))]
    change(base, entity, str(order.get("id")), {"DeletionMark": True}, whole=False)
    return OK


def insert(base: Base, order: Order) -> Done:
    """Add a neutral row."""
    return {"ok": True, "id": add_row(base, str(order.get("table")), dict(order.get("row") or {}))}


def update(base: Base, order: Order) -> Done:
    """Change neutral columns of a row."""
    table = str(order.get("table"))
    fields = neutral_cells(base, table, dict(order.get("fields") or {}))
    save(base, table, number_of(base, table, order.get("id")), fields)
    return OK


def edit(base: Base, order: Order) -> Done:
    """Write fields of an object as a person does in its window."""
    entity = base.types[str(order.get("entity"))]
    change(base, entity, str(order.get("id")), dict(order.get("fields") or {}), whole=False)
    return OK


def merge(base: Base, order: Order) -> Done:
    """Give everything of one client to the other; the first stays, marked for deletion and empty."""
    into, gone = (number_of(base, "clients", order.get(name)) for name in ("into", "gone"))
    lost = base.key("clients", gone)
    base.truth.merge_clients(into, gone)
    for entity, mirror in base.blueprint.mirrors.items():
        record = base.get(entity, lost) if mirror.table == "clients" else None
        if record:
            record.source = None
            record.row["DeletionMark"] = True
            base.touch(base.types[entity], lost, record)
    for table in base.blueprint.renderers:
        for row in list(base.truth.all(table)):
            base.show(table, row)
    return OK


def dismiss(base: Base, order: Order) -> Done:
    """Dismiss an employee: not valid from today; nothing is handed over by itself."""
    left = {"active": "0", "active_to": base.today().isoformat()}
    save(base, "employees", number_of(base, "employees", order.get("employee")), left)
    return OK


def guarded(act: Callable[[Base, Order], Done]) -> Callable[[Base, Order], Done]:
    """Tell people in one line what the base or a value refused."""

    def run(base: Base, order: Order) -> Done:
        try:
            return act(base, order)
        except (ODataError, ValueError, TypeError, KeyError) as error:
            raise ConfigError(f"act {order.get('do')}: {error}", hint="see the list of acts") from error

    return run


ACTS: dict[str, Callable[[Base, Order], Done]] = {
    name: guarded(act)
    for name, act in {
        "complete_task": complete,
        "complete_activity": complete,
        "change_owner": change_owner,
        "delete": remove,
        "mark": mark,
        "insert": insert,
        "update": update,
        "edit": edit,
        "merge": merge,
        "dismiss": dismiss,
    }.items()
}
