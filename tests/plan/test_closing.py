"""Our open items are closed when their reason is gone, and only then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.changes import CreateTask, PlanContact
from connector.locale import texts
from connector.model import Ref
from connector.plan.build import build_plan
from connector.plan.closing import closings
from connector.plan.known import Ability, Standing
from connector.plan.model import Plan
from connector.rules.reasons import ClientNow
from connector.store.change_rows import StoredChange

from .test_build import AS_OF, ZONE, Policy, decision

CREATED = datetime(2026, 9, 1, 6, tzinfo=UTC)
OPEN = ClientNow(None, None, is_open=True)
KINDS = frozenset({"create_task", "plan_contact", "complete_task"})
MAY = {"portal": Ability(frozenset({"task", "contact"}), KINDS)}
CLIENT = Ref("portal", "5")


def item(kind: type[CreateTask] | type[PlanContact] = CreateTask, **given: Any) -> StoredChange:
    change = kind.model_validate(
        {
            "key": "a" * 20, "source": "portal", "target": "5", "policy": "next-contact",
            "policy_version": "1",
            "rule": "next_contact", "subject": "client:5", "client_name": "Клиент 5", "period": "2026-08-20",
            "reason": "r", "assignee": "7", "title": "t", "due": datetime(2026, 9, 3, tzinfo=UTC),
        }
        | given
    )  # fmt: skip
    return StoredChange(change, "plan", "done", 1, "3711", "", "run", CREATED, CREATED)


def contacted(at: str) -> ClientNow:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return ClientNow(moment, moment.date(), is_open=True)


def found(
    *items: StoredChange,
    client: ClientNow | None = OPEN,
    asked: tuple[str, ...] = (),
    policy: str = "next-contact",
) -> list[tuple[str, str]]:
    clients = {} if client is None else {CLIENT: client}
    closing = closings(
        items, clients, asked, {policy: Policy(id=policy)}, as_of=AS_OF, zone=ZONE, words=texts("ru")
    )
    return [(change.item, change.reason) for _, change in closing]


@pytest.mark.parametrize(
    ("given", "client", "reason"),
    [
        ({}, OPEN, None),
        ({}, contacted("2026-08-20T09:00"), None),
        ({}, contacted("2026-08-25T09:00"), "контакт с клиентом состоялся"),
        ({}, contacted("2026-09-02T09:00"), "контакт с клиентом состоялся"),
        ({"period": "2026-09"}, contacted("2026-08-31T09:00"), None),
        ({"period": "2026-09"}, contacted("2026-09-02T09:00"), "контакт с клиентом состоялся"),
        ({"period": "2026-09"}, OPEN, None),
        ({"period": "2026-08"}, OPEN, "месяц кончился, не выполнено"),
        ({}, ClientNow(None, None, is_open=False), "клиент закрыт"),
        ({}, None, "клиент закрыт"),
        ({"purpose": "complete_card"}, OPEN, "причины больше нет"),
    ],
)
def test_why_an_item_is_closed(given: dict[str, str], client: ClientNow | None, reason: str | None) -> None:
    """The item was planned on 1 September for the contact of 20 August; it is 10 September."""
    assert found(item(**given), client=client) == ([("3711", reason)] if reason else [])


def test_what_is_still_asked_for_stays_open() -> None:
    gone = contacted("2026-09-02T09:00")
    assert found(item(), client=gone, asked=("a" * 20,)) == []
    assert found(item(), client=gone) != []


def test_an_item_of_a_policy_that_is_not_in_force_stays_open() -> None:
    assert found(item(), client=contacted("2026-09-02T09:00"), policy="another") == []


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_an_item_of_open_fate_is_left_alone(state: Any) -> None:
    open_fate = StoredChange(item().change, "plan", state, 1, None, "", "run", CREATED, CREATED)
    assert found(open_fate, client=contacted("2026-09-02T09:00")) == []


def plan_of(*items: StoredChange, states: dict[str, str] | None = None, **given: Any) -> Plan:
    client = contacted("2026-09-02T09:00")
    ending = closings(
        items, {CLIENT: client}, (), {"next-contact": Policy()}, as_of=AS_OF, zone=ZONE, words=texts("ru")
    )
    slot = {("portal", each.change.target, "7", "contact"): each.change.key for each in items}
    standing = Standing(open_items=slot, states=states or {})
    return build_plan(
        [decision(5)], policies=[Policy()], closings=ending,
        **{"standing": standing, "abilities": MAY, "as_of": AS_OF, "zone": ZoneInfo("Europe/Moscow")} | given,
    )  # fmt: skip


def test_what_is_closed_makes_room_for_the_next_item() -> None:
    closing, new = plan_of(item()).changes
    assert (closing.kind, closing.place, closing.expected) == (
        "complete_task", ("task", "3711"), {"open": True, "assignee": "7"},
    )  # fmt: skip
    assert new.kind == "create_task"


def test_what_is_closed_already_and_not_pulled_yet_makes_room_too() -> None:
    (closing,) = [change for change in plan_of(item()).changes if change.kind == "complete_task"]
    again = plan_of(item(), states={closing.key: "done"})
    assert [change.kind for change in again.changes] == ["create_task"]


def test_what_may_not_be_closed_keeps_its_place() -> None:
    only_tasks = {"portal": Ability(frozenset({"task"}), frozenset({"create_task"}))}
    plan = plan_of(item(), abilities=only_tasks)
    assert [(each.kind, each.why) for each in plan.unsent] == [
        ("complete_task", "unsupported"), ("create_task", "covered"),
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "needs"), [(CreateTask, "task"), (PlanContact, "contact")])
def test_closing_needs_the_permission_of_the_item(kind: Any, needs: str) -> None:
    closing = next(change for change in plan_of(item(kind)).changes if change.kind == "complete_task")
    assert closing.needs == needs
    assert closing.place == (needs, "3711")
