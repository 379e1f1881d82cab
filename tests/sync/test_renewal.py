"""The plan and the outbox agree on what may be planned anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from connector.changes import CreateTask, change_key
from connector.plan.build import build_plan
from connector.plan.known import Ability, Standing
from connector.rules.decision import Decision
from connector.store.database import Store
from connector.store.states import State

AS_OF = datetime(2026, 9, 10, 6, tzinfo=UTC)
KEY = change_key("p", 5, "portal:5", "create_task", "2026-09")
WAYS: dict[State, tuple[State, ...]] = {
    "planned": (), "approved": ("approved",), "queued": ("queued",), "held": ("held",),
    "conflict": ("conflict",), "skipped": ("skipped",), "contested": ("contested",),
    "sending": ("approved", "sending"), "done": ("approved", "sending", "done"),
    "failed": ("approved", "sending", "failed"), "unknown": ("approved", "sending", "unknown"),
    "undone": ("approved", "sending", "done", "undone"),
}  # fmt: skip
RENEWED = {"planned", "approved", "queued", "held", "conflict", "skipped", "failed"}


class Policy:
    id, version, digest, max_open = "p", "1", "d", None
    max_actions_per_run = None
    mode = "approve"


DECISION = Decision(
    policy="p", rule="next_contact", subject="client:5", employee="7", period="2026-09", decision="plan_next",
    reason="no next step is planned", numbers={}, evidence=[], flags=[], client_number=5, client_name="К",
    actions=[{
        "kind": "create_task", "target": "portal:5", "assignee": "7", "title": "t", "due": "2026-09-17",
    }],
)  # fmt: skip


@pytest.mark.parametrize("state", get_args(State))
def test_what_the_plan_takes_the_outbox_takes_too(store: Store, state: State) -> None:
    planned = build_plan(
        [DECISION],
        policies=[Policy()],  # type: ignore[list-item]  # enough of one
        standing=Standing(states={KEY: state}),
        abilities={"portal": Ability(frozenset({"task"}), frozenset({"create_task"}))},
        as_of=AS_OF,
        zone=ZoneInfo("Europe/Moscow"),
    )
    change = build_change()
    store.changes.add([change], "old")
    for step in WAYS[state]:
        if step == "sending":
            store.changes.claim(KEY)
        else:
            store.changes.move(KEY, step)
    added = store.changes.add([change], "new")
    assert bool(planned.changes) == (state in RENEWED)
    assert bool(added.renewed or added.waiting) == (state in RENEWED)
    assert bool(added.settled) == (state not in RENEWED)


def build_change() -> CreateTask:
    return CreateTask(
        key=KEY, source="portal", target="5", policy="p", policy_version="1", rule="next_contact",
        subject="client:5", period="2026-09", reason="r", assignee="7", title="t", due=AS_OF,
    )  # fmt: skip
