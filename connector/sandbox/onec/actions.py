"""What can be done to an object besides writing it: post and unpost, execute a task, start a process."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from connector.sandbox.onec.base import Base, Key, Record
from connector.sandbox.onec.edm import EntityType
from connector.sandbox.onec.errors import HANDLER, ODataError, unhandled
from connector.sandbox.onec.writing import check_refusals, finish, found, withdraw


def post(base: Base, entity: EntityType, key: Key, record: Record) -> None:
    """Post a document: what it records in registers is written; one marked for deletion refuses."""
    if record.row["DeletionMark"]:
        raise unhandled(f"{HANDLER}: Помеченный на удаление документ не может быть проведен")
    record.row["Posted"] = True
    if record.source and record.source[0] == "sales":
        base.show("sales", base.truth.rows["sales"][record.source[1]])


def unpost(base: Base, entity: EntityType, key: Key, record: Record) -> None:
    """Take back what a document has recorded."""
    record.row["Posted"] = False
    withdraw(base, key)


def execute(base: Base, entity: EntityType, key: Key, record: Record) -> None:
    """Execute a task; one that is executed refuses."""
    if record.row["Executed"]:
        raise unhandled(f"{HANDLER}: Задача уже была выполнена")
    record.row["Executed"] = True
    for name in ("ДатаИсполнения",):
        if name in record.row:
            record.row[name] = base.now()


def start(base: Base, entity: EntityType, key: Key, record: Record) -> None:
    """Start a business process."""
    record.row["Started"] = True


ACTIONS: dict[str, Callable[[Base, EntityType, Key, Record], None]] = {
    "Post": post,
    "Unpost": unpost,
    "ExecuteTask": execute,
    "Start": start,
}


def act(base: Base, entity: EntityType, key: Key, name: str) -> None:
    """Do an action to an object; ODataError 6 if this kind of object has no such one."""
    record = found(base, entity, key)
    if name not in entity.actions:
        raise ODataError(400, 6, "Метод не найден")
    before = deepcopy(record.row)
    check_refusals(base, entity, record.row)
    ACTIONS[name](base, entity, key, record)
    finish(base, entity, key, record, before)
