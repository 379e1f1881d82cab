"""Checks and applies what clients write into tasks."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.carriers import ON_NOTHING, Card, client_of
from connector.sandbox.amocrm.creating import add_task
from connector.sandbox.amocrm.entities.tasks import KINDS, NAMES
from connector.sandbox.amocrm.errors import missing, no_choice, wrong_type
from connector.sandbox.amocrm.happenings import Values
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.saving import change_task, complete, keep_author, reopen, tell_owner
from connector.sandbox.amocrm.validation import Checked
from connector.sandbox.company.tables import Row

FIELDS = frozenset({
    "id", "responsible_user_id", "entity_id", "entity_type", "is_completed", "task_type_id", "text",
    "duration", "complete_till", "result", "created_by", "updated_by", "created_at", "updated_at",
    "request_id",
})  # fmt: skip
TIMES = ("complete_till", "created_at", "updated_at")
PERSONS = ("responsible_user_id", "created_by", "updated_by")


def check_new(call: Call, given: Checked) -> None:
    """Check a new task: text and due time are there, and a card is named with its type."""
    given.need("text", str, filled=True)
    given.need("complete_till", int)
    check_task(call, given)


def check_task(call: Call, given: Checked) -> None:
    """Check a task that is new or changed."""
    given.only(FIELDS)
    given.may("entity_id", int, nullable=True)
    given.may("duration", int)
    for name in TIMES:
        if not any(mistake["path"] == name for mistake in given.mistakes):
            given.time(name)
    given.may("is_completed", bool)
    if "text" in given.item and not given.mistakes:
        given.need("text", str, filled=True)
    for name in PERSONS:
        given.may(name, int)
        given.choose(name, call.account.users.may_be_named)
    given.may("task_type_id", int)
    given.choose("task_type_id", lambda number: number in NAMES)
    check_result(given)
    check_place(call, given)


def check_result(given: Checked) -> None:
    """Check what came of a task: an object with a text."""
    result = given.item.get("result")
    if result is not None and not (isinstance(result, dict) and isinstance(result.get("text"), str)):
        given.mistakes.append(wrong_type("result", "array"))


def check_place(call: Call, given: Checked) -> None:
    """Check the card a task is put on."""
    if given.item.get("entity_id") is None:
        return
    kind = given.item.get("entity_type")
    if kind is None:
        given.mistakes.append(missing("entity_type"))
    elif not isinstance(kind, str) or kind not in call.account.cards:
        given.mistakes.append(no_choice("entity_type"))
    elif call.account.cards[kind].get(given.item["entity_id"]) is None:
        given.mistakes.append(no_choice("entity_id"))


def place_of(item: dict[str, Any]) -> Card:
    """Return the card an item names."""
    return (item["entity_type"], item["entity_id"]) if item.get("entity_id") else ON_NOTHING


def add_one(call: Call, item: dict[str, Any]) -> Record:
    """Add a task; without a type it is one to get in touch, without a user it is the token's."""
    account, number = call.account, item.get("task_type_id", 1)
    cells: Row = {
        "employee": str(item.get("responsible_user_id", call.user) or ""),
        "kind": KINDS.get(number, "other"),
        "planned_at": account.stamp(item["complete_till"]),
        "subject": item["text"],
    }
    if "created_at" in item:
        cells["logged_at"] = account.stamp(item["created_at"])
    extra = {"type": number, "duration": item.get("duration", 0)}
    record = add_task(account, place_of(item), cells, extra, item.get("created_by", call.user))
    if item.get("is_completed"):
        complete(account, record, call.user, (item.get("result") or {}).get("text", ""))
    account.wrote("add", "tasks", record.id, item)
    return record


def change_one(call: Call, record: Record, item: dict[str, Any]) -> None:
    """Change a task; each real change is an event of its own."""
    account, by = call.account, item.get("updated_by", call.user)
    retext(call, record, item, by)
    if "task_type_id" in item:
        retype(call, record, item["task_type_id"], by)
    if "complete_till" in item:
        redate(call, record, item["complete_till"], by)
    if "responsible_user_id" in item:
        hand(call, record, item["responsible_user_id"], by)
    if item.get("entity_id"):
        put(call, record, place_of(item))
    if "duration" in item:
        record.put("duration", item["duration"])
    record.put("updated_by", by)
    record.put("changed", item.get("updated_at", account.now()))
    finish(call, record, item, by)
    account.wrote("update", "tasks", record.id, item)


def put(call: Call, record: Record, card: Card) -> None:
    """Put a task on another card; its event goes to the card's client."""
    account = call.account
    account.tasks.moved(record, card)
    record.row |= {"client": client_of(account, card), "deal": str(card[1]) if card[0] == "leads" else ""}
    if account.truth.rows["events"].get(int(record.row["id"])) is record.row:
        account.truth.note("events", record.row)


def finish(call: Call, record: Record, item: dict[str, Any], by: int) -> None:
    """Complete a task or take that back, and note what came of it."""
    result = (item.get("result") or {}).get("text", "")
    if item.get("is_completed") and not call.account.tasks.is_done(record):
        complete(call.account, record, by, result)
    elif result and result != record.row["result"]:
        record.row["result"] = result
        change_task(call.account, record, by, "task_result_added")
    if item.get("is_completed") is False:
        reopen(call.account, record, by)


def retext(call: Call, record: Record, item: dict[str, Any], by: int) -> None:
    """Write another text."""
    old, new = record.row["subject"], item.get("text", record.row["subject"])
    if old != new:
        record.row["subject"] = new
        told(call, record, by, "task_text_changed", [{"task": {"text": new}}], [{"task": {"text": old}}])


def retype(call: Call, record: Record, number: int, by: int) -> None:
    """Give a task another type."""
    old = call.account.tasks.type_of(record)
    if old == number:
        return
    record.put("type", number)
    if not call.account.tasks.is_done(record):
        record.row["kind"] = KINDS.get(number, "other")
    after, before = [{"task_type": {"id": number}}], [{"task_type": {"id": old}}]
    told(call, record, by, "task_type_changed", after, before)


def redate(call: Call, record: Record, due: int, by: int) -> None:
    """Move the due time."""
    old = call.account.tasks.due(record)
    if old == due:
        return
    record.row["planned_at"] = call.account.stamp(due)
    after, before = [{"task_deadline": {"timestamp": due}}], [{"task_deadline": {"timestamp": old}}]
    told(call, record, by, "task_deadline_changed", after, before)


def hand(call: Call, record: Record, owner: int, by: int) -> None:
    """Hand a task to another user."""
    old = call.account.tasks.responsible(record)
    if old != owner:
        keep_author(record, old)
        record.row["employee"] = str(owner) if owner else ""
        tell_owner(call.account, "task", record.id, old, owner, by)


def told(call: Call, record: Record, by: int, event: str, after: Values, before: Values) -> None:
    """Tell of a change with the values after and before it."""
    change_task(call.account, record, by, event, after, before)
