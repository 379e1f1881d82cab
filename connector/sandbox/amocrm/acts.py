"""What people do in the account's screens, for tests that play them: POST /sandbox/act {"do": NAME, ...}.

    complete_task   id, by?, at?, result?       a task is done
    change_owner    client, owner, by?          somebody hands a company to another user
    delete          entity, id                  company contact lead task note; cards go to the recycle bin
    restore         entity, id                  a card comes back from the recycle bin
    insert          table, row                  a neutral row of clients, contacts, deals, events, employees;
                                                returns its number, of events and of what carries it
    update          table, id, fields           neutral columns of such a row
    edit            entity, id, fields, by?     what the API would be sent for a card or a task
    merge           into, gone, entity?         two companies become one, or two contacts
    dismiss         employee                    a user is switched off; the cards keep the owner
    consent         (nothing)                   an administrator lets the application in; returns the code
    revoke          (nothing)                   an administrator takes the application out again
    unblock         (nothing)                   the vendor's support lifts a block

Numbers are the account's; those of events are the neutral ones. Every act stamps what it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from connector.errors import ConfigError
from connector.sandbox.amocrm import methods
from connector.sandbox.amocrm.calling import API, Call
from connector.sandbox.amocrm.deleting import delete_card, delete_note, delete_task, restore_card
from connector.sandbox.amocrm.entities.cards import Cards
from connector.sandbox.amocrm.errors import AmoError
from connector.sandbox.amocrm.inserting import add_row, change_row
from connector.sandbox.amocrm.merging import merge_companies, merge_contacts
from connector.sandbox.amocrm.records import Entity, Record
from connector.sandbox.amocrm.saving import complete, give, stamp
from connector.sandbox.amocrm.times import unix
from connector.sandbox.exchange import Request

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

Order = Mapping[str, Any]
Done = dict[str, Any]
OK: Done = {"ok": True}
ENTITIES = {
    "company": "companies",
    "contact": "contacts",
    "lead": "leads",
    "deal": "leads",
    "task": "tasks",
    "note": "notes",
}
"""What people call a collection; its own name does too."""


def collection(account: Account, order: Order) -> Entity:
    """Return the collection an order means; ConfigError if there is none."""
    named = str(order.get("entity"))
    entity = account.entities.get(ENTITIES.get(named, named))
    if entity is None:
        raise ConfigError(f"no {named!r} in the account", hint=f"one of: {', '.join(ENTITIES)}")
    return entity


def found(entity: Entity, number: Any) -> Record:
    """Return the record of that number; ConfigError if there is none."""
    record = entity.get(number)
    if record is None:
        raise ConfigError(
            f"no {entity.singular} {number!r} in the account", hint="numbers are those of /sandbox/state"
        )
    return record


def complete_task(account: Account, order: Order) -> Done:
    """Complete a task."""
    task = found(account.tasks, order.get("id"))
    by = int(order.get("by") or account.tasks.responsible(task))
    if order.get("by"):
        task.row["employee"] = str(by)
    complete(account, task, by, str(order.get("result") or ""), unix(str(order.get("at") or "")))
    return OK


def change_owner(account: Account, order: Order) -> Done:
    """Hand a company to another user."""
    company = found(account.companies, order.get("client"))
    new = found(account.users, order.get("owner"))
    by = int(order.get("by", new.id))
    give(account, account.companies, company, new.id, by)
    stamp(account, account.companies, company, by)
    return OK


def delete(account: Account, order: Order) -> Done:
    """Delete something."""
    entity = collection(account, order)
    number, by = found(entity, order.get("id")).id, int(order.get("by", 1))
    if isinstance(entity, Cards):
        delete_card(account, entity, number, by)
    elif entity is account.tasks:
        delete_task(account, number, by)
    else:
        delete_note(account, number)
    return OK


def restore(account: Account, order: Order) -> Done:
    """Bring a card back from the recycle bin."""
    entity, number = collection(account, order), int(order.get("id", 0))
    if not isinstance(entity, Cards) or number not in entity.bin:
        raise ConfigError(f"no {order.get('entity')} {number} in the recycle bin", hint="delete it first")
    restore_card(account, entity, number, int(order.get("by", 1)))
    return OK


def insert(account: Account, order: Order) -> Done:
    """Add a neutral row."""
    return {"ok": True, **add_row(account, str(order.get("table")), dict(order.get("row") or {}))}


def update(account: Account, order: Order) -> Done:
    """Change neutral columns of a row, and stamp what shows it."""
    change_row(account, str(order.get("table")), order.get("id"), dict(order.get("fields") or {}))
    return OK


def edit(account: Account, order: Order) -> Done:
    """Write into a card or a task what the API would be sent."""
    entity = collection(account, order)
    record = found(entity, order.get("id"))
    path = f"{API}/{entity.name}/{record.id}"
    if entity is account.notes:
        kind, number = account.notes.card(record)
        path = f"{API}/{kind}/{number}/notes/{record.id}"
    headers = {"content-type": "application/json", "x-context-user-id": str(order.get("by", 1))}
    body = orjson.dumps(dict(order.get("fields") or {}))
    route, args, name = methods.find("PATCH", path)
    route.method(Call(account, Request("PATCH", path, "", headers, body, ""), name, args))
    account.journal.writes.pop()
    return OK


def merge(account: Account, order: Order) -> Done:
    """Make two companies one, or two contacts."""
    entity = collection(account, {"entity": order.get("entity", "company")})
    if entity not in (account.companies, account.contacts):
        raise ConfigError(f"a {entity.singular} cannot be merged", hint="companies and contacts can")
    into, gone = found(entity, order.get("into")), found(entity, order.get("gone"))
    if into.id == gone.id:
        raise ConfigError(
            f"a {entity.singular} cannot be merged with itself", hint="give two different numbers"
        )
    make_one = merge_companies if entity is account.companies else merge_contacts
    make_one(account, into, gone, int(order.get("by", 1)))
    return OK


def dismiss(account: Account, order: Order) -> Done:
    """Switch a user off; nothing is handed over by itself."""
    user = found(account.users, order.get("employee"))
    user.row.update(active="0", active_to=account.today().isoformat())
    account.changed()
    return OK


def consent(account: Account, order: Order) -> Done:
    """Let the application in: its code for the first exchange."""
    del order
    return {"ok": True, "code": account.tokens.consent()}


def revoke(account: Account, order: Order) -> Done:
    """Take the application out: its tokens are dead."""
    del order
    account.tokens.revoke()
    return OK


def unblock(account: Account, order: Order) -> Done:
    """Lift the block."""
    del order
    account.door.lift()
    return OK


def guarded(act: Callable[[Account, Order], Done]) -> Callable[[Account, Order], Done]:
    """Tell people in one line what the account or a value refused."""

    def run(account: Account, order: Order) -> Done:
        try:
            return act(account, order)
        except (AmoError, ValueError, TypeError) as error:
            raise ConfigError(f"act {order.get('do')}: {error}", hint="see the list of acts") from error

    return run


ACTS: dict[str, Callable[[Account, Order], Done]] = {
    act.__name__: guarded(act)
    for act in (
        complete_task,
        change_owner,
        delete,
        restore,
        insert,
        update,
        edit,
        merge,
        dismiss,
        consent,
        revoke,
        unblock,
    )
}
