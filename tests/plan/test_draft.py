"""Owners with what goes along, flags, notes, and values that are changed back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.changes import AnyChange, ChangeOwner, ClearFlag, Mode, SetFlag
from connector.plan.actions import again_key, asked, moving
from connector.plan.known import Ability, Card, Standing
from connector.plan.model import Plan
from connector.store.belongings import Belonging

from .test_build import Policy, built, decision

EVERYTHING = {
    "portal": Ability(
        frozenset({"task", "contact", "flag", "field", "note", "owner"}),
        frozenset({"set_field", "set_flag", "clear_flag", "change_owner", "reassign_activity", "add_note"}),
    )
}
PLACE = ("portal", "5")
DONE_AT = datetime(2026, 9, 1, tzinfo=UTC)
LATER, EARLIER = DONE_AT + timedelta(hours=1), DONE_AT - timedelta(hours=1)


def plan_of(
    action: dict[str, Any], card: Card | None = None, along: tuple[str, ...] = (), **known: Any
) -> Plan:
    standing = Standing(cards={PLACE: card or Card("7", "active")}, **known)
    asking = decision(5, **action)
    return built(asking, standing=standing, abilities=EVERYTHING, policy=Policy(along=along))


def the_change(action: dict[str, Any], card: Card | None = None) -> AnyChange:
    (change,) = plan_of(action, card).changes
    return change


@pytest.mark.parametrize(
    ("action", "held", "kind", "old", "new"),
    [
        ({"kind": "set_flag", "field": "key_account"}, None, SetFlag, None, True),
        ({"kind": "set_flag", "field": "key_account", "new": True}, False, SetFlag, False, True),
        ({"kind": "set_flag", "field": "key_account", "new": False}, True, SetFlag, True, False),
        ({"kind": "clear_flag", "field": "key_account"}, True, ClearFlag, True, False),
    ],
)
def test_a_flag(action: dict[str, Any], held: Any, kind: type[SetFlag], old: Any, new: bool) -> None:
    change = the_change(action, Card("7", "active", {"key_account": held}))
    assert type(change) is kind
    assert (change.flag, change.old, change.new) == ("key_account", old, new)
    assert change.expected == {"key_account": old}


@pytest.mark.parametrize(
    ("action", "held"),
    [
        ({"kind": "set_flag", "field": "key_account"}, True),
        ({"kind": "clear_flag", "field": "key_account"}, False),
        ({"kind": "clear_flag", "field": "key_account"}, None),
    ],
)
def test_a_flag_that_stands_so_already_is_no_change(action: dict[str, Any], held: Any) -> None:
    plan = plan_of(action, Card("7", "active", {"key_account": held}))
    assert (plan.changes, plan.unsent) == ((), ())


def test_a_note() -> None:
    change = the_change({"kind": "add_note", "text": "Передан"})
    assert (change.kind, change.expected) == ("add_note", {"status": "active"})


# -- owners

FAMILY = [
    Belonging("deal", "11", "7"), Belonging("deal", "12", "8"), Belonging("person", "21", None),
    Belonging("task", "31", "7"), Belonging("contact", "41", "7"), Belonging("contact", "42", "9"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("along", "places"),
    [
        ((), []),
        (("deals",), [("deal", "11")]),
        (("tasks", "activities"), [("task", "31"), ("contact", "41")]),
        (("deals", "contacts", "tasks", "activities"),
         [("deal", "11"), ("person", "21"), ("task", "31"), ("contact", "41")]),
    ],
)  # fmt: skip
def test_along_goes_what_the_policy_names_and_the_old_owner_has(
    along: tuple[str, ...], places: list[tuple[str, str]]
) -> None:
    plan = plan_of({"kind": "change_owner", "new": "9"}, along=along, belongings={PLACE: FAMILY})
    lead, *rest = plan.changes
    assert isinstance(lead, ChangeOwner)
    assert (lead.old, lead.new, lead.place, lead.expected) == ("7", "9", ("client", "5"), {"owner": "7"})
    assert [change.place for change in rest] == places
    assert {change.after for change in rest} <= {lead.key}
    assert len({change.key for change in plan.changes}) == len(plan.changes)
    assert all(list(change.expected.values()) == ["7"] for change in rest)


def test_the_keys_of_what_goes_along_last() -> None:
    def keys() -> list[str]:
        plan = plan_of(
            {"kind": "change_owner", "new": "9"}, along=("deals", "tasks"), belongings={PLACE: FAMILY}
        )
        return [change.key for change in plan.changes]

    assert keys() == keys()


def test_a_client_that_has_the_owner_already_moves_nothing() -> None:
    plan = plan_of({"kind": "change_owner", "new": "7"}, along=("deals",), belongings={PLACE: FAMILY})
    assert plan.changes == ()


def test_an_owner_change_that_may_not_be_sent_leaves_the_rest_where_it_is() -> None:
    standing = Standing(cards={PLACE: Card("7", "active")}, belongings={PLACE: FAMILY})
    asking = decision(5, kind="change_owner", new="9")
    abilities = {"portal": Ability(frozenset({"task"}), EVERYTHING["portal"].kinds)}
    plan = built(asking, standing=standing, abilities=abilities, policy=Policy(along=("deals", "tasks")))
    assert plan.changes == ()
    assert [each.why for each in plan.unsent] == ["not_allowed"]
    assert [str(ref) for ref in moving([asking])] == ["portal:5"]


# -- asked for beside a new owner

HANDED = replace(
    decision(5),
    actions=[
        {"kind": "change_owner", "target": "portal:5", "new": "9", "period": "2026-09"},
        {**decision(5).actions[0], "assignee": "9"},
    ],
)


def handed(*permissions: str, owner: str = "7") -> Plan:
    kinds = EVERYTHING["portal"].kinds | {"create_task"}
    standing = Standing(cards={PLACE: Card(owner, "active")})
    return built(HANDED, standing=standing, abilities={"portal": Ability(frozenset(permissions), kinds)})


def test_a_task_for_the_new_owner_comes_after_and_expects_that_owner() -> None:
    move, task = handed("owner", "task").changes
    assert (move.kind, move.expected, move.after) == ("change_owner", {"owner": "7"}, None)
    assert (task.kind, task.expected["owner"], task.after) == ("create_task", "9", move.key)


def test_nobody_is_to_meet_a_client_that_may_not_get_its_new_owner() -> None:
    plan = handed("task")
    assert plan.changes == ()
    assert [(one.kind, one.why) for one in plan.unsent] == [
        ("change_owner", "not_allowed"),
        ("create_task", "not_allowed"),
    ]


def test_control_a_client_that_has_the_new_owner_already_is_to_be_met() -> None:
    (task,) = handed("task", owner="9").changes
    assert (task.kind, task.expected["owner"], task.after) == ("create_task", "9", None)


def mixed(mode: Mode = "approve", assignee: str = "7", purpose: str = "contact") -> Plan:
    """Two policies: one asks something about the client, another gives the client from 7 to 9."""
    task = {**decision(5).actions[0], "assignee": assignee, "purpose": purpose}
    asking = replace(decision(5), policy="at-risk", actions=[task])
    policies = [Policy("at-risk"), Policy("next-contact", mode=mode)]
    standing = Standing(cards={PLACE: Card("7", "active")})
    abilities = {
        "portal": Ability(frozenset({"owner", "task"}), EVERYTHING["portal"].kinds | {"create_task"})
    }
    moving_on = replace(HANDED, actions=HANDED.actions[:1])
    return built(asking, moving_on, standing=standing, abilities=abilities, policies=policies)


def test_the_old_owner_is_asked_nothing_about_a_client_that_goes_to_somebody_else() -> None:
    plan = mixed()
    assert [change.kind for change in plan.changes] == ["change_owner"]
    assert [(one.policy, one.why, one.by) for one in plan.unsent] == [
        ("at-risk", "moves", plan.changes[0].key)
    ]


def test_who_stands_in_for_the_old_owner_is_not_asked_to_contact_it_either() -> None:
    plan = mixed(assignee="4")
    assert [change.kind for change in plan.changes] == ["change_owner"]
    assert [one.why for one in plan.unsent] == ["moves"]


def test_a_head_who_has_to_decide_about_that_client_is_asked_after_the_move() -> None:
    move, task = mixed(assignee="4", purpose="decision").changes
    assert (task.policy, task.after, task.expected["owner"]) == ("at-risk", move.key, "9")


def test_control_a_rehearsed_move_takes_nothing_from_the_owner() -> None:
    task, move = mixed(mode="dry_run").changes
    assert (task.kind, task.after, task.expected["owner"]) == ("create_task", None, "7")
    assert move.mode == "dry_run"


# -- changed back

FIELD = {"kind": "set_field", "field": "abc_class", "new": "A"}
CHANGED_BACK = Card("7", "active", {"abc_class": "C"}, read_at=LATER)


def test_a_value_that_was_changed_back_is_written_once_more_under_a_key_of_its_own() -> None:
    ((first, again), _) = asked([decision(5, **FIELD)])
    assert again == again_key(first)
    (change,) = plan_of(FIELD, CHANGED_BACK, states={first: "done"}, done_at={first: DONE_AT}).changes
    assert (change.key, change.expected) == (again, {"abc_class": "C"})


@pytest.mark.parametrize("read_at", [None, EARLIER])
def test_a_card_that_was_not_read_since_says_nothing(read_at: datetime | None) -> None:
    ((first, _), _) = asked([decision(5, **FIELD)])
    card = Card("7", "active", {"abc_class": "C"}, read_at=read_at)
    plan = plan_of(FIELD, card, states={first: "done"}, done_at={first: DONE_AT})
    assert (plan.changes, [each.why for each in plan.unsent]) == ((), ["done"])


def test_changed_back_twice_it_is_contested_and_not_written() -> None:
    ((first, again), _) = asked([decision(5, **FIELD)])
    both = {first: DONE_AT, again: DONE_AT}
    plan = plan_of(FIELD, CHANGED_BACK, states=dict.fromkeys(both, "done"), done_at=both)
    assert plan.changes == ()
    (unsent,) = plan.unsent
    assert (unsent.why, unsent.key, unsent.note) == ("contested", again, "Клиент 5: abc_class 'C', 'A'")


def test_what_is_contested_stays_so_until_a_person_settles_it() -> None:
    ((first, again), _) = asked([decision(5, **FIELD)])
    known = {"done_at": {first: DONE_AT}}
    contested = plan_of(FIELD, CHANGED_BACK, states={first: "done", again: "contested"}, **known)
    assert [each.why for each in contested.unsent] == ["contested"]
    ours = plan_of(FIELD, CHANGED_BACK, states={first: "done", again: "planned"}, **known)
    assert [change.key for change in ours.changes] == [again]
    theirs = plan_of(FIELD, CHANGED_BACK, states={first: "done", again: "undone"}, **known)
    assert (theirs.changes, [each.why for each in theirs.unsent]) == ((), ["done"])


def test_a_human_owner_is_never_corrected() -> None:
    """An owner that a person changed since is that person's decision: no second writing."""
    action = {"kind": "change_owner", "new": "9"}
    ((key,), _) = asked([decision(5, **action)])
    card = Card("8", "active", read_at=LATER)
    plan = plan_of(action, card, states={key: "done"}, done_at={key: DONE_AT})
    assert (plan.changes, [each.why for each in plan.unsent]) == ((), ["done"])


def test_a_number_in_another_spelling_is_no_change() -> None:
    card = Card("7", "active", {"abc_class": "3.00"}, read_at=LATER)
    assert plan_of(FIELD | {"new": 3}, card).changes == ()
