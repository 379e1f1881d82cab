"""What waits because we saw too little: only what may cost somebody a client (clarifications 40 and 41)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.locale import texts
from connector.plan.holding import Views, held, partial_views, stale_view
from connector.plan.known import Ability, Card, Standing
from connector.plan.model import Plan
from connector.store.cursors import Standing as StreamStanding
from connector.store.runs import StreamRun

from .test_build import Policy, built, decision
from .test_draft import EVERYTHING

NOW = datetime(2026, 10, 6, 9, tzinfo=UTC)
PARTLY = Views(partial={"portal": "activities partial(calls are hidden)"}, seen_in={5: ["portal", "other"]})
MOVE = {"kind": "change_owner", "target": "portal:5", "old": "7", "new": "8"}
TASK = {"kind": "create_task", "target": "portal:5", "assignee": "8"}
ABILITIES = {"portal": Ability(EVERYTHING["portal"].allowed, EVERYTHING["portal"].kinds | {"create_task"})}


def asking(rule: str, *flags: str) -> Any:
    one = decision(5)
    return replace(
        one, rule=rule, flags=list(flags), actions=[{**one.actions[0], **MOVE}, {**one.actions[0], **TASK}]
    )


def plan_of(one: Any, views: Views, **known: Any) -> Plan:
    standing = Standing(cards={("portal", "5"): Card("7", "active")}, views=views, **known)
    return built(one, standing=standing, abilities=ABILITIES, policy=Policy(along=("deals",)))


@pytest.mark.parametrize("rule", ["at_risk", "withdraw", "reassign"])
@pytest.mark.parametrize(
    ("views", "flags", "why"),
    [
        (PARTLY, [], "partial_visibility"),
        (Views(stale="portal, calls"), [], "stale_source"),
        (Views(), ["ownership_assumed"], "history_too_short"),
    ],
)
def test_what_may_cost_a_client_waits(rule: str, views: Views, flags: list[str], why: str) -> None:
    plan = plan_of(asking(rule, *flags), views)
    assert plan.changes == ()
    assert {one.why for one in plan.unsent} == {why}
    assert {one.kind for one in plan.unsent} == {"change_owner", "create_task"}


@pytest.mark.parametrize("views", [PARTLY, Views(stale="portal, calls")])
def test_a_plan_for_work_goes_on(views: Views) -> None:
    assert len(plan_of(asking("next_contact", "ownership_assumed"), views).changes) == 2


def test_control_nothing_waits_where_all_was_seen() -> None:
    assert len(plan_of(asking("reassign"), Views()).changes) == 2


def test_what_was_done_is_told_as_done_and_not_as_waiting() -> None:
    key = plan_of(asking("withdraw"), Views()).changes[0].key
    plan = plan_of(asking("withdraw"), PARTLY, states={key: "done"})
    assert [one.why for one in plan.unsent if one.kind == "change_owner"] == ["done"]


def test_a_client_of_somebody_who_left_needs_no_history() -> None:
    assert held(asking("reassign", "owner_left", "ownership_assumed"), Views()) is None


def test_only_clients_that_stand_in_the_partly_seen_source_wait() -> None:
    assert held(asking("withdraw"), replace(PARTLY, seen_in={5: ["other"]})) is None


def test_what_the_admin_accepted_holds_nothing() -> None:
    reads = {
        (source, "activities"): StreamRun(source, "activities", "ok", visibility="partial(calls are hidden)")
        for source in ("portal", "other")
    }
    assert partial_views(reads, ["other"]) == {"portal": "activities partial(calls are hidden)"}


@pytest.mark.parametrize(
    ("status", "hours", "said"),
    [
        ("ok", 24, ""),
        ("ok", 25, "не прочитано до конца за последние сутки: portal, deals"),
        ("ok", None, "не прочитано до конца за последние сутки: portal, deals"),
        ("failed", 1, "последнее чтение не удалось: portal, deals"),
    ],
)
def test_a_source_that_failed_or_is_older_than_a_day(status: str, hours: int | None, said: str) -> None:
    finished = None if hours is None else NOW - timedelta(hours=hours)
    place = ("portal", "deals")
    reads = {place: StreamRun(*place, status)}
    standings = {place: StreamStanding(finished_at=finished)}
    assert stale_view({"portal": False}, reads, standings, NOW, texts("ru")) == said
    assert stale_view({"another": False}, reads, standings, NOW, texts("ru")) == "", "not the firm's any more"


@pytest.mark.parametrize(
    ("accepted", "visibility", "finished", "waits"),
    [
        (True, "partial(the account may not read it)", None, False),
        (False, "partial(the account may not read it)", None, True),
        (True, "unknown", None, True),
        (True, "partial(the account may not read it)", NOW - timedelta(hours=1), True),
    ],
    ids=["known gap", "not accepted", "another failure", "it could be read before"],
)
def test_what_may_never_be_read_is_a_gap_that_the_admin_may_accept(
    accepted: bool, visibility: str, finished: datetime | None, waits: bool
) -> None:
    place = ("portal", "tasks")
    reads = {place: StreamRun(*place, "failed", visibility=visibility)}
    standings = {place: StreamStanding(finished_at=finished)} if finished else {}
    assert bool(stale_view({"portal": accepted}, reads, standings, NOW, texts("ru"))) is waits
