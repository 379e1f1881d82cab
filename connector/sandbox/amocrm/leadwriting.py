"""Checks and applies what only leads have: price, pipeline, status, and the reason of a loss."""

from __future__ import annotations

from typing import Any

from connector.sandbox.amocrm.calling import Call
from connector.sandbox.amocrm.entities.pipelines import CLOSING, LOST
from connector.sandbox.amocrm.errors import no_choice
from connector.sandbox.amocrm.records import Record
from connector.sandbox.amocrm.saving import move, reprice
from connector.sandbox.amocrm.validation import Checked
from connector.sandbox.company.tables import Row

NAME = "title"
FIELDS = frozenset({"price", "status_id", "pipeline_id", "closed_at", "loss_reason_id", "visitor_uid"})
PRICE = "price"


def check(call: Call, given: Checked, record: Record | None) -> None:
    """Check a lead; a reason goes only with the status 143, in the lead or in the same change."""
    item, account = given.item, call.account
    given.may(PRICE, int)
    for name in ("status_id", "pipeline_id"):
        given.may(name, int)
    given.time("closed_at")
    given.may("loss_reason_id", int, nullable=True)
    given.choose("pipeline_id", lambda number: number in account.pipelines.known)
    if given.mistakes:
        return
    pipeline, status = target(call, item, record)
    if not account.pipelines.has(pipeline, status):
        given.mistakes.append(no_choice("status_id"))
    given.choose("loss_reason_id", lambda number: status == LOST and number in account.reasons.listed())


def target(call: Call, item: dict[str, Any], record: Record | None) -> tuple[int, int]:
    """Return pipeline and status a lead would stand in.

    Without a status it is the first of the pipeline, a changed lead stays where it is.
    """
    account = call.account
    old = account.leads.stage(record) if record else (account.pipelines.main.id, 0)
    pipeline = int(item.get("pipeline_id", old[0]))
    if "status_id" in item:
        return pipeline, int(item["status_id"])
    if record and (pipeline == old[0] or old[1] in CLOSING):
        return pipeline, old[1]
    numbers = list(account.pipelines.known[pipeline].statuses)
    return pipeline, numbers[1] if len(numbers) > len(CLOSING) + 1 else numbers[0]


def cells(call: Call, item: dict[str, Any]) -> Row:
    """Return the neutral cells of a new lead."""
    account = call.account
    number, status = target(call, item, None)
    pipeline = account.pipelines.known[number]
    made = {"pipeline": pipeline.name, "stage": pipeline.statuses[status]}
    made |= {"stage_kind": CLOSING.get(status, "open"), "amount": str(item.get(PRICE, 0))}
    if status in CLOSING:
        made["closed_at"] = account.stamp(item.get("closed_at"))
    reason = item.get("loss_reason_id")
    return made | {"loss_reason": account.reasons.name(reason) or "" if reason else ""}


def change(call: Call, record: Record, item: dict[str, Any], by: int) -> None:
    """Change price, place and reason of a lead."""
    account = call.account
    if PRICE in item:
        reprice(account, record, item[PRICE], by)
    if {"status_id", "pipeline_id"} & set(item):
        move(account, record, *target(call, item, record), by)
    if "loss_reason_id" in item:
        reason = item["loss_reason_id"]
        record.row["loss_reason"] = account.reasons.name(reason) or "" if reason else ""
    if "closed_at" in item and record.row["closed_at"]:
        record.row["closed_at"] = account.stamp(item["closed_at"])
