"""A plan holds what may be sent, once, with the reason for everything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.changes import CreateTask, Mode, PlanContact, SetField, change_key
from connector.errors import ConfigError
from connector.plan.build import build_plan
from connector.plan.known import Ability, Card, Standing
from connector.plan.model import Plan, read_plan
from connector.rules.decision import Decision

ZONE = ZoneInfo("Europe/Moscow")
AS_OF = datetime(2026, 9, 10, 6, 0, tzinfo=UTC)
EVERYTHING = {
    "portal": Ability(
        frozenset({"task", "contact", "field"}), frozenset({"create_task", "plan_contact", "set_field"})
    )
}


@dataclass(frozen=True)
class Policy:
    id: str = "next-contact"
    version: str = "1"
    mode: Mode = "approve"
    digest: str = "d"
    max_open: int | None = None
    max_actions_per_run: int | None = None
    along: tuple[str, ...] = ()


def decision(number: int, **action: Any) -> Decision:
    given = {
        "kind": "create_task",
        "target": f"portal:{number}",
        "assignee": "7",
        "title": "Связаться",
        "text": "…",
        "due": "2026-09-17",
        "period": "2026-09-10",
    } | action
    return Decision(
        policy="next-contact",
        rule="next_contact",
        subject=f"client:{number}",
        employee="7",
        period="2026-09",
        decision="plan_next",
        reason="контактов 1 из 4",
        numbers={},
        evidence=[],
        flags=[],
        actions=[given],
        client_number=number,
        client_name=f"Клиент {number}",
    )


def built(*decisions: Decision, policy: Policy | None = None, **changed: Any) -> Plan:
    given: dict[str, Any] = {"standing": Standing(), "abilities": EVERYTHING} | changed
    given.setdefault("policies", [policy or Policy()])
    return build_plan(decisions, as_of=AS_OF, zone=ZONE, **given)


def test_an_action_becomes_a_change_with_key_expectation_and_due_time() -> None:
    standing = Standing(cards={("portal", "5"): Card("7", "active")})
    (change,) = built(decision(5), standing=standing).changes
    assert isinstance(change, CreateTask)
    assert change.key == change_key("next-contact", 5, "portal:5", "create_task", "2026-09-10")
    assert change.expected == {"owner": "7", "status": "active"}
    assert change.due == datetime(2026, 9, 17, 15, 0, tzinfo=UTC)  # 18:00 in Moscow
    assert change.reason == "контактов 1 из 4"


def test_a_planned_call_starts_in_the_morning_of_its_day() -> None:
    (change,) = built(decision(5, kind="plan_contact", contact="call")).changes
    assert isinstance(change, PlanContact)
    assert change.due == datetime(2026, 9, 17, 7, 0, tzinfo=UTC)  # 10:00 in Moscow


def test_the_key_leaves_out_subject_version_and_wording() -> None:
    (first,) = built(decision(5)).changes
    reworded = replace(decision(5), subject="client:portal:5", reason="иначе")
    (second,) = built(reworded, policy=Policy(version="2", digest="e")).changes
    assert first.key == second.key


@pytest.mark.parametrize(
    "other", [{"period": "2026-09-11"}, {"kind": "plan_contact"}, {"target": "portal:6"}]
)
def test_the_key_changes_with_what_the_change_is_about(other: dict[str, str]) -> None:
    (first,) = built(decision(5)).changes
    (second,) = built(decision(5, **other)).changes
    assert first.key != second.key


def test_a_second_item_of_the_same_purpose_is_covered_by_the_first() -> None:
    plan = built(decision(5), decision(5, period="2026-09-11"))
    (change,) = plan.changes
    (unsent,) = plan.unsent
    assert (unsent.why, unsent.by) == ("covered", change.key)


def test_a_rehearsed_change_never_takes_the_place_of_one_that_may_be_sent() -> None:
    policies = [Policy("at-risk", mode="dry_run"), Policy("next-contact", max_open=1)]
    rehearsed = replace(decision(5), policy="at-risk")
    plan = built(rehearsed, decision(5), policies=policies)
    assert [change.policy for change in plan.sendable] == ["next-contact"]
    assert [(one.policy, one.why, one.by) for one in plan.unsent] == [
        ("at-risk", "covered", plan.sendable[0].key)
    ]


def test_an_open_item_from_before_covers_too() -> None:
    standing = Standing(open_items={("portal", "5", "7", "contact"): "earlier"})
    (unsent,) = built(decision(5), standing=standing).unsent
    assert (unsent.why, unsent.by) == ("covered", "earlier")


@pytest.mark.parametrize("state", ["done", "undone", "sending", "unknown", "contested"])
def test_what_was_sent_or_settled_is_not_planned_again(state: str) -> None:
    key = built(decision(5)).changes[0].key
    plan = built(decision(5), standing=Standing(states={key: state}))
    assert not plan.changes
    assert [unsent.why for unsent in plan.unsent] == ["contested" if state == "contested" else "done"]


@pytest.mark.parametrize("state", ["planned", "approved", "conflict", "skipped", "failed"])
def test_what_never_reached_the_crm_may_be_planned_again(state: str) -> None:
    key = built(decision(5)).changes[0].key
    assert built(decision(5), standing=Standing(states={key: state})).changes


def test_items_over_the_cap_wait_in_the_decisions_order() -> None:
    plan = built(*(decision(number) for number in (1, 2, 3)), policy=Policy(max_open=2))
    assert [change.target for change in plan.changes] == ["1", "2"]
    assert [(unsent.subject, unsent.why) for unsent in plan.unsent] == [("client:3", "queued")]


def test_open_items_count_towards_the_cap() -> None:
    standing = Standing(open_items={("portal", "9", "7", "contact"): "earlier"})
    plan = built(decision(1), decision(2), standing=standing, policy=Policy(max_open=2))
    assert [change.target for change in plan.changes] == ["1"]


def test_a_plan_holds_so_much_of_a_policy_and_the_rest_waits_in_order() -> None:
    plan = built(*(decision(number) for number in (1, 2, 3)), policy=Policy(max_actions_per_run=2))
    assert [change.target for change in plan.changes] == ["1", "2"]
    (waits,) = plan.unsent
    assert (waits.subject, waits.why) == ("client:3", "queued")
    assert waits.note == "2 changes in this plan already, the policy allows 2"


def test_what_the_admin_does_not_allow_is_listed() -> None:
    only_fields = {"portal": Ability(frozenset({"field"}), frozenset({"create_task"}))}
    (unsent,) = built(decision(5), abilities=only_fields).unsent
    assert unsent.why == "not_allowed"
    assert '"task"' in unsent.note


def test_a_rehearsal_shows_what_the_admin_does_not_allow_yet() -> None:
    abilities = {"portal": Ability(frozenset(), EVERYTHING["portal"].kinds)}
    plan = built(decision(5), policy=Policy(mode="dry_run"), abilities=abilities)
    assert [change.kind for change in plan.changes] == ["create_task"]
    assert (plan.sendable, plan.unsent) == ((), ())


def test_what_the_plugin_cannot_write_is_listed() -> None:
    reader = {"portal": Ability(frozenset({"task"}), frozenset())}
    assert [unsent.why for unsent in built(decision(5), abilities=reader).unsent] == ["unsupported"]


def test_without_an_assignee_there_is_no_task() -> None:
    assert [unsent.why for unsent in built(decision(5, assignee=None)).unsent] == ["no_assignee"]


def test_a_field_is_changed_only_where_it_differs() -> None:
    action = {"kind": "set_field", "field": "abc_class", "new": "A"}
    cards = {
        ("portal", "1"): Card("7", "active", {"abc_class": "A"}),
        ("portal", "2"): Card("7", "active", {"abc_class": "B"}),
    }
    plan = built(decision(1, **action), decision(2, **action), standing=Standing(cards=cards))
    (change,) = plan.changes
    assert isinstance(change, SetField)
    assert (change.target, change.old, change.new, change.expected) == ("2", "B", "A", {"abc_class": "B"})


def test_a_dry_run_policy_is_shown_and_never_sendable() -> None:
    plan = built(decision(5), policy=Policy(mode="dry_run"))
    assert plan.changes
    assert plan.sendable == ()


def test_the_same_input_gives_the_same_bytes_and_reads_back_equal() -> None:
    """SC31 (d): two runs on the same data make the same plan file."""
    first, second = (built(decision(5), decision(6)) for _ in range(2))
    assert first.document() == second.document()
    assert read_plan(first.document(), "plan.json") == first
    assert first.fingerprint != built(decision(5)).fingerprint


def test_a_file_that_is_no_plan_is_named_with_what_is_wrong() -> None:
    with pytest.raises(ConfigError, match=r"plan\.json: not a plan: as_of"):
        read_plan(b"{}", "plan.json")
