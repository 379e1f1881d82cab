"""A change is compared with the record as it is: written already, still to write, or overtaken."""

from __future__ import annotations

from typing import Any

import pytest

from connector.changes import AddNote, AnyChange, ChangeOwner, CreateTask, SetField, SetFlag
from connector.sync.compare import holds, names, objection

from .making import DUE

WHY = {
    "key": "k", "source": "portal", "target": "1", "policy": "p", "policy_version": "1", "rule": "r",
    "subject": "client:1", "period": "2026-10", "reason": "",
}  # fmt: skip


def field(new: Any, **expected: Any) -> SetField:
    return SetField(**WHY, field="abc", new=new, expected=expected)


def flag(new: bool) -> SetFlag:
    return SetFlag(**WHY, flag="key_account", new=new, expected={"key_account": not new})


def owner(new: str) -> ChangeOwner:
    return ChangeOwner(**WHY, old="1", new=new, expected={"owner": "1"})


def task(**expected: Any) -> CreateTask:
    return CreateTask(**WHY, assignee="1", title="t", due=DUE, expected=expected)


@pytest.mark.parametrize(
    ("change", "now", "expected"),
    [
        (field("A"), {"abc": "A"}, True),
        (field("A"), {"abc": "B"}, False),
        (field("A"), {}, False),
        (field(None), {"abc": ""}, True),
        (field(""), {"abc": None}, True),
        (field(0), {"abc": ""}, False),
        (flag(True), {"key_account": True}, True),
        (flag(True), {"key_account": None}, False),
        (flag(False), {"key_account": None}, True),
        (owner("2"), {"owner": "2"}, True),
        (owner("2"), {"owner": "1"}, False),
        (task(), {"owner": "1"}, False),
        (AddNote(**WHY, text="t"), {}, False),
    ],
)
def test_what_the_record_holds_already(change: AnyChange, now: dict[str, Any], expected: bool) -> None:
    assert holds(change, now) is expected


@pytest.mark.parametrize(
    ("change", "now", "expected"),
    [
        (task(owner="1", status="active"), {"owner": "1", "status": "active"}, None),
        (
            task(owner="1"),
            {"owner": "4"},
            ("conflict", "stale_plan: owner is '4', the plan expects '1'"),
        ),
        (task(owner=None), {"owner": "4"}, ("conflict", "stale_plan: owner is '4', the plan expects None")),
        (task(owner="1"), None, ("conflict", "stale_plan: the client is gone from the CRM")),
        (owner("2"), {"owner": "1"}, None),
        (owner("2"), {"owner": "2"}, ("skipped", "the CRM already holds this value")),
        (owner("2"), {"owner": "3"}, ("conflict", "stale_plan: owner is '3', the plan expects '1'")),
        (field("A", abc="B"), {"abc": "A"}, ("skipped", "the CRM already holds this value")),
        (field("A", abc="B"), {"abc": "C"}, ("conflict", "stale_plan: abc is 'C', the plan expects 'B'")),
    ],
)
def test_what_may_be_written(change: AnyChange, now: dict[str, Any] | None, expected: object) -> None:
    assert objection(change, now) == expected


def test_the_record_is_asked_for_what_is_expected_and_for_what_is_set() -> None:
    assert names([task(owner="1", status="active"), field("A"), flag(True), owner("2")]) == [
        "abc", "key_account", "owner", "status",
    ]  # fmt: skip
