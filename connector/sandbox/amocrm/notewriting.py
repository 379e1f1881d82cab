"""Checks and applies what clients write into notes; nulls that were read may not be written."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.carriers import Card
from connector.sandbox.amocrm.creating import add_note, event_row
from connector.sandbox.amocrm.errors import missing, no_choice, null, wrong_type
from connector.sandbox.amocrm.query import mapping
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.validation import Checked, of_type
from connector.sandbox.company.tables import COLUMNS, Row

FIELDS = frozenset({
    "id", "entity_id", "note_type", "params", "created_by", "updated_by", "created_at", "updated_at",
    "responsible_user_id", "request_id", "is_need_to_trigger_digital_pipeline", "is_pinned",
})  # fmt: skip
Kinds = dict[str, type]
TEXT: Kinds = {"text": str}
SERVICE: Kinds = {"service": str, "text": str}
CALL: Kinds = {"uniq": str, "duration": int, "source": str, "phone": str}
NEEDED: dict[str, Kinds] = {
    "common": TEXT,
    "call_in": CALL,
    "call_out": CALL,
    "sms_in": {"text": str, "phone": str},
    "sms_out": {"text": str, "phone": str},
    "service_message": SERVICE,
    "extended_service_message": SERVICE,
    "message_cashier": {"status": str, "text": str},
    "geolocation": {"text": str, "address": str, "longitude": str, "latitude": str},
    "attachment": {"file_uuid": str, "file_name": str},
}
"""Note types a client may write -> what their params need; the others only the account writes."""
PERSONS = ("responsible_user_id", "created_by", "updated_by")
CALLS = ("call_in", "call_out")
MAY_NOT_BE_NULL = ("uniq", "duration", "source", "link", "phone", "call_result", "call_status")
SUCCESS, FAILURE = frozenset({1, 2, 4}), frozenset({3, 6, 7})
"""Call statuses that mean a talk (or a word left), and those that mean none."""


def check_new(call: Call, kind: str, number: int | None, given: Checked) -> None:
    """Check a new note; `number` is the card of the path, None where each item names its own."""
    if number is None:
        given.need("entity_id", int)
        if not given.mistakes and call.account.cards[kind].get(given.item["entity_id"]) is None:
            given.mistakes.append(no_choice("entity_id"))
    given.need("note_type", str)
    given.need("params", dict)
    check_note(call, given, given.item.get("note_type"))


def check_note(call: Call, given: Checked, sort: Any) -> None:
    """Check the fields of a note and the params of its type."""
    given.only(FIELDS)
    for name in PERSONS:
        given.may(name, int)
        given.choose(name, call.account.users.may_be_named)
    for name in ("created_at", "updated_at"):
        given.time(name)
    if not isinstance(sort, str) or sort not in NEEDED:
        given.mistakes.append(no_choice("note_type"))
    elif isinstance(given.item.get("params"), dict):
        check_params(given, sort, given.item["params"])


def check_params(given: Checked, sort: str, params: dict[str, Any]) -> None:
    """Check the params of a note."""
    for name, kind in NEEDED[sort].items():
        if name not in params:
            given.mistakes.append(missing(f"params.{name}"))
        elif params[name] is not None and not of_type(params[name], (kind,)):
            given.mistakes.append(wrong_type(f"params.{name}", "int" if kind is int else "string"))
    nulls = MAY_NOT_BE_NULL if sort in CALLS else tuple(NEEDED[sort])
    given.mistakes += [null(f"params.{name}") for name in nulls if name in params and params[name] is None]


def add_one(call: Call, card: Card, item: dict[str, Any]) -> Record:
    """Add a note; calls and texts of a client are events of the neutral company, the rest is not."""
    account, sort = call.account, item["note_type"]
    made = account.stamp(item.get("created_at"))
    who = item.get("responsible_user_id") or item.get("created_by") or call.user
    cells = {"employee": str(who), "status": "completed", "completed_at": made, "logged_at": account.stamp()}
    cells |= called(item["params"], sort) if sort in CALLS else {"kind": "other"}
    if sort == "common":
        cells["subject"] = item["params"]["text"]
    row = event_row(account, card, cells) if sort in (*CALLS, "common") else blank(cells)
    extra = {"type": sort} | ({} if sort == "common" else {"params": item["params"]})
    record = add_note(account, card, row, extra, item.get("created_by", call.user))
    account.wrote("add", "notes", record.id, item)
    return record


def called(params: dict[str, Any], sort: str) -> Row:
    """Return the neutral cells of a call."""
    status, length = params.get("call_status"), int(params["duration"])
    talked = length > 0 and (status is None or status in SUCCESS)
    return {
        "kind": "call",
        "direction": "in" if sort == "call_in" else "out",
        "duration_s": str(length),
        "successful": str(int(talked)),
        "result": str(params.get("call_result") or ""),
    }


def blank(cells: Row) -> Row:
    """Return a row that belongs to no neutral company."""
    return dict.fromkeys(COLUMNS["events"], "") | {"id": "0"} | cells


def change_one(call: Call, record: Record, item: dict[str, Any]) -> None:
    """Change what a note says."""
    account = call.account
    params = mapping(item.get("params"))
    if "params" in record.extra:
        record.put("params", {**record.extra["params"], **params})
    elif "text" in params:
        record.row["subject"] = str(params["text"])
    record.put("updated_by", item.get("updated_by", call.user))
    record.put("changed", item.get("updated_at", account.now()))
    account.wrote("update", "notes", record.id, item)
