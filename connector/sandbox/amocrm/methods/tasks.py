"""Tasks: lists, batches of new ones, changes and completion. Nothing deletes a task."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.errors import AmoError, no_choice
from connector.sandbox.amocrm.listing import account_row, list_rows
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.taskwriting import add_one, change_one, check_new, check_task
from connector.sandbox.amocrm.validation import Checked, answer, batch, single


def listing(call: Call) -> Any:
    """Return a page of tasks."""
    return list_rows(call, call.account.tasks)


def one(call: Call) -> Any:
    """Return a task; 404 for one that is not there."""
    record = call.account.tasks.get(call.args["id"])
    if record is None:
        raise AmoError(404, "Task not found")
    return account_row(call, call.account.tasks)(record.id)


def add(call: Call) -> Any:
    """Add a batch of tasks."""

    def apply(given: Checked) -> dict[str, Any]:
        return changed(call, add_one(call, given.item)) | {"request_id": given.request_id}

    return answer(call, "tasks", batch(call, lambda given: check_new(call, given), apply))


def update(call: Call) -> Any:
    """Change a batch of tasks."""
    tasks = call.account.tasks

    def check(given: Checked) -> None:
        given.need("id", int)
        if not given.mistakes and tasks.get(given.item["id"]) is None:
            given.mistakes.append(no_choice("id"))
        check_task(call, given)

    def apply(given: Checked) -> dict[str, Any]:
        record = tasks.records[given.item["id"]]
        change_one(call, record, given.item)
        return changed(call, record) | {"request_id": given.request_id}

    return answer(call, "tasks", batch(call, check, apply))


def update_one(call: Call) -> Any:
    """Change one task; 404 if there is none."""
    record = call.account.tasks.get(call.args["id"])
    if record is None:
        raise AmoError(404, "Task not found")

    def apply(given: Checked) -> dict[str, Any]:
        change_one(call, record, given.item)
        return changed(call, record)

    return single(call, lambda given: check_task(call, given), apply)


def changed(call: Call, record: Record) -> dict[str, Any]:
    """Return what a write is answered with."""
    link = {"self": {"href": f"{call.base}/tasks/{record.id}"}}
    return {"id": record.id, "updated_at": call.account.tasks.changed_at(record), "_links": link}
